/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl's transfers on the platform's loop.
 *
 * libcurl says which of its sockets it waits for and how long. The sockets are gathered in one epoll descriptor, which
 * the loop watches: so the loop knows one descriptor of ours however many connections there are, and libcurl opens and
 * closes its own as it likes.
 */
#include "outbound/call.h"

#include "server/watch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_AT_ONCE 32

struct outbound {
    struct testbed *tb;
    CURLM *multi;
    int sockets; /* the epoll descriptor; the watch's own */
    struct watch *watch;
    lws_sorted_usec_list_t timer;
    struct outbound_call *calls;
};

/* ---- ends -------------------------------------------------------------------------------------------------------- */

void call_free(struct outbound_call *call)
{
    curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);
    curl_slist_free_all(call->recipients);
    curl_mime_free(call->mime);
    free(call->body);
    free(call);
}

static void take_out(struct outbound *o, struct outbound_call *call)
{
    for (struct outbound_call **at = &o->calls; *at; at = &(*at)->next) {
        if (*at == call) {
            *at = call->next;
            break;
        }
    }
    curl_multi_remove_handle(o->multi, call->easy);
}

static const char *error_text(const struct outbound_call *call, CURLcode code)
{
    if (code == CURLE_OK)
        return NULL;
    if (call->too_long)
        return "the answer is too long";
    return call->error[0] ? call->error : curl_easy_strerror(code);
}

static void end(struct outbound *o, struct outbound_call *call, CURLcode code)
{
    struct outbound_answer answer = {
        .error = error_text(call, code), .body = call->body ? call->body : "", .len = call->len};
    long status = 0;

    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    answer.status = (int)status;
    take_out(o, call);
    call->done(&answer, call->payload);
    call_free(call);
}

/* Only one at a time: what `done` does may change which others there are. */
static void end_what_is_done(struct outbound *o)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(o->multi, &left))) {
        struct outbound_call *call = NULL;
        CURLcode code = message->data.result;
        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&call);
        end(o, call, code);
    }
}

/* ---- the loop ---------------------------------------------------------------------------------------------------- */

static bool on_sockets(int fd, void *payload)
{
    struct outbound *o = payload;
    struct epoll_event events[EVENTS_AT_ONCE];
    int running, n = epoll_wait(fd, events, EVENTS_AT_ONCE, 0);

    for (int i = 0; i < n; i++) {
        int ready = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                    (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                    (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
        curl_multi_socket_action(o->multi, events[i].data.fd, ready, &running);
    }
    end_what_is_done(o);
    return true;
}

static void on_timer(lws_sorted_usec_list_t *timer)
{
    struct outbound *o = lws_container_of(timer, struct outbound, timer);
    int running;

    curl_multi_socket_action(o->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    end_what_is_done(o);
}

static int want_timer(CURLM *multi, long ms, void *payload)
{
    struct outbound *o = payload;

    (void)multi;
    if (ms < 0)
        lws_sul_cancel(&o->timer);
    else
        lws_sul_schedule(o->tb->lws, 0, &o->timer, on_timer, ms > 0 ? (lws_usec_t)ms * 1000 : 1);
    return 0;
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *payload, void *known)
{
    struct outbound *o = payload;
    struct epoll_event event = {.events = (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0),
                                .data.fd = fd};

    (void)easy;
    (void)known;
    /* Never an error: to libcurl that would be the end of all calls. A socket that is to be forgotten may have been
     * closed already; one that cannot be watched runs into its time limit. */
    if (what == CURL_POLL_REMOVE)
        epoll_ctl(o->sockets, EPOLL_CTL_DEL, fd, NULL);
    else if (epoll_ctl(o->sockets, EPOLL_CTL_MOD, fd, &event) != 0)
        epoll_ctl(o->sockets, EPOLL_CTL_ADD, fd, &event);
    return 0;
}

/* Workloads must inherit none of them. */
static curl_socket_t open_socket(void *payload, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)payload;
    (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- begins ------------------------------------------------------------------------------------------------------ */

static size_t take_body(char *data, size_t one, size_t n, void *payload)
{
    struct outbound_call *call = payload;
    size_t len = one * n;

    call->too_long = len > OUTBOUND_ANSWER_MAX - call->len;
    char *grown = call->too_long ? NULL : realloc(call->body, call->len + len + 1);
    if (!grown)
        return 0;
    memcpy(grown + call->len, data, len);
    call->body = grown;
    call->len += len;
    grown[call->len] = '\0';
    return len;
}

struct outbound_call *call_new(struct testbed *tb, const char *protocols, const char *url, int64_t timeout_ms)
{
    struct outbound_call *call = calloc(1, sizeof *call);
    CURL *easy = call ? curl_easy_init() : NULL;

    if (!easy) {
        free(call);
        return NULL;
    }
    call->tb = tb;
    call->easy = easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* a cancelled call does not wait for its name to be looked up */
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(timeout_ms > 0 ? timeout_ms : OUTBOUND_TIMEOUT_MS));
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    return call;
}

bool call_header(struct outbound_call *call, const char *line)
{
    struct curl_slist *longer = curl_slist_append(call->headers, line);

    if (longer)
        call->headers = longer;
    return longer != NULL;
}

struct outbound_call *call_begin(struct outbound_call *call, outbound_fn *done, void *payload)
{
    struct outbound *o = call->tb->outbound;

    call->done = done;
    call->payload = payload;
    curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
    if (curl_multi_add_handle(o->multi, call->easy) != CURLM_OK) {
        call_free(call);
        return NULL;
    }
    call->next = o->calls;
    o->calls = call;
    return call;
}

void outbound_cancel(struct outbound_call *call)
{
    if (!call)
        return;
    take_out(call->tb->outbound, call);
    call_free(call);
}

void outbound_give_up(struct outbound_call *call, const char *why)
{
    snprintf(call->error, sizeof call->error, "%s", why);
    end(call->tb->outbound, call, CURLE_ABORTED_BY_CALLBACK);
}

/* ---- the room ---------------------------------------------------------------------------------------------------- */

int outbound_start(struct testbed *tb)
{
    struct outbound *o = calloc(1, sizeof *o);

    if (!o)
        return -1;
    tb->outbound = o;
    o->tb = tb;
    o->multi = curl_global_init(CURL_GLOBAL_DEFAULT) == 0 ? curl_multi_init() : NULL;
    o->sockets = o->multi ? epoll_create1(EPOLL_CLOEXEC) : -1;
    o->watch = o->sockets < 0 ? NULL : watch_open(tb, o->sockets, on_sockets, o);
    if (!o->watch)
        return -1;
    curl_multi_setopt(o->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
    curl_multi_setopt(o->multi, CURLMOPT_SOCKETDATA, o);
    curl_multi_setopt(o->multi, CURLMOPT_TIMERFUNCTION, want_timer);
    curl_multi_setopt(o->multi, CURLMOPT_TIMERDATA, o);
    return 0;
}

void outbound_stop(struct testbed *tb)
{
    struct outbound *o = tb->outbound;

    if (!o)
        return;
    for (struct outbound_call *call; (call = o->calls);) {
        o->calls = call->next;
        curl_multi_remove_handle(o->multi, call->easy);
        call_free(call);
    }
    curl_multi_cleanup(o->multi);
    lws_sul_cancel(&o->timer);
    watch_close(o->watch);
    curl_global_cleanup();
    free(o);
    tb->outbound = NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Dynamic updates on the platform's loop: a datagram each, sent again until its answer comes or its time is over. */
#include "outbound/dns.h"

#include "common/clock.h"
#include "outbound/dns_packet.h"
#include "server/watch.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define AGAIN_MS   400
#define ANSWER_MAX 4096
#define TTL_S      60 /* it may lead elsewhere tomorrow */
#define A_WEEK_S   604800

struct dns_call {
    struct dns_call *next;
    struct testbed *tb;
    struct dns_packet packet;
    struct watch *watch; /* its socket's; NULL when there is none */
    lws_sorted_usec_list_t timer;
    int64_t until_ms;
    char error[160]; /* why it has failed before it began; else what the socket has said last */
    char what[DNS_NAME_MAX + 32];
    dns_fn *done;
    void *payload;
};

static struct {
    struct sockaddr_storage address;
    socklen_t size;
    struct dns_key key;
    struct dns_call *calls;
} zone;

bool dns_is_used(const struct testbed *tb)
{
    return tb->opt.dns != NULL;
}

const char *dns_name(const struct testbed *tb, const char *label, char *buf)
{
    snprintf(buf, DNS_NAME_MAX, "%s.%s", label, tb->opt.dns_zone);
    return buf;
}

/* ---- ends -------------------------------------------------------------------------------------------------------- */

static void call_free(struct dns_call *call)
{
    lws_sul_cancel(&call->timer);
    if (call->watch)
        watch_close(call->watch);
    dns_packet_free(&call->packet);
    free(call);
}

void dns_cancel(struct dns_call *call)
{
    for (struct dns_call **at = &zone.calls; call && *at; at = &(*at)->next) {
        if (*at == call) {
            *at = call->next;
            call_free(call);
            return;
        }
    }
}

static void end(struct dns_call *call, const char *error)
{
    dns_fn *done = call->done;
    void *payload = call->payload;
    char text[512];

    if (error)
        snprintf(text, sizeof text, "%s: the DNS server %s: %s", call->what, call->tb->opt.dns, error);
    dns_cancel(call); /* first: `done` may begin another one */
    done(error ? text : NULL, payload);
}

/* ---- the datagram ------------------------------------------------------------------------------------------------ */

/* A server that is not there yet may be in a moment. */
static void send_it(struct dns_call *call)
{
    if (sendto(call->watch->fd, call->packet.wire, call->packet.len, MSG_DONTWAIT | MSG_NOSIGNAL,
               (struct sockaddr *)&zone.address, zone.size) < 0)
        snprintf(call->error, sizeof call->error, "%s", strerror(errno));
}

static void tick(lws_sorted_usec_list_t *timer)
{
    struct dns_call *call = lws_container_of(timer, struct dns_call, timer);
    char text[200];

    if (!call->watch) {
        snprintf(text, sizeof text, "%s", call->error);
        end(call, text);
    } else if (clock_mono_ms() >= call->until_ms) {
        snprintf(text, sizeof text, "no answer within %d ms%s%s", DNS_TIMEOUT_MS, call->error[0] ? ": " : "",
                 call->error);
        end(call, text);
    } else {
        send_it(call);
        lws_sul_schedule(call->tb->lws, 0, &call->timer, tick, AGAIN_MS * 1000);
    }
}

static bool on_readable(int fd, void *payload)
{
    struct dns_call *call = payload;
    uint8_t wire[ANSWER_MAX];
    char code[40], text[80];
    struct sockaddr_storage from = {0};
    socklen_t size = sizeof from;
    ssize_t n = recvfrom(fd, wire, sizeof wire, MSG_DONTWAIT, (struct sockaddr *)&from, &size);

    if (n < 0 || size != zone.size || memcmp(&from, &zone.address, size) != 0)
        return true;
    switch (dns_packet_answer(&call->packet, &zone.key, wire, (size_t)n, code, sizeof code)) {
    case DNS_DONE:
        end(call, NULL); /* closes the watch */
        return true;
    case DNS_REFUSED:
        snprintf(text, sizeof text, "it has refused the update: %s", code);
        end(call, text);
        return true;
    default: /* not ours: the right one may still come */
        return true;
    }
}

/* Not connected: then nobody's refusal of a datagram ends the watch. */
static int open_socket(struct dns_call *call)
{
    int fd = socket(zone.address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    call->watch = fd < 0 ? NULL : watch_open(call->tb, fd, on_readable, call);
    return call->watch ? 0 : -1;
}

/* ---- begins ------------------------------------------------------------------------------------------------------ */

/* Whatever goes wrong here is told from the loop, as all else is. */
static struct dns_call *begin(struct testbed *tb, const char *verb, const char *label, const char *address,
                              dns_fn *done, void *payload)
{
    struct dns_call *call = calloc(1, sizeof *call);
    char name[DNS_NAME_MAX];
    int ttl_s = defect(tb, D_NAME_LASTS) ? A_WEEK_S : TTL_S;

    if (!call)
        return NULL;
    call->tb = tb;
    call->done = done;
    call->payload = payload;
    call->until_ms = clock_mono_ms() + DNS_TIMEOUT_MS;
    dns_name(tb, label, name);
    snprintf(call->what, sizeof call->what, "%s %s", verb, name);
    if (!dns_packet_make(tb->opt.dns_zone, name, address, ttl_s, &zone.key, &call->packet))
        snprintf(call->error, sizeof call->error, "the update could not be made");
    else if (open_socket(call) != 0)
        snprintf(call->error, sizeof call->error, "%s", strerror(errno));
    call->next = zone.calls;
    zone.calls = call;
    lws_sul_schedule(tb->lws, 0, &call->timer, tick, 1);
    return call;
}

struct dns_call *dns_set(struct testbed *tb, const char *label, const char *address, dns_fn *done, void *payload)
{
    return begin(tb, "setting", label, address, done, payload);
}

struct dns_call *dns_drop(struct testbed *tb, const char *label, dns_fn *done, void *payload)
{
    return begin(tb, "dropping", label, NULL, done, payload);
}

/* ---- start and stop ---------------------------------------------------------------------------------------------- */

/* "127.0.0.1:53", "[::1]:53": a number, since looking a name up would block. */
static bool parse_address(const char *text)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM}, *found;
    const char *colon = strrchr(text, ':');
    char host[64];

    if (!colon)
        return false;
    snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
    if (host[0] == '[') {
        memmove(host, host + 1, strlen(host));
        host[strcspn(host, "]")] = '\0';
    }
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
        return false;
    memcpy(&zone.address, found->ai_addr, found->ai_addrlen);
    zone.size = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

static int read_key(const char *path)
{
    char line[1024] = "";
    FILE *in = fopen(path, "re");
    bool is_key = in && fgets(line, sizeof line, in) && dns_key_parse(line, &zone.key);

    if (!in)
        fprintf(stderr, "muster-testbed: %s: %s\n", path, strerror(errno));
    else if (!is_key)
        fprintf(stderr, "muster-testbed: %s: it has no line hmac-sha256:NAME:SECRET\n", path);
    if (in)
        fclose(in);
    explicit_bzero(line, sizeof line);
    return is_key ? 0 : -1;
}

int dns_start(struct testbed *tb)
{
    if (!dns_is_used(tb))
        return 0;
    if (!parse_address(tb->opt.dns)) {
        fprintf(stderr, "muster-testbed: --dns %s: it is given as 127.0.0.1:53\n", tb->opt.dns);
        return -1;
    }
    return read_key(tb->opt.dns_key_file);
}

void dns_stop(struct testbed *tb)
{
    (void)tb;
    while (zone.calls)
        dns_cancel(zone.calls);
    explicit_bzero(&zone.key, sizeof zone.key);
}

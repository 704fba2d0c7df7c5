/* SPDX-License-Identifier: Apache-2.0 */
/* Talking to a keeper. */
#include "exec/kept.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/signals.h"
#include "slotdir/slotdir.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER_MS = 10000 }; /* for what needs no time */

/* What root cleans up may be another user's. */
static bool may_keep(uid_t uid, int run_dir)
{
    struct stat st;
    return uid == 0 || (fstat(run_dir, &st) == 0 && uid == st.st_uid);
}

static int connect_in(int base, const char *folder, int run_dir)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct ucred peer;
    socklen_t size = sizeof peer;
    autoclose int dir = openat(base, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(at.sun_path, sizeof at.sun_path, "/proc/self/fd/%d/" KEEPER_SOCKET, dir);
    if (dir < 0 || fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        return -1;
    return may_keep(peer.uid, run_dir) ? steal_fd(&fd) : -1;
}

/* The next text of what came, up to its NUL; NULL: there is none. */
static const char *next_text(const char **at, const char *end)
{
    const char *text = *at, *stop = text < end ? memchr(text, '\0', (size_t)(end - text)) : NULL;
    if (!stop)
        return NULL;
    *at = stop + 1;
    return text;
}

static bool take_user(struct kept *k, const char **at, const char *end)
{
    const char *id = next_text(at, end), *number = next_text(at, end);
    uint32_t n = number ? (uint32_t)strtoul(number, NULL, 10) : 0;
    if (!number || n > (size_t)(end - *at))
        return false;
    const char **items = xcalloc(n + 1, sizeof *items);
    for (uint32_t i = 0; i < n; i++)
        items[i] = next_text(at, end);
    GROW(k->users, k->n_users, k->cap_users);
    k->users[k->n_users++] = (struct kept_user){id, {items, n}, NULL};
    return n == 0 || items[n - 1];
}

static bool take_service(struct kept *k, const char **at, const char *end)
{
    const char *label = next_text(at, end), *ms = next_text(at, end), *shown = next_text(at, end);
    if (!shown)
        return false;
    GROW(k->services, k->n_services, k->cap_services);
    k->services[k->n_services++] = (struct kept_label){label, strtoll(ms, NULL, 10) * NS_PER_MS, shown};
    return true;
}

static bool take_greeting(struct kept *k, const char *at, const char *end)
{
    bool good = true;
    for (const char *word; good && (word = next_text(&at, end));) {
        if (strcmp(word, "user") == 0)
            good = take_user(k, &at, end);
        else
            good = strcmp(word, "service") == 0 && take_service(k, &at, end);
    }
    return good && at == end;
}

/* Until more has come: 1, or that it is the end: 0. A time limit is -ETIMEDOUT, a signal -EINTR. */
static int read_more(struct kept *k, struct buf *text, int64_t until_ns)
{
    struct signal_news news;
    for (;;) {
        struct pollfd fds[] = {{.fd = k->sock, .events = POLLIN}, {.fd = k->signals, .events = POLLIN}};
        int64_t left = until_ns - clock_mono();
        if (left <= 0)
            return -ETIMEDOUT;
        if (poll(fds, ARRAY_LEN(fds), (int)(left / NS_PER_MS + 1)) <= 0)
            continue;
        if (fds[1].revents && signals_read(k->signals, &news))
            return -EINTR;
        if (!fds[0].revents)
            continue;
        char some[4096];
        ssize_t n = read(k->sock, some, sizeof some);
        buf_add(text, some, n > 0 ? (size_t)n : 0);
        return n > 0;
    }
}

/* Takes the greeting off the text when it is whole. True: it was. */
static bool split_greeting(struct kept *k, struct buf *text, size_t *len)
{
    const char *at = buf_str(text), *start = at, *number = next_text(&at, start + text->len);
    if (!number)
        return false;
    size_t head = (size_t)(at - start);
    *len = strtoull(number, NULL, 10);
    if (*len > text->len - head)
        return false;
    buf_add(&k->news, at + *len, text->len - head - *len);
    buf_consume(text, head);
    k->text = buf_steal(text);
    return true;
}

/* 1 when there is one, and it is proper. */
static int greet(struct kept *k)
{
    autobuf struct buf text = {0};
    int64_t until = clock_mono() + ANSWER_MS * NS_PER_MS;
    size_t len = 0;
    int r = 1;
    while (r > 0 && !split_greeting(k, &text, &len))
        r = read_more(k, &text, until);
    return r <= 0 ? r : take_greeting(k, k->text, k->text + len) && k->n_services > 0;
}

int kept_open(struct kept *k, const struct run_state *state, int run_dir, int signals)
{
    *k = (struct kept){.sock = -1, .signals = signals};
    if (state->in_place)
        k->sock = connect_in(run_dir, WORKSPACE_SLOTS, run_dir);
    for (size_t i = 0; i < state->n_temps && state->in_place && k->sock < 0; i++)
        k->sock = connect_in(AT_FDCWD, state->temps[i], run_dir);
    int r = k->sock < 0 ? 0 : greet(k);
    if (r <= 0)
        kept_close(k);
    return r;
}

void kept_close(struct kept *k)
{
    for (size_t i = 0; i < k->n_users; i++)
        free((void *)(uintptr_t)k->users[i].published.items);
    free(k->users);
    free(k->services);
    free(k->text);
    buf_free(&k->news);
    close_fd(k->sock);
    *k = (struct kept)KEPT_INIT;
}

struct message_list kept_published(const struct kept *k, const char *id)
{
    for (size_t i = 0; k && i < k->n_users; i++)
        if (strcmp(k->users[i].id, id) == 0)
            return k->users[i].published;
    return (struct message_list){0};
}

/* How many of them are told of. */
static size_t take_ends(struct buf *text, void (*ended)(void *data, const char *label, const char *trouble), void *data)
{
    const char *at = buf_str(text), *start = at, *end = at + text->len, *done = at;
    size_t n = 0;
    for (const char *label, *trouble;
         next_text(&at, end) && (label = next_text(&at, end)) && (trouble = next_text(&at, end)); n++) {
        ended(data, label, trouble);
        done = at;
    }
    buf_consume(text, (size_t)(done - start));
    return n;
}

int kept_end(struct kept *k, void (*ended)(void *data, const char *label, const char *trouble), void *data)
{
    int64_t until = clock_mono() + ANSWER_MS * NS_PER_MS;
    for (size_t i = 0; i < k->n_services; i++) /* they end one after the other */
        until += k->services[i].limit_ns;
    /* Where all have ended already nobody hears it, and what was said of them is still to be read. */
    send(k->sock, "stop", sizeof "stop", MSG_NOSIGNAL | MSG_DONTWAIT);
    size_t told = 0;
    int r = 1;
    while (r > 0) { /* to its end: its locks go with it */
        told += take_ends(&k->news, ended, data);
        r = read_more(k, &k->news, until);
    }
    return r < 0 ? r : told == k->n_services;
}

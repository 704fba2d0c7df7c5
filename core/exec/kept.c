/* SPDX-License-Identifier: Apache-2.0 */
/* Talking to a keeper. */
#include "exec/kept.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int connect_in(const char *folder)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct ucred peer;
    socklen_t size = sizeof peer;
    autoclose int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(at.sun_path, sizeof at.sun_path, "/proc/self/fd/%d/" KEEPER_SOCKET, dir);
    if (dir < 0 || fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        return -1;
    return peer.uid == geteuid() || peer.uid == 0 || geteuid() == 0 ? steal_fd(&fd) : -1;
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
    k->users[k->n_users++] = (struct kept_user){id, {items, n}};
    return n == 0 || items[n - 1];
}

/* True when all of the greeting is there. */
static bool take_greeting(struct kept *k, const char *at, const char *end)
{
    for (const char *word; (word = next_text(&at, end));) {
        if (strcmp(word, "end") == 0)
            return true;
        if (strcmp(word, "user") == 0 && !take_user(k, &at, end))
            return false;
        if (strcmp(word, "service") == 0) {
            GROW(k->services, k->n_services, k->cap_services);
            k->services[k->n_services++] = next_text(&at, end);
            if (!k->services[k->n_services - 1])
                return false;
        }
    }
    return false;
}

static bool ends_greeting(const struct buf *text)
{
    static const char last[] = "\0end"; /* and its NUL */
    return text->len >= sizeof last && memcmp(text->data + text->len - sizeof last, last, sizeof last) == 0;
}

static bool greet(struct kept *k)
{
    autobuf struct buf text = {0};
    ssize_t n = 1;
    while (n > 0 && !ends_greeting(&text)) {
        char some[4096];
        n = read(k->sock, some, sizeof some);
        buf_add(&text, some, n > 0 ? (size_t)n : 0);
    }
    size_t len = text.len;
    k->text = buf_steal(&text);
    return n > 0 && take_greeting(k, k->text, k->text + len);
}

bool kept_open(struct kept *k, const struct run_state *state)
{
    *k = (struct kept)KEPT_INIT;
    for (size_t i = 0; i < state->n_temps && state->in_place && k->sock < 0; i++)
        k->sock = connect_in(state->temps[i]);
    if (k->sock >= 0 && greet(k) && k->n_services > 0)
        return true;
    kept_close(k);
    return false;
}

void kept_close(struct kept *k)
{
    for (size_t i = 0; i < k->n_users; i++)
        free((void *)(uintptr_t)k->users[i].published.items);
    free(k->users);
    free(k->services);
    free(k->text);
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

bool kept_end(struct kept *k, void (*ended)(void *data, const char *label, const char *trouble), void *data)
{
    autobuf struct buf text = {0};
    size_t told = 0;
    if (io_write_all(k->sock, "stop", sizeof "stop") < 0)
        return false;
    for (ssize_t n = 1; n > 0;) { /* to its end: its locks go with it */
        char some[4096];
        n = read(k->sock, some, sizeof some);
        buf_add(&text, some, n > 0 ? (size_t)n : 0);
        const char *at = buf_str(&text), *end = at + text.len, *done = at;
        for (const char *word, *label, *trouble;
             (word = next_text(&at, end)) && (label = next_text(&at, end)) && (trouble = next_text(&at, end));) {
            ended(data, label, trouble);
            told++;
            done = at;
        }
        buf_consume(&text, (size_t)(done - buf_str(&text)));
    }
    return told == k->n_services;
}

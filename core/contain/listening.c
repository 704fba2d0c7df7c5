/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets of leftover processes, from /proc/PID/fd and /proc/PID/net. */
#include "contain/listening.h"

#include "base/cleanup.h"
#include "base/proc_sockets.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SOCKETS_MAX = 16 };

struct found {
    struct arena *arena;
    struct message_list *list;
    unsigned long inodes[SOCKETS_MAX];
};

static bool is_known(const struct found *f, unsigned long inode)
{
    for (uint32_t i = 0; i < f->list->n; i++)
        if (f->inodes[i] == inode)
            return true;
    return false;
}

static void add(struct found *f, const struct socket_entry *entry, const char *process)
{
    static const char state[] = " (LISTEN)"; /* the kind of leak says it */
    const char *end = strstr(entry->text, state);
    int length = end ? (int)(end - entry->text) : (int)strlen(entry->text);
    autofree char *text = xasprintf("%.*s of %s", length, entry->text, process);
    f->inodes[f->list->n] = entry->inode;
    f->list->items[f->list->n++] = arena_strdup(f->arena, text);
}

/* The number in "socket:[4711]", 0 when the descriptor is something else. */
static unsigned long socket_inode(int dir, const char *name)
{
    char target[64];
    unsigned long inode;
    ssize_t n = readlinkat(dir, name, target, sizeof target - 1);
    target[n > 0 ? n : 0] = '\0';
    return sscanf(target, "socket:[%lu]", &inode) == 1 ? inode : 0;
}

static void look_at(struct found *f, const char *process)
{
    pid_t pid = (pid_t)strtol(process, NULL, 10);
    autofree char *path = xasprintf("/proc/%d/fd", (int)pid);
    autoclosedir DIR *dir = opendir(path);
    struct sockets sockets = {0};
    bool have_tables = false;
    for (struct dirent *e; dir && f->list->n < SOCKETS_MAX && (e = readdir(dir));) {
        unsigned long inode = socket_inode(dirfd(dir), e->d_name);
        if (inode == 0 || is_known(f, inode))
            continue;
        if (!have_tables) {
            sockets_read(pid, &sockets); /* its own: it may have a network of its own */
            have_tables = true;
        }
        const struct socket_entry *entry = sockets_find(&sockets, inode);
        if (entry && entry->listening)
            add(f, entry, process);
    }
    sockets_free(&sockets);
}

void listening_name(const struct message_list *names, struct arena *arena, struct message_list *ret_sockets)
{
    *ret_sockets = (struct message_list){.items = arena_alloc(arena, SOCKETS_MAX * sizeof *ret_sockets->items)};
    struct found f = {.arena = arena, .list = ret_sockets};
    for (uint32_t i = 0; i < names->n; i++)
        look_at(&f, names->items[i]);
}

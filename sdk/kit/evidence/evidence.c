/* SPDX-License-Identifier: Apache-2.0 */
/* A file of evidence that is kept up to date: opened with its first entry, cut when it grows too long. */
#include "evidence.h"

#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILE_MOST (64u * 1024)

static uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static int open_file(struct muster_ctx *t, const char *name, int how)
{
    char *path = NULL;
    const char *folder = m_attempt(t)->artifacts_dir;
    if (asprintf(&path, "%s/on-failure/%s", folder, name) < 0)
        return -1;
    char *slash = path + strlen(path) - strlen(name) - 1;
    *slash = '\0';
    int made = mkdir(path, 0700);
    *slash = '/';
    int fd = made == 0 || errno == EEXIST
                 ? open(path, O_WRONLY | O_CREAT | how | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600)
                 : -1;
    free(path);
    return fd;
}

unsigned evidence_number(struct evidence *e)
{
    return __atomic_add_fetch(&e->number, 1, __ATOMIC_RELAXED);
}

double evidence_time_ms(struct evidence *e)
{
    uint64_t now = now_us(), none = 0;
    __atomic_compare_exchange_n(&e->began_us, &none, now, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    return (double)(now - (none ? none : now)) / 1000.0;
}

/* What can't be written is no matter of the attempt's. */
static void put(int fd, const char *text, size_t length)
{
    while (length) {
        ssize_t n = write(fd, text, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        text += n;
        length -= (size_t)n;
    }
}

/* The older half goes, up to a line's end. */
static void make_room(struct evidence *e)
{
    static const char note[] = "(what came before is left out)\n";
    size_t kept = FILE_MOST / 2;
    const char *from = e->recent + e->length - kept;
    const char *line = memchr(from, '\n', kept);
    from = line ? line + 1 : from;
    kept = (size_t)(e->recent + e->length - from);
    memmove(e->recent, from, kept);
    e->length = kept;
    if (ftruncate(e->fd, 0) < 0)
        return;
    put(e->fd, note, sizeof note - 1);
    put(e->fd, e->recent, kept);
}

static void append(struct evidence *e, const char *text, size_t length)
{
    if (length > FILE_MOST / 2)
        length = FILE_MOST / 2;
    if (e->length + length > FILE_MOST)
        make_room(e);
    memcpy(e->recent + e->length, text, length);
    e->length += length;
    put(e->fd, text, length);
}

void evidence_add(struct muster_ctx *t, struct evidence *e, char *text, size_t length)
{
    length = data_secret_hide(text, length);
    pthread_mutex_lock(&e->lock);
    if (!e->recent && (e->recent = malloc(FILE_MOST)))
        e->fd = open_file(t, e->name, O_APPEND);
    if (e->recent && e->fd >= 0)
        append(e, text, length);
    pthread_mutex_unlock(&e->lock);
}

void evidence_put(struct muster_ctx *t, const char *name, const void *bytes, size_t length)
{
    int fd = open_file(t, name, O_TRUNC);
    if (fd < 0)
        return;
    put(fd, bytes, length);
    close(fd);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A program's log: an artifact that the program itself writes, so that nothing is lost whoever dies. */
#include "log.h"

#include <muster/kit/data.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_MOST = 100, LOGS_MOST = 1000 };

/* What is no letter, digit, point, line or bar becomes a bar. */
static void make_file_name(const char *name, char ret_name[NAME_MOST])
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t n = 0;
    for (; name[n] && n < NAME_MOST - 1; n++)
        ret_name[n] = strchr(allowed, name[n]) ? name[n] : '_';
    ret_name[n] = '\0';
    if (*ret_name == '.')
        *ret_name = '_';
}

int process_log_open(struct muster_ctx *t, const char *name, const char **ret_path)
{
    char file[NAME_MOST];
    const char *folder = m_attempt(t)->artifacts_dir;
    make_file_name(name, file);
    for (int i = 1; i < LOGS_MOST; i++) {
        const char *path = i == 1 ? m_fmt(t, "%s/%s.log", folder, file) : m_fmt(t, "%s/%s-%d.log", folder, file, i);
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
        if (fd >= 0) {
            *ret_path = path;
            return fd;
        }
        if (errno != EEXIST)
            return -1;
    }
    return -1;
}

/* The first line in `bytes`, up to its end or to that of what may be looked at; 0: it is not whole yet. */
static size_t first_line(const char *bytes, size_t n, int is_block, int is_done)
{
    const char *end = memchr(bytes, '\n', n);
    if (end)
        return (size_t)(end + 1 - bytes);
    return is_block || is_done ? n : 0;
}

/* Takes the lines of a block up to one that has the text, or to one that is not whole; the line, kept. */
static const char *take_lines(struct muster_ctx *t, struct log_look *look, const char *block, size_t n,
                              const char *text, int is_done)
{
    size_t at = 0, length;
    int is_full = n == LOG_LINE_MOST;
    while (at < n && (length = first_line(block + at, n - at, is_full && at == 0, is_done && !is_full)) > 0) {
        const char *line = block + at;
        int is_rest = look->is_rest, has_end = line[length - 1] == '\n';
        look->is_rest = !has_end;
        look->from += (off_t)length;
        at += length;
        length -= (size_t)has_end;
        if (!is_rest && memmem(line, length, text, strlen(text)))
            return m_keep(t, line, length > 0 && line[length - 1] == '\r' ? length - 1 : length);
    }
    return NULL;
}

const char *process_log_line(struct muster_ctx *t, const char *path, const char *text, int is_done,
                             struct log_look *look)
{
    const char *found = NULL;
    char *block = malloc(LOG_LINE_MOST);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n;
    while (block && fd >= 0 && !found && (n = pread(fd, block, LOG_LINE_MOST, look->from)) > 0) {
        off_t before = look->from;
        found = take_lines(t, look, block, (size_t)n, text, is_done);
        if (look->from == before)
            break;
    }
    if (fd >= 0)
        close(fd);
    free(block);
    return found;
}

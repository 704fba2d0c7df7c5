/* SPDX-License-Identifier: Apache-2.0 */
/* A program's log: an artifact that the program itself writes, so that nothing is lost whoever dies. */
#include "log.h"

#include <muster/kit/data.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

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

int log_open(struct muster_ctx *t, const char *name, const char **ret_path)
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

const char *log_line(struct muster_ctx *t, const char *path, const char *text, int is_done)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    const char *found = NULL;
    FILE *f = fopen(path, "re");
    while (f && !found && (n = getline(&line, &room, f)) > 0) {
        int is_whole = line[n - 1] == '\n';
        size_t length = (size_t)n - (size_t)is_whole;
        if ((is_whole || is_done) && memmem(line, length, text, strlen(text)))
            found = m_keep(t, line, length > 0 && line[length - 1] == '\r' ? length - 1 : length);
    }
    free(line);
    if (f)
        fclose(f);
    return found;
}

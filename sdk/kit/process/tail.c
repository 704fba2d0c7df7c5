/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a log, and of the program that wrote it. */
#include "tail.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

void process_tail_describe(int status, char ret_text[TAIL_HOW_MOST])
{
    const char *name = WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : NULL;
    if (WIFEXITED(status))
        snprintf(ret_text, TAIL_HOW_MOST, "exited with status %d", WEXITSTATUS(status));
    else if (name)
        snprintf(ret_text, TAIL_HOW_MOST, "was ended by SIG%s", name);
    else
        snprintf(ret_text, TAIL_HOW_MOST, "was ended by signal %d", WTERMSIG(status));
}

/* Where the last `lines` lines begin. A text that does not begin with a line's start, `cut`, begins with the next. */
static size_t first_of(const char *text, size_t n, unsigned lines, int cut)
{
    size_t at = n;
    while (at > 0) {
        if (text[at - 1] == '\n' && at < n && --lines == 0)
            return at;
        at--;
    }
    const char *next = cut ? memchr(text, '\n', n) : NULL;
    return next && next + 1 < text + n ? (size_t)(next + 1 - text) : 0;
}

size_t process_tail_read(int fd, unsigned lines, char ret_text[TAIL_MOST])
{
    struct stat st;
    const off_t room = TAIL_MOST - 2; /* for a last line's end, and a NUL */
    off_t from = fstat(fd, &st) == 0 && st.st_size > room ? st.st_size - room : 0;
    ssize_t got = pread(fd, ret_text, (size_t)room, from);
    size_t n = got > 0 ? (size_t)got : 0;
    if (n > 0 && ret_text[n - 1] != '\n')
        ret_text[n++] = '\n';
    size_t first = first_of(ret_text, n, lines, from > 0);
    memmove(ret_text, ret_text + first, n - first);
    ret_text[n - first] = '\0';
    return n - first;
}

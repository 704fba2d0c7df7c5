/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this plugin share. */
#ifndef MUSTER_E2E_RUN_WORK_H
#define MUSTER_E2E_RUN_WORK_H

#include <muster/muster.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static inline const char *in_dir(struct muster_ctx *t, const char *name)
{
    static char path[512];
    const char *dir = m_target(t, "dir");
    if (!dir)
        ERROR("--set dir=... is missing");
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

/* One write each, so that lines of several processes don't mix. */
static inline void say(struct muster_ctx *t, const char *file, const char *text)
{
    char line[256];
    int n = snprintf(line, sizeof line, "%s\n", text);
    int fd = open(in_dir(t, file), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, line, (size_t)n) != n)
        ERROR("%s: cannot be written", file);
    close(fd);
}

static inline void wait_for_ever(void)
{
    for (;;)
        pause();
}

static inline void leave_word(struct muster_ctx *t)
{
    say(t, "words", "torn down");
}

#endif

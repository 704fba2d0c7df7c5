/* SPDX-License-Identifier: Apache-2.0 */
/* Executing this program anew, and what goes along. */
#include "common/life.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DESCRIPTORS "TESTBED_LIFE" /* "LISTENER CALLER" */
#define FOLDER      "TESTBED_LIFE_FOLDER"
#define IMAGE       "TESTBED_LIFE_IMAGE"

static char *taken(const char *name)
{
    const char *value = getenv(name);
    char *copy = value ? strdup(value) : NULL;

    unsetenv(name);
    return copy;
}

/* No replica may inherit it. */
static int kept_private(int fd)
{
    return fd >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 ? fd : -1;
}

void life_inherit(struct life *l)
{
    char *descriptors = taken(DESCRIPTORS);
    int listener = -1, caller = -1;

    if (descriptors && sscanf(descriptors, "%d %d", &listener, &caller) == 2)
        l->inherited = true;
    free(descriptors);
    l->listener = kept_private(listener);
    l->caller = kept_private(caller);
    l->folder = taken(FOLDER);
    l->image = taken(IMAGE);
}

void life_ask(struct life *l, enum life_end end, int64_t away_ms, int fd)
{
    if (l->caller >= 0)
        close(l->caller);
    l->caller = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    l->end = end;
    l->away_ms = away_ms;
}

static void hand_on(const char *name, const char *value)
{
    if (value)
        setenv(name, value, 1);
}

void life_begin_next(struct life *l, char *const argv[])
{
    char descriptors[32];

    fcntl(l->listener, F_SETFD, 0);
    if (l->caller >= 0)
        fcntl(l->caller, F_SETFD, 0);
    snprintf(descriptors, sizeof descriptors, "%d %d", l->listener, l->caller);
    hand_on(DESCRIPTORS, descriptors);
    hand_on(FOLDER, l->folder);
    hand_on(IMAGE, l->image);
    usleep((useconds_t)l->away_ms * 1000);
    execv("/proc/self/exe", argv);
    fprintf(stderr, "muster-testbed: it cannot be started anew: %s\n", strerror(errno));
}

void life_answer(struct life *l)
{
    char body[64], answer[256];

    if (l->caller < 0)
        return;
    int len = snprintf(body, sizeof body, "{\"life\":%lld}", (long long)l->number);
    len = snprintf(answer, sizeof answer,
                   "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
                   "Cache-Control: no-store\r\nConnection: close\r\n\r\n%s",
                   len, body);
    /* Who does not listen any more has not been waiting for it. */
    if (send(l->caller, answer, (size_t)len, MSG_NOSIGNAL) < 0)
        fprintf(stderr, "muster-testbed: who asked for the restart has gone\n");
    close(l->caller);
    l->caller = -1;
}

void life_free(struct life *l)
{
    free(l->folder);
    free(l->image);
    l->folder = l->image = NULL;
}

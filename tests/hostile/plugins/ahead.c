/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Short scenarios, so that the next one is ordered before the one that runs has ended, and among them such as must not
 * be followed at once: the next one would find what they left.
 */
#include "bystanders.h"
#include "ipc/message.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

CLEANUP(note, "hostile.ahead.note")
{
    CHECK_INT(atoi(payload), >, 0);
}

/* Runs once, and finds nothing of anybody. */
static void be_good(struct muster_ctx *t, const char *name)
{
    char own[512];
    snprintf(own, sizeof own, "%s/%s", m_target(t, "precious"), name);
    CHECK_INT(mkdir(own, 0700), ==, 0);
    const char *const folders[] = {getenv("MUSTER_TMPDIR"), getenv("MUSTER_ARTIFACTS")};
    for (size_t i = 0; i < 2; i++) {
        DIR *dir = opendir(folders[i]);
        REQUIRE(dir != NULL);
        const struct dirent *e;
        while ((e = readdir(dir)) != NULL)
            if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
                CHECK_STR(e->d_name, ==, "");
        closedir(dir);
    }
}

static void leave_file(const char *folder)
{
    char path[512];
    snprintf(path, sizeof path, "%s/left.txt", folder);
    FILE *f = fopen(path, "w");
    if (f)
        fclose(f);
}

#define GOOD(n_)                                                                                                       \
    SCENARIO(good_##n_)                                                                                                \
    {                                                                                                                  \
        be_good(t, #n_);                                                                                               \
    }

GOOD(01)
GOOD(02)
GOOD(03)
GOOD(04)
GOOD(05)
GOOD(06)
GOOD(07)
GOOD(08)

/* As one that passed does, but for its verdict. */
SCENARIO(exits_as_if_it_had_passed)
{
    _exit(112); /* EXIT_QUIET of core/ipc/message.h */
}

/* Bytes that are no message, in its own channel. */
SCENARIO(writes_rubbish_and_passes)
{
    send(3, "rubbish", 7, MSG_NOSIGNAL);
}

SCENARIO(exits)
{
    leave_file(getenv("MUSTER_TMPDIR"));
    _exit(0);
}

GOOD(09)
GOOD(10)
GOOD(11)
GOOD(12)

SCENARIO(defers_and_dies)
{
    DEFER("hostile.ahead.note", "1");
    raise(SIGKILL);
}

GOOD(13)
GOOD(14)
GOOD(15)
GOOD(16)

/* The answer to its question may still come when nobody is there to hear it. */
static void *ask(void *data)
{
    struct muster_ctx *t = data;
    DEFER("hostile.ahead.note", "2");
    return NULL;
}

SCENARIO(dies_while_it_asks)
{
    pthread_t thread;
    REQUIRE_INT(pthread_create(&thread, NULL, ask, t), ==, 0);
    raise(SIGKILL);
}

GOOD(17)
GOOD(18)
GOOD(19)
GOOD(20)

SCENARIO(attaches)
{
    leave_file(getenv("MUSTER_ARTIFACTS"));
}

GOOD(21)
GOOD(22)
GOOD(23)
GOOD(24)

SCENARIO(fails)
{
    leave_file(getenv("MUSTER_TMPDIR"));
    CHECK_INT(1, ==, 2);
}

GOOD(25)
GOOD(26)
GOOD(27)
GOOD(28)

/* Longer than the millisecond after which its monitor tells of it: nothing else says here that it has. */
SCENARIO(lasts)
{
    usleep(20 * 1000);
    leave_file(getenv("MUSTER_TMPDIR"));
}

GOOD(29)
GOOD(30)
GOOD(31)
GOOD(32)

SCENARIO(is_followed_by_its_child)
{
    if (fork() == 0)
        for (;;)
            pause();
    leave_file(getenv("MUSTER_TMPDIR"));
}

GOOD(33)
GOOD(34)
GOOD(35)
GOOD(36)

/* It does not look how its child ended, and takes itself for good. */
static void be_failed_by_child(struct muster_ctx *t)
{
    pid_t child = fork();
    REQUIRE_INT(child, >=, 0);
    if (child == 0) {
        CHECK_INT(1, ==, 2);
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

#define FAILED_BY_CHILD(n_)                                                                                            \
    SCENARIO(failed_by_child_##n_)                                                                                     \
    {                                                                                                                  \
        be_failed_by_child(t);                                                                                         \
    }

FAILED_BY_CHILD(1)
GOOD(37)
GOOD(38)
FAILED_BY_CHILD(2)
GOOD(39)
GOOD(40)
FAILED_BY_CHILD(3)
GOOD(41)
GOOD(42)
FAILED_BY_CHILD(4)
GOOD(43)
GOOD(44)
FAILED_BY_CHILD(5)
GOOD(45)
GOOD(46)
FAILED_BY_CHILD(6)
GOOD(47)
GOOD(48)

/* What it may shut is its own: those behind it ask, and are answered. */
SCENARIO(hears_no_more)
{
    for (int fd = 3; fd < 1024; fd++)
        shutdown(fd, SHUT_RD);
}

#define ASKS(n_)                                                                                                       \
    SCENARIO(asks_##n_)                                                                                                \
    {                                                                                                                  \
        DEFER("hostile.ahead.note", "1");                                                                              \
    }

ASKS(1)
ASKS(2)
ASKS(3)
ASKS(4)

/* What only the attempt behind it would say: that it is done, has passed, and may be followed. */
CLEANUP(forge, "hostile.ahead.forge")
{
    static const char words[] = {MSG_CLEANED, 1, [5] = 1, [10] = MSG_VERDICT, [43] = 1, [48] = 1, [52] = 0};
    (void)t;
    (void)payload;
    for (int fd = 3; fd < 1024; fd++)
        send(fd, words, sizeof words, MSG_DONTWAIT);
    _exit(EXIT_QUIET);
}

GOOD(49)
GOOD(50)

SCENARIO(has_a_janitor_that_lies)
{
    DEFER("hostile.ahead.forge", "1");
    raise(SIGKILL);
}

GOOD(51)
GOOD(52)

MUSTER_PLUGIN("hostile.ahead", "1.0")

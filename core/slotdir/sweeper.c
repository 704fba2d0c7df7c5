/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor's side of muster-sweep. */
#include "slotdir/sweeper.h"

#include "artifacts/tree.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/program.h"
#include "base/remove_tree.h"
#include "base/spawn.h"
#include "slotdir/temp_base.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

void sweeper_init(struct sweeper *s, struct loop *loop, struct workspace *workspace)
{
    *s = (struct sweeper){.loop = loop, .workspace = workspace, .output = SOURCE_INIT};
}

static void start(struct sweeper *s, const char *what);

static void ended(struct sweeper *s)
{
    loop_remove(s->loop, &s->output);
    while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    s->pid = 0;
    makers_forget_gone(&s->makers);
    if (s->wanted)
        start(s, "aside");
}

static void on_output(struct source *source, uint32_t events)
{
    struct sweeper *s = source->data;
    (void)events;
    char text[256];
    ssize_t n = read(source->fd, text, sizeof text);
    if (n > 0) {
        buf_clear(&s->said); /* each is a whole one, and the newest counts */
        buf_add(&s->said, text, (size_t)n);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        ended(s);
    }
}

/* One that can't be started leaves its work to the end, when it is done here. */
static void start(struct sweeper *s, const char *what)
{
    s->wanted = false;
    int fds[2];
    if (io_pipe(fds) < 0)
        return;
    autoclose int theirs = fds[1];
    autofree char *program = helper_path("muster-sweep");
    autofree char *slots = xasprintf("%s/.slots", s->workspace->run_path);
    char *barred = s->barred ? s->workspace->run_path : NULL;
    char *const argv[] = {
        (char *)"muster-sweep", (char *)(uintptr_t)what, s->workspace->temp_base, slots, barred, NULL};
    const struct spawn helper = {.program = program,
                                 .argv = argv,
                                 .fds = {SPAWN_NULL, theirs, SPAWN_OURS},
                                 .n_fds = 3,
                                 .terminal = SPAWN_OWN_GROUP};
    if (spawn(&helper, &s->pid) < 0) {
        close_fd(fds[0]);
        return;
    }
    loop_add(s->loop, &s->output, fds[0], EPOLLIN, on_output, s);
    if (!s->output.watched)
        sweeper_stop(s);
}

void sweeper_wake(struct sweeper *s)
{
    if (s->pid > 0)
        s->wanted = true;
    else
        start(s, "aside");
}

static bool until(void *limit_ns, uint64_t steps)
{
    enum { STEPS_A_LOOK = 64 };
    return steps % STEPS_A_LOOK || clock_mono() < *(const int64_t *)limit_ns;
}

void sweeper_remove_all(struct sweeper *s)
{
    static const int64_t at_once_ns = 50 * NS_PER_MS;
    struct workspace *w = s->workspace;
    sweeper_stop(s);
    int64_t limit = clock_mono() + at_once_ns;
    struct removal temp = {.go_on = until, .data = &limit}, slots = temp;
    bool more = w->temp_base && temp_base_discard(w->temp_base, &temp) == -ECANCELED;
    more = remove_tree(w->run_dir, WORKSPACE_SLOTS, &slots) == -ECANCELED || more;
    free(temp.left);
    free(slots.left);
    if (!more && !s->barred)
        return;
    start(s, "all");
    if (s->pid <= 0) { /* no descriptor, no process: here then, while the loop stands */
        struct removal rest = {0};
        if (w->temp_base)
            temp_base_discard(w->temp_base, &rest);
        free(rest.left);
        io_remove_tree(w->run_dir, WORKSPACE_SLOTS);
        if (s->barred)
            tree_unbar(w->run_dir);
    }
}

/* Evidence alone: what stays beside it is in use, and its modes are its owner's affair. */
static void unbar_evidence(int run_dir)
{
    static const char *const folders[] = {"cases", "fixtures"};
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        autoclose int dir = openat(run_dir, folders[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (dir >= 0)
            tree_unbar(dir);
    }
}

void sweeper_remove_others(struct sweeper *s, const struct left_beside *o, struct buf *lines)
{
    sweeper_stop(s);
    left_list_beside(s->workspace, &s->makers, o, lines);
    if (s->barred)
        unbar_evidence(s->workspace->run_dir);
}

bool sweeper_is_busy(const struct sweeper *s)
{
    return s->pid > 0;
}

uint64_t sweeper_removed(const struct sweeper *s)
{
    return strtoull(buf_str((struct buf *)(uintptr_t)&s->said), NULL, 10);
}

void sweeper_stop(struct sweeper *s)
{
    s->wanted = false;
    if (s->pid <= 0)
        return;
    kill(s->pid, SIGKILL); /* a child that was not waited for: the number is nobody else's */
    ended(s);
}

void sweeper_close(struct sweeper *s)
{
    sweeper_stop(s);
    buf_free(&s->said);
    makers_free(&s->makers);
}

void sweeper_left(struct sweeper *s, struct buf *lines)
{
    left_list(s->workspace, &s->makers, lines);
}

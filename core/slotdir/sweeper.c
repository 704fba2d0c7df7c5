/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor's side of muster-sweep. */
#include "slotdir/sweeper.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/program.h"
#include "base/remove_tree.h"
#include "slotdir/temp_base.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

void sweeper_init(struct sweeper *s, struct loop *loop, struct workspace *workspace)
{
    *s = (struct sweeper){.loop = loop, .workspace = workspace, .output = SOURCE_INIT};
}

/* In a group of its own: ^C is the supervisor's to judge. */
static int spawn(const char *program, char *const argv[], int out, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attr);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", 0, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    int r = posix_spawn(ret_pid, program, &actions, &attr, argv, environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    return -r;
}

static void start(struct sweeper *s, const char *what);

static void ended(struct sweeper *s)
{
    loop_remove(s->loop, &s->output);
    while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    s->pid = 0;
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
    char *const argv[] = {(char *)"muster-sweep", (char *)(uintptr_t)what, s->workspace->temp_base, slots, NULL};
    if (spawn(program, argv, theirs, &s->pid) < 0) {
        s->pid = 0;
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
    more = remove_tree(w->run_dir, ".slots", &slots) == -ECANCELED || more;
    free(temp.left);
    free(slots.left);
    if (!more)
        return;
    start(s, "all");
    if (s->pid <= 0) { /* no descriptor, no process: here then, while the loop stands */
        struct removal rest = {0};
        if (w->temp_base)
            temp_base_discard(w->temp_base, &rest);
        free(rest.left);
        io_remove_tree(w->run_dir, ".slots");
    }
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
}

static bool a_few(void *data, uint64_t steps)
{
    enum { FEW = 1000 };
    (void)data;
    return steps <= FEW;
}

/* What stays is found first by a removal, since it goes on behind it. */
static void add_left(int error, struct removal *r, const char *shown, struct buf *out)
{
    if (error < 0) {
        const char *why = error == -ECANCELED ? "not removed to the end" : r->left ? "" : strerror(-error);
        buf_addf(out, "%s%s: %s", out->len > 0 ? "; " : "", shown, why);
    }
    if (r->left)
        buf_addf(out, "%s: %s", r->left, strerror(-r->error));
    free(r->left);
}

void sweeper_left(const struct sweeper *s, struct buf *out)
{
    const struct workspace *w = s->workspace;
    autofree char *slots = xasprintf("%s/.slots", w->run_path);
    if (w->temp_base) {
        struct removal r = {.go_on = a_few};
        add_left(temp_base_discard(w->temp_base, &r), &r, w->temp_base, out);
    }
    struct removal r = {.go_on = a_few};
    add_left(remove_tree(w->run_dir, ".slots", &r), &r, slots, out);
}

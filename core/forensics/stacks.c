/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks of a process, read by a helper. */
#include "forensics/stacks.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>

enum { TEXT_MAX = 1 << 20 };

static void end(struct stacks *s)
{
    loop_remove(s->loop, &s->output);
    if (s->helper > 0)
        while (waitpid(s->helper, NULL, 0) < 0 && errno == EINTR)
            ;
    s->helper = 0;
}

static void on_text(struct source *source, uint32_t events)
{
    struct stacks *s = source->data;
    (void)events;
    ssize_t n = read(source->fd, buf_reserve(&s->text, 4096), 4096);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0 && s->text.len < TEXT_MAX) {
        s->text.len += (size_t)n;
        return;
    }
    end(s);
    s->done(s->data);
}

static int spawn(struct stacks *s, const struct stacks_of *of, int output)
{
    autofree char *path = helper_path("muster-stack");
    char pid[16], tid[16], frames[16];
    snprintf(pid, sizeof pid, "%d", (int)of->pid);
    snprintf(tid, sizeof tid, "%u", of->crashed_tid);
    snprintf(frames, sizeof frames, "%u", of->max_frames);
    char *argv[8] = {(char *)"muster-stack", pid};
    size_t n = 2;
    if (of->crashed_tid) {
        argv[n++] = (char *)"--crash";
        argv[n++] = (char *)"--tid";
        argv[n++] = tid;
    }
    if (of->max_frames) {
        argv[n++] = (char *)"--max-frames";
        argv[n++] = frames;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attr;
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&attr, &none);
    int r = posix_spawn(&s->helper, path, &actions, &attr, argv, environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    if (r != 0) {
        s->helper = 0;
        buf_addf(&s->text, "stack unavailable: %s could not be started\n", path);
    }
    return -r;
}

void stacks_begin(struct stacks *s, struct loop *loop, const struct stacks_of *of, void (*done)(void *data), void *data)
{
    buf_clear(&s->text);
    s->loop = loop;
    s->done = done;
    s->data = data;
    int out[2];
    if (io_pipe(out) < 0) {
        done(data);
        return;
    }
    int r = spawn(s, of, out[1]);
    close_fd(out[1]);
    loop_add(loop, &s->output, out[0], EPOLLIN, on_text, s);
    if (r < 0) {
        end(s);
        done(data);
    }
}

void stacks_cancel(struct stacks *s)
{
    if (!stacks_running(s))
        return;
    kill(s->helper, SIGKILL);
    end(s);
    buf_adds(&s->text, "(cut: reading the stacks took too long)\n");
}

void stacks_trim(char *text)
{
    static const char files[] = "files:\n";
    for (char *at = strstr(text, files); at; at = strstr(at + 1, files)) {
        if (at == text || at[-1] == '\n') {
            *at = '\0';
            return;
        }
    }
}

void stacks_free(struct stacks *s)
{
    stacks_cancel(s);
    buf_free(&s->text);
}

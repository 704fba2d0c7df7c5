/* SPDX-License-Identifier: Apache-2.0 */
/* Starting muster-stack: with its request, or ahead of it. */
#include "forensics/stack_reader.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REQUEST_MAX = 64, ARGUMENTS_MAX = 8 };

/* In a group of its own: ^C is the runner's. */
static int spawn(char *const *argv, int input, int output, pid_t *ret_pid)
{
    autofree char *path = helper_path("muster-stack");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (input >= 0)
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    else
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attr;
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&attr, &none);
    int r = posix_spawn(ret_pid, path, &actions, &attr, argv, environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    return -r;
}

static void write_request(const struct stacks_of *of, char ret_text[REQUEST_MAX])
{
    int n = snprintf(ret_text, REQUEST_MAX, "%d", (int)of->pid);
    if (of->crashed_tid)
        n += snprintf(ret_text + n, REQUEST_MAX - (size_t)n, " --crash --tid %u", of->crashed_tid);
    if (of->max_frames)
        n += snprintf(ret_text + n, REQUEST_MAX - (size_t)n, " --max-frames %u", of->max_frames);
    snprintf(ret_text + n, REQUEST_MAX - (size_t)n, "\n");
}

static int start_with(char *request, pid_t *ret_pid, int *ret_output)
{
    char *argv[ARGUMENTS_MAX] = {(char *)"muster-stack"}, *rest = NULL;
    size_t n = 1;
    for (char *word = strtok_r(request, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest))
        argv[n++] = word;
    int out[2];
    int r = io_pipe(out);
    if (r < 0)
        return r;
    r = spawn(argv, -1, out[1], ret_pid);
    close_fd(out[1]);
    if (r < 0)
        close_fd(out[0]);
    else
        *ret_output = out[0];
    return r;
}

void stack_reader_prepare(struct stack_reader *r)
{
    int in[2], out[2];
    if (r->pid > 0 || pipe2(in, O_CLOEXEC) < 0) /* it blocks: the helper waits in read() */
        return;
    autoclose int input = in[0], request = in[1];
    if (io_pipe(out) < 0)
        return;
    autoclose int output = out[0], their_output = out[1];
    char *const argv[] = {(char *)"muster-stack", (char *)"--wait", NULL};
    pid_t pid;
    if (spawn(argv, input, their_output, &pid) == 0)
        *r = (struct stack_reader){pid, steal_fd(&request), steal_fd(&output)};
}

int stack_reader_ask(struct stack_reader *r, const struct stacks_of *of, pid_t *ret_pid, int *ret_output)
{
    char request[REQUEST_MAX];
    write_request(of, request);
    if (!r || r->pid <= 0)
        return start_with(request, ret_pid, ret_output);
    if (io_write_all(r->request, request, strlen(request)) < 0) { /* it has been killed */
        stack_reader_close(r);
        return start_with(request, ret_pid, ret_output);
    }
    close_fd(r->request);
    *ret_pid = r->pid;
    *ret_output = r->output;
    *r = (struct stack_reader){0};
    return 0;
}

void stack_reader_close(struct stack_reader *r)
{
    if (r->pid <= 0)
        return;
    close_fd(r->request);
    close_fd(r->output);
    kill(r->pid, SIGKILL);
    while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    *r = (struct stack_reader){0};
}

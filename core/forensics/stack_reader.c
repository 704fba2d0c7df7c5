/* SPDX-License-Identifier: Apache-2.0 */
/* Starting muster-stack: with its request, or ahead of it. */
#include "forensics/stack_reader.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/program.h"
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REQUEST_MAX = 64, ARGUMENTS_MAX = 8 };

static int start(char *const *argv, int input, int output, pid_t *ret_pid)
{
    autofree char *path = helper_path("muster-stack");
    const struct spawn reader = {
        .program = path, .argv = argv, .fds = {input, output, SPAWN_NULL}, .n_fds = 3, .terminal = SPAWN_OWN_GROUP};
    return spawn(&reader, ret_pid);
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
    r = start(argv, SPAWN_NULL, out[1], ret_pid);
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
    if (start(argv, input, their_output, &pid) == 0)
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

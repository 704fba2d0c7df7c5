/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that the test runs. */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static pid_t spawn(const char *const *argv, int in, int out)
{
    posix_spawn_file_actions_t files;
    pid_t pid = -1;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    int failed = posix_spawn(&pid, argv[0], &files, NULL, (char *const *)(uintptr_t)argv, environ);
    posix_spawn_file_actions_destroy(&files);
    if (failed)
        fprintf(stderr, "%s: %s\n", argv[0], strerror(failed));
    return failed ? -1 : pid;
}

pid_t child_start(const char *const *argv, int *ret_in, int *ret_out)
{
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) < 0)
        return -1;
    if (pipe2(out, O_CLOEXEC) < 0) {
        close(in[0]);
        close(in[1]);
        return -1;
    }
    pid_t pid = spawn(argv, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    if (pid < 0 || !ret_in)
        close(in[1]);
    if (pid < 0)
        close(out[0]);
    if (pid >= 0 && ret_in)
        *ret_in = in[1];
    if (pid >= 0)
        *ret_out = out[0];
    return pid;
}

int child_wait(pid_t pid)
{
    int status = -1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

int child_stop(pid_t pid, int grace_ms)
{
    struct pollfd end = {.fd = pidfd_open(pid, 0), .events = POLLIN};
    kill(pid, SIGTERM);
    if (end.fd < 0 || poll(&end, 1, grace_ms) != 1)
        kill(pid, SIGKILL);
    if (end.fd >= 0)
        close(end.fd);
    return child_wait(pid);
}

json_t *child_json(const char *const *argv)
{
    json_error_t why;
    int out;
    pid_t pid = child_start(argv, NULL, &out);
    if (pid < 0)
        return NULL;
    json_t *value = json_loadfd(out, 0, &why);
    close(out);
    int status = child_wait(pid);
    if (!value)
        fprintf(stderr, "%s: not JSON: %s\n", argv[0], why.text);
    if (status != 0)
        fprintf(stderr, "%s ended with status %#x\n", argv[0], (unsigned)status);
    return value;
}

int child_run(const char *const *argv, const char *file)
{
    int none = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int out = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    pid_t pid = none >= 0 && out >= 0 ? spawn(argv, none, out) : -1;
    if (none >= 0)
        close(none);
    if (out >= 0)
        close(out);
    if (pid < 0)
        return -1;
    int status = child_wait(pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

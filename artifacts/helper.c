/* SPDX-License-Identifier: Apache-2.0 */
/* One call of the program muster-bundle. */
#include "artifacts/helper.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { ANSWER_MAX = 4 * 1024 * 1024, ABOVE_STANDARD = 10 };

/* A file, not a pipe: the program may die before it has read all, and the caller must not get SIGPIPE for it. */
static int input_file(const struct buf *input)
{
    autoclose int fd = memfd_create("muster-bundle", MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    int r = input ? io_write_all(fd, input->data, input->len) : 0;
    if (r < 0)
        return r;
    return lseek(fd, 0, SEEK_SET) < 0 ? -errno : steal_fd(&fd);
}

/* Numbers that none of the moves to 0, 1 and 3 can overwrite. */
static int move_up(int fd)
{
    int up = fcntl(fd, F_DUPFD_CLOEXEC, ABOVE_STANDARD);
    return up < 0 ? -errno : up;
}

static void default_signals(posix_spawnattr_t *attr)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(attr, &none);
    posix_spawnattr_setsigdefault(attr, &all);
    posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int spawn(const char *helper, const char *const *args, int in, int out, int fd, pid_t *ret_pid)
{
    size_t n = 0;
    while (args[n])
        n++;
    autofree char **argv = xcalloc(n + 2, sizeof *argv);
    argv[0] = (char *)"muster-bundle";
    memcpy(argv + 1, args, n * sizeof *argv);

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attr);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (fd >= 0)
        posix_spawn_file_actions_adddup2(&actions, fd, HELPER_FD);
    posix_spawn_file_actions_addclosefrom_np(&actions, fd >= 0 ? HELPER_FD + 1 : HELPER_FD);
    default_signals(&attr);
    int r = -posix_spawn(ret_pid, helper, &actions, &attr, argv, environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    return r;
}

/* Starts the program; *ret_answer is where it will write. */
static int start(const char *helper, const struct helper_request *q, pid_t *ret_pid, int *ret_answer)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    autoclose int from = ends[0], to = ends[1];
    autoclose int out = move_up(to);
    autoclose int low_in = input_file(q->input);
    autoclose int in = low_in < 0 ? low_in : move_up(low_in);
    autoclose int fd = q->fd < 0 ? -1 : move_up(q->fd);
    if (out < 0 || in < 0 || (fd < 0 && q->fd >= 0))
        return out < 0 ? out : in < 0 ? in : fd;
    int r = spawn(helper, q->args, in, out, fd, ret_pid);
    if (r == 0)
        *ret_answer = steal_fd(&from);
    return r;
}

static int wait_for(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0) {
        /* Someone else's wait took it: what it wrote has to be judged alone. */
        if (errno != EINTR)
            return 0;
    }
    return status;
}

static int read_answer(const struct buf *text, int status, json_t **ret_ok, struct err *err)
{
    json_t *answer = json_loadb(text->data ? text->data : "", text->len, JSON_REJECT_DUPLICATES, NULL);
    json_t *ok = json_object_get(answer, "ok");
    const json_t *code = json_object_get(answer, "errno"), *sentence = json_object_get(answer, "error");
    int r = 0;
    if (WIFSIGNALED(status))
        r = err_set(err, -EINTR, "muster-bundle was ended by signal %d (%s)", WTERMSIG(status),
                    strsignal(WTERMSIG(status)));
    else if (json_is_integer(code) && json_integer_value(code) > 0 && json_integer_value(code) < 4096 && sentence)
        r = err_set(err, -(int)json_integer_value(code), "%s", json_string_value(sentence));
    else if (!ok)
        r = err_set(err, -EIO, "muster-bundle ended with status %d and no answer", WEXITSTATUS(status));
    else if (ret_ok)
        *ret_ok = json_incref(ok);
    json_decref(answer);
    return r;
}

int helper_call(const char *helper, const struct helper_request *request, json_t **ret_ok, struct err *err)
{
    pid_t pid;
    int from = -1;
    int r = start(helper, request, &pid, &from);
    if (r < 0)
        return err_errno(err, r, "starting %s", helper);
    autobuf struct buf text = {0};
    r = io_read_fd(from, ANSWER_MAX, &text);
    close(from);
    int status = wait_for(pid);
    return r < 0 ? err_errno(err, r, "reading muster-bundle's answer") : read_answer(&text, status, ret_ok, err);
}

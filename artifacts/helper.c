/* SPDX-License-Identifier: Apache-2.0 */
/* One call of the program muster-bundle. */
#include "artifacts/helper.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MAX = 64 * 1024 * 1024 };

static int run(const char *program, const char *const *args, int in, int out, int fd, pid_t *ret_pid)
{
    size_t n = 0;
    while (args[n])
        n++;
    autofree char **argv = xcalloc(n + 2, sizeof *argv);
    argv[0] = (char *)"muster-bundle";
    memcpy(argv + 1, args, n * sizeof *argv);
    const struct spawn bundle = {.program = program,
                                 .argv = argv,
                                 .fds = {in, out, SPAWN_OURS, fd},
                                 .n_fds = fd < 0 ? HELPER_FD : HELPER_FD + 1,
                                 .terminal = SPAWN_OWN_GROUP};
    return spawn(&bundle, ret_pid);
}

static int start(const char *program, const char *const *args, int fd, struct helper *ret)
{
    int request[2], answer[2];
    /* A socket, not a pipe: a program that died must not give its caller SIGPIPE. */
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, request) < 0)
        return -errno;
    autoclose int send_to = request[0], in = request[1];
    if (pipe2(answer, O_CLOEXEC) < 0)
        return -errno;
    autoclose int read_from = answer[0], out = answer[1];
    pid_t pid;
    int r = run(program, args, in, out, fd, &pid);
    if (r == 0)
        *ret = (struct helper){pid, steal_fd(&send_to), steal_fd(&read_from)};
    return r;
}

int helper_start(const char *program, const char *const *args, int fd, struct helper *ret, struct err *err)
{
    int r = start(program, args, fd, ret);
    if (r == -ENOENT) /* no file that was asked for is meant */
        return err_set(err, -ELIBACC, "starting %s: %s", program, strerror(ENOENT));
    return r < 0 ? err_errno(err, r, "starting %s", program) : 0;
}

/* Room for one descriptor beside the bytes. */
union control {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
};

static ssize_t send_some(int sock, const void *bytes, size_t len, int fd)
{
    struct iovec part = {(void *)(uintptr_t)bytes, len};
    union control control = {{0}};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        m.msg_control = control.bytes;
        m.msg_controllen = sizeof control.bytes;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(c), &fd, sizeof fd);
    }
    return sendmsg(sock, &m, MSG_NOSIGNAL);
}

void helper_send(struct helper *h, const void *request, size_t len, int fd)
{
    const char *p = request;
    while (len > 0) {
        ssize_t n = send_some(h->request, p, len, fd);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        p += n;
        len -= (size_t)n;
        fd = -1; /* it went with the first of the bytes */
    }
    close_fd(h->request);
    h->request = -1;
}

void helper_add(struct buf *request, const char *field)
{
    buf_add(request, field, strlen(field) + 1);
}

void helper_add_int(struct buf *request, int64_t field)
{
    buf_addf(request, "%lld", (long long)field);
    buf_addc(request, '\0');
}

const char **helper_fields(const struct buf *input, size_t *ret_n)
{
    autofree const char **list = xcalloc(input->len + 1, sizeof *list);
    const char *end = input->data + input->len;
    size_t n = 0;
    for (const char *p = input->data, *nul; p < end && (nul = memchr(p, '\0', (size_t)(end - p))); p = nul + 1)
        list[n++] = p;
    if (n == 0 || *list[n - 1] || end[-1])
        return NULL;
    list[--n] = NULL;
    *ret_n = n;
    return steal_ptr(&list);
}

static void take_fd(struct msghdr *m, int *fd)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && *fd < 0)
            memcpy(fd, CMSG_DATA(c), sizeof *fd);
}

int helper_receive(struct buf *input, int *ret_fd)
{
    enum { CHUNK = 16 * 1024 };
    autoclose int fd = -1;
    for (;;) {
        union control control;
        struct iovec part = {buf_reserve(input, CHUNK), CHUNK};
        struct msghdr m = {
            .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
        ssize_t n = recvmsg(STDIN_FILENO, &m, MSG_CMSG_CLOEXEC);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        take_fd(&m, &fd);
        input->len += (size_t)n;
    }
    *ret_fd = steal_fd(&fd);
    return 0;
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
        r = err_set(err, -ECHILD, "muster-bundle was ended by signal %d (%s)", WTERMSIG(status),
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

static int end(struct helper *h)
{
    close_fd(h->request);
    close_fd(h->answer);
    int status = wait_for(h->pid);
    *h = (struct helper){.pid = -1, .request = -1, .answer = -1};
    return status;
}

int helper_finish(struct helper *h, json_t **ret_ok, struct err *err)
{
    autobuf struct buf text = {0};
    int r = io_read_fd(h->answer, ANSWER_MAX, &text);
    int status = end(h);
    return r < 0 ? err_errno(err, r, "reading muster-bundle's answer") : read_answer(&text, status, ret_ok, err);
}

void helper_cancel(struct helper *h)
{
    /* Still a child that was not waited for, so that the number is nobody else's. */
    kill(h->pid, SIGKILL);
    end(h);
}

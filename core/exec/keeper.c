/* SPDX-License-Identifier: Apache-2.0 */
/* The keeper's process: it drains, listens, and ends the services when it is asked to. */
#include "exec/keeper.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "ipc/sock.h"
#include "slotdir/slotdir.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { SOURCES = 4, LOG_MAX = 16 << 20, CLIENT_MS = 5000 };
static const char log_end[] = "\n[muster: this file is full: what services print from here on is not kept]\n";
static const int64_t exit_slack_ns = 5 * NS_PER_S; /* from the end of its tear-down to that of its process */

struct service {
    const char *label, *shown;
    int fds[SOURCES]; /* monitor, channel, stdout, stderr */
    int64_t teardown_ns;
    bool ended, asked;
    int64_t until_ns; /* once it was asked to end */
    char trouble[512];
};

enum { MONITOR, CHANNEL, OUT, ERR };

struct keeper {
    const struct keeper_options *o;
    struct service *services;
    int listener, client, log;
    int home; /* the folder of its socket */
    uint64_t logged;
    bool ending; /* the client wants them to end */
};

/* ---- what services say ------------------------------------------------------------------------------------------- */

static void let_go(int *fd)
{
    close_fd(*fd);
    *fd = -1;
}

/* False: there is nothing in it now, or nothing more to come. */
static bool drain(struct keeper *k, int *fd)
{
    char text[16 * 1024];
    ssize_t n = read(*fd, text, sizeof text);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        let_go(fd);
    if (n <= 0 || k->logged > LOG_MAX)
        return n > 0;
    k->logged += (uint64_t)n;
    io_write_all(k->log, text, (size_t)n);
    if (k->logged > LOG_MAX)
        io_write_all(k->log, log_end, sizeof log_end - 1);
    return true;
}

/* What is in the pipe. Somebody whom its end has not reached yet may go on writing: so no more than fits into one. */
static void drain_rest(struct keeper *k, int *fd)
{
    int room = *fd < 0 ? 0 : fcntl(*fd, F_GETPIPE_SZ);
    for (int reads = 0; *fd >= 0 && reads * 4096 < room && drain(k, fd); reads++)
        ; /* a read takes a page at least, where there is one */
}

/* Its last words count, too. */
static void has_ended(struct keeper *k, struct service *s)
{
    s->ended = true;
    drain_rest(k, &s->fds[OUT]);
    drain_rest(k, &s->fds[ERR]);
    for (size_t i = 0; i < SOURCES; i++)
        let_go(&s->fds[i]); /* its monitor ends what may be left */
}

static void note_trouble(struct service *s, const char *text)
{
    if (!*s->trouble)
        snprintf(s->trouble, sizeof s->trouble, "%s", *text ? text : "it did not end well");
}

static void take(struct service *s, const struct message *m)
{
    if (m->type == MSG_DIED)
        note_trouble(s, m->died.reason);
    else if (m->type == MSG_VERDICT && m->verdict.outcome != OUTCOME_PASSED && m->verdict.outcome != OUTCOME_SKIPPED)
        note_trouble(s, m->verdict.reason);
    else if (m->type == MSG_EXITED)
        s->ended = true;
}

/* False: there is no more. */
static bool hear_once(struct service *s, size_t source)
{
    autobuf struct buf packet = {0};
    struct received got = {0};
    struct arena arena = {0};
    ssize_t n = sock_receive(s->fds[source], MSG_DONTWAIT, &packet, &got);
    received_close(&got);
    struct message m;
    const char *p = packet.data;
    while (n > 0 && p < packet.data + packet.len && message_decode(&p, packet.data + packet.len, &arena, &m) == 0)
        take(s, &m);
    arena_free(&arena);
    bool over = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
    if (over && source == MONITOR)
        s->ended = true;
    else if (over)
        let_go(&s->fds[source]);
    return n > 0;
}

static void hear(struct keeper *k, struct service *s, size_t source)
{
    while (source == MONITOR && s->fds[CHANNEL] >= 0 && hear_once(s, CHANNEL))
        ; /* its last words come before its end */
    hear_once(s, source);
    if (s->ended)
        has_ended(k, s);
}

/* ---- the client -------------------------------------------------------------------------------------------------- */

static void add(struct buf *out, const char *text)
{
    buf_add(out, text, strlen(text) + 1);
}

static void tell(struct keeper *k, const struct buf *text)
{
    if (k->client >= 0 && io_write_all(k->client, text->data, text->len) < 0)
        let_go(&k->client);
}

static bool lives(const struct keeper *k, const char *label)
{
    for (size_t i = 0; i < k->o->n_services; i++)
        if (strcmp(k->services[i].label, label) == 0)
            return !k->services[i].ended;
    return true; /* of the user's own process */
}

/* What a service had published that has ended leads nowhere, or to somebody else. */
static void add_published(struct keeper *k, struct buf *out, const struct kept_user *user)
{
    for (uint32_t t = 0; t + 2 < user->published.n; t += 3) {
        bool good = lives(k, user->of[t / 3]);
        add(out, user->published.items[t]);
        add(out, good ? user->published.items[t + 1] : ORDER_NO_KEY);
        add(out, good ? user->published.items[t + 2] : "");
    }
}

/* How many bytes follow; then "service" LABEL MS SHOWN, the time that its end may take and what is told of it, and
 * "user" ID N TEXT...: each with its NUL. */
static void greet(struct keeper *k)
{
    autobuf struct buf out = {0}, all = {0};
    for (size_t i = 0; i < k->o->n_services; i++) {
        if (k->services[i].ended)
            continue;
        add(&out, "service");
        add(&out, k->services[i].label);
        buf_addf(&out, "%lld", (long long)((k->services[i].teardown_ns + exit_slack_ns) / NS_PER_MS));
        buf_addc(&out, '\0');
        add(&out, k->services[i].shown);
    }
    for (size_t i = 0; i < k->o->n_users; i++) {
        const struct kept_user *user = &k->o->users[i];
        char n[16];
        snprintf(n, sizeof n, "%u", user->published.n / 3 * 3);
        add(&out, "user");
        add(&out, user->id);
        add(&out, n);
        add_published(k, &out, user);
    }
    buf_addf(&all, "%zu", out.len);
    buf_addc(&all, '\0');
    buf_add(&all, out.data, out.len);
    tell(k, &all);
}

/* One at a time: others wait in line. Nobody but who owns the run, or root, is told anything. */
static void take_client(struct keeper *k)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    k->client = accept4(k->listener, NULL, NULL, SOCK_CLOEXEC);
    if (k->client < 0)
        return;
    if (getsockopt(k->client, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || (peer.uid != geteuid() && peer.uid != 0)) {
        let_go(&k->client);
        return;
    }
    struct timeval most = {.tv_sec = CLIENT_MS / 1000};
    setsockopt(k->client, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
    greet(k);
}

static void hear_client(struct keeper *k)
{
    char order[8];
    ssize_t n = read(k->client, order, sizeof order);
    if (n == (ssize_t)sizeof "stop" && strcmp(order, "stop") == 0)
        k->ending = true;
    else
        let_go(&k->client);
}

/* ---- their end --------------------------------------------------------------------------------------------------- */

static void ask_to_end(struct service *s)
{
    s->asked = true;
    s->until_ns = clock_mono() + s->teardown_ns + exit_slack_ns;
    if (s->fds[CHANNEL] < 0 ||
        sock_offer_message(s->fds[CHANNEL], &(struct message){.type = MSG_STOP, .stop = {true}}) < 0)
        s->until_ns = 0;
}

static void report_end(struct keeper *k, const struct service *s)
{
    autobuf struct buf out = {0};
    add(&out, "ended");
    add(&out, s->label);
    add(&out, s->trouble);
    tell(k, &out);
}

/* The newest first, one after the other: what is used goes after its users. */
static void end_next(struct keeper *k)
{
    for (size_t i = k->o->n_services; i-- > 0;) {
        struct service *s = &k->services[i];
        if (s->ended)
            continue;
        if (!s->asked)
            ask_to_end(s);
        if (clock_mono() < s->until_ns)
            return;
        note_trouble(s, "its tear-down took too long, and it was ended");
        has_ended(k, s);
        report_end(k, s);
    }
}

static bool all_have_ended(const struct keeper *k)
{
    for (size_t i = 0; i < k->o->n_services; i++)
        if (!k->services[i].ended)
            return false;
    return true;
}

/* ---- the loop ---------------------------------------------------------------------------------------------------- */

static void look_at_services(struct keeper *k, const struct pollfd *fds)
{
    for (size_t i = 0; i < k->o->n_services; i++) {
        struct service *s = &k->services[i];
        bool before = s->ended;
        for (size_t f = 0; f < SOURCES; f++) {
            const struct pollfd *p = &fds[SOURCES * i + f];
            if (s->ended || p->fd < 0 || !p->revents)
                continue;
            if (f == OUT || f == ERR)
                drain(k, &s->fds[f]);
            else
                hear(k, s, f);
        }
        if (!before && s->ended) /* whoever has been greeted counts on it, also before he asked for it */
            report_end(k, s);
    }
}

static _Noreturn void keep(struct keeper *k)
{
    enum { LOOK_MS = 100 };
    size_t n = SOURCES * k->o->n_services;
    struct pollfd *fds = xcalloc(n + 2, sizeof *fds);
    while (!all_have_ended(k)) {
        for (size_t i = 0; i < n; i++)
            fds[i] = (struct pollfd){.fd = k->services[i / SOURCES].fds[i % SOURCES], .events = POLLIN};
        fds[n] = (struct pollfd){.fd = k->client < 0 ? k->listener : -1, .events = POLLIN};
        fds[n + 1] = (struct pollfd){.fd = k->client, .events = POLLIN};
        if (poll(fds, n + 2, k->ending ? LOOK_MS : -1) < 0)
            continue;
        look_at_services(k, fds);
        if (fds[n].revents)
            take_client(k);
        if (k->client >= 0 && fds[n + 1].fd == k->client && fds[n + 1].revents)
            hear_client(k);
        if (k->ending)
            end_next(k);
    }
    unlink(KEEPER_SOCKET);
    _exit(0);
}

/* ---- its beginning ----------------------------------------------------------------------------------------------- */

static int compare_ints(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Whoever else waits for the end of a pipe or a socket of the runner must see it. */
static void close_all_but(int *keep, size_t n)
{
    unsigned from = 0;
    qsort(keep, n, sizeof *keep, compare_ints);
    for (size_t i = 0; i < n; i++) {
        if (keep[i] < (int)from)
            continue;
        if ((unsigned)keep[i] > from)
            close_range(from, (unsigned)keep[i] - 1, 0);
        from = (unsigned)keep[i] + 1;
    }
    close_range(from, ~0U, 0);
}

static void close_what_is_not_ours(const struct keeper *k, int ready)
{
    const struct keeper_options *o = k->o;
    int *keep = xcalloc(SOURCES * o->n_services + o->n_locks + 4, sizeof *keep);
    size_t n = 0;
    for (size_t i = 0; i < o->n_services; i++)
        for (size_t f = 0; f < SOURCES; f++)
            if (k->services[i].fds[f] >= 0)
                keep[n++] = k->services[i].fds[f];
    for (size_t i = 0; i < o->n_locks; i++)
        keep[n++] = o->locks[i];
    keep[n++] = k->listener;
    keep[n++] = k->log;
    keep[n++] = k->home;
    keep[n++] = ready;
    close_all_but(keep, n);
    free(keep);
}

static _Noreturn void keeper_main(struct keeper *k, int ready)
{
    sigset_t none;
    setsid(); /* neither ^C nor the end of a terminal is meant for it */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    prctl(PR_SET_NAME, "muster-keep");
    close_what_is_not_ours(k, ready);
    for (int fd = 0; fd <= STDERR_FILENO; fd++) /* nothing that is opened later may have these numbers */
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
            _exit(1);
    for (size_t i = 0; i < k->o->n_services; i++)
        for (size_t f = OUT; f <= ERR; f++)
            if (k->services[i].fds[f] >= 0)
                fcntl(k->services[i].fds[f], F_SETFL, O_NONBLOCK);
    char byte;
    if (fchdir(k->home) < 0 || write(ready, "", 1) != 1)
        _exit(1);
    while (read(ready, &byte, 1) < 0 && errno == EINTR)
        ; /* until the runner has closed it, or has ended */
    close(ready);
    close(k->home);
    keep(k);
}

static int listen_in(int dir)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(at.sun_path, sizeof at.sun_path, "/proc/self/fd/%d/" KEEPER_SOCKET, dir); /* however long the path is */
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 4) < 0)
        return -errno;
    return steal_fd(&fd);
}

static int open_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/* In the run's own folder, unless that is where no socket can be. */
static int open_listener(const struct keeper_options *o, int *ret_home, struct err *err)
{
    const char *const folders[] = {o->slots, o->folder};
    int r = -ENOENT;
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        autoclose int dir = open_folder(folders[i]);
        r = dir < 0 ? dir : listen_in(dir);
        if (r >= 0) {
            *ret_home = steal_fd(&dir);
            return r;
        }
    }
    return err_errno(err, r, "listening on %s/" KEEPER_SOCKET, o->folder);
}

static void take_services(struct keeper *k)
{
    k->services = xcalloc(k->o->n_services, sizeof *k->services);
    for (size_t i = 0; i < k->o->n_services; i++) {
        const struct kept_service *s = &k->o->services[i];
        k->services[i] = (struct service){.label = s->label,
                                          .shown = s->shown,
                                          .fds = {s->monitor, s->channel, s->out, s->err},
                                          .teardown_ns = s->teardown_ns};
    }
}

static int fork_keeper(const struct keeper *ready, struct keeper_begun *ret_begun, struct err *err)
{
    int pair[2];
    char byte;
    int r = sock_pair(pair);
    if (r < 0)
        return err_errno(err, r, "making a pair of sockets");
    autoclose int ours = pair[0];
    pid_t pid = fork();
    if (pid == 0) {
        struct keeper k = *ready;
        take_services(&k);
        keeper_main(&k, pair[1]);
    }
    int error = errno;
    close(pair[1]);
    if (pid < 0)
        return err_errno(err, -error, "forking");
    if (read(ours, &byte, 1) != 1)
        return err_set(err, -EPIPE, "the process that was to keep them ended");
    *ret_begun = (struct keeper_begun){pid, steal_fd(&ours)};
    return 0;
}

int keeper_start(const struct keeper_options *o, struct keeper_begun *ret_begun, struct err *err)
{
    autoclose int dir = open_folder(o->folder);
    if (dir < 0)
        return err_errno(err, dir, "%s", o->folder);
    autoclose int home = -1;
    autoclose int listener = open_listener(o, &home, err);
    if (listener < 0)
        return listener;
    autoclose int log = workspace_open_file(dir, KEEPER_LOG);
    const struct keeper ready = {.o = o, .listener = listener, .client = -1, .log = log, .home = home};
    int r = log < 0 ? err_errno(err, log, "%s/" KEEPER_LOG, o->folder) : 0;
    if (r == 0)
        r = fork_keeper(&ready, ret_begun, err);
    if (r < 0)
        unlinkat(home, KEEPER_SOCKET, 0);
    return r;
}

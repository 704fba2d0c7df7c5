/* SPDX-License-Identifier: Apache-2.0 */
/* A monitor: forks attempts one at a time, waits for them, reports how they ended and what they left. */
#include "host/monitor.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "contain/inside.h"
#include "host/attempt.h"
#include "host/baseline.h"
#include "host/crash.h"
#include "host/folders.h"
#include "host/load_plugin.h"
#include "ipc/packet.h"
#include "ipc/sock.h"
#include "slotdir/slotdir.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct monitor {
    struct monitor_spec spec;
    int own_first, own_last; /* the numbers of its own descriptors, when they stand in a row; else -1 */
    struct inside in;        /* its containment */
    struct folders folders;
    const char *work_dir; /* its own, which attempts leave */
    cpu_set_t cpus;       /* where attempts may run: all that we might before we chose one */
    int flags[ENDS_FDS];  /* of the ends, as they came: without capture they are the user's own files */
    struct {              /* the attempt before, for an order that was sent ahead */
        uint32_t serial;
        bool told, quiet;
    } last;
};

static int open_pidfd(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* What can't be said is waited for in vain: our end is heard, and the supervisor looks for itself. */
static void say(const struct monitor *n, const struct message *m, int fd)
{
    if (sock_send_message(n->spec.sock, m, &fd, fd >= 0 ? 1 : 0) < 0)
        _exit(1);
}

static const int *ends_of(const struct monitor *n, const struct msg_attempt *order)
{
    return n->spec.ends + ENDS_OF_A_SET * order->ends;
}

static void redirect_output(const int *ends)
{
    dup2(ends[0], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
}

/* One that could not be had at once has a number of its own. */
static void close_folder(const struct monitor *n, const struct folder *f)
{
    if (f->fd >= 0 && (f->fd < n->own_first || f->fd > n->own_last))
        close(f->fd);
}

/* By close(): a plugin that was loaded here may have closed them before. */
static void close_own(const struct monitor *n)
{
    close_folder(n, &n->folders.temp);
    close_folder(n, &n->folders.artifacts);
    if (n->own_first >= 0 && close_range((unsigned)n->own_first, (unsigned)n->own_last, 0) == 0)
        return;
    for (size_t i = 0; i < ENDS_FDS; i++)
        close(n->spec.ends[i]);
    close(n->spec.sock);
    close(n->in.proc);
    if (n->in.group >= 0)
        close(n->in.group);
    if (n->in.procs >= 0)
        close(n->in.procs);
}

static _Noreturn void become_attempt(const struct monitor *n, struct attempt_spec *attempt_spec)
{
    const int *ends = ends_of(n, attempt_spec->order);
    setsid();
    if (CPU_COUNT(&n->cpus) > 0)
        sched_setaffinity(0, sizeof n->cpus, &n->cpus);
    redirect_output(ends);
    attempt_spec->sock = fcntl(ends[2], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close_own(n);
    if (attempt_spec->sock < 0)
        dprintf(STDERR_FILENO, "muster: no descriptor is left for the attempt's connection to the runner\n");
    if (chdir(n->spec.temp_dir) < 0)
        dprintf(STDERR_FILENO, "muster: %s: %s\n", n->spec.temp_dir, strerror(errno));
    attempt_main();
}

/* Fresh mode: the plugin is loaded here, in the attempt. What its constructors print is the attempt's output. */
static void no_progress(void *data, enum load_stage stage)
{
    (void)data;
    (void)stage;
}

static const struct plugin *load_fresh(const char *path, const struct message_list *providers)
{
    static struct plugin fresh;
    autoerr struct err err = {0};
    const char *reason;
    if (host_load(path, providers, no_progress, NULL, &fresh, &reason, &err) < 0) {
        dprintf(STDERR_FILENO, "muster: %s: %s\n", path, err_text(&err));
        _exit(1);
    }
    return &fresh;
}

static _Noreturn void attempt_process(const struct monitor *n, struct attempt_spec *attempt_spec)
{
    if (!attempt_spec->plugin) {
        redirect_output(ends_of(n, attempt_spec->order));
        attempt_spec->plugin = load_fresh(n->spec.path, n->spec.providers);
    }
    become_attempt(n, attempt_spec);
}

static bool has_ended(pid_t pid)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
}

/* Waits for the attempt's end; false when the supervisor went away meanwhile (everything is then ended here). Without a
 * pidfd, which takes a descriptor, it is looked for. */
static bool wait_for_end(const struct monitor *n, int pidfd, pid_t pid, bool *ret_told)
{
    enum { TELL_AFTER_MS = 1 /* most attempts are over by then: nobody needs a pidfd of them */, LOOK_MS = 5 };
    struct pollfd fds[] = {{.fd = pidfd, .events = POLLIN},
                           {.fd = n->spec.sock}}; /* its end; the next order may well be there */
    *ret_told = false;
    for (int wait = TELL_AFTER_MS;;) {
        int ready = poll(fds, 2, wait);
        if (ready == 0 && !*ret_told) {
            say(n, &(struct message){.type = MSG_STARTED}, pidfd);
            *ret_told = true;
            wait = pidfd < 0 ? LOOK_MS : -1;
        }
        if (pidfd < 0 && has_ended(pid))
            return true;
        if (ready <= 0)
            continue;
        if (fds[0].revents)
            return true;
        if (fds[1].revents) {
            kill(pid, SIGKILL);
            waitpid(pid, NULL, 0);
            contain_end_all(&n->in);
            return false;
        }
    }
}

static uint64_t to_us(struct timeval t)
{
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_usec;
}

enum { RUSAGE_BLOCK = 512 }; /* bytes that ru_inblock and ru_oublock count in, whatever the device */

/* What was ended from outside had no chance to end its own: nothing of it is on its way out. */
static int64_t time_to_settle(int status, uint64_t settle_ns)
{
    bool ended = WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGTERM);
    return ended ? 0 : (int64_t)settle_ns;
}

/* True when no further attempt can have these folders: the supervisor gives a new monitor other ones. */
static bool tell_of_folders(struct monitor *n, bool left, bool name_files, struct arena *arena)
{
    struct message m = {.type = MSG_FOLDERS};
    if (folders_look(&n->folders, left, name_files, arena, &m.folders))
        say(n, &m, -1);
    return m.folders.worn != 0;
}

/* By the attempt, for all that would have it after it. The supervisor sees only that nobody speaks any more, not that
 * nobody hears. */
static bool is_shut(int channel)
{
    struct pollfd p = {.fd = channel, .events = POLLRDHUP};
    return poll(&p, 1, 0) != 0;
}

static void report_end(struct monitor *n, pid_t pid, const struct msg_attempt *order)
{
    static struct arena arena;
    struct rusage usage;
    int status;
    if (wait4(pid, &status, 0, &usage) < 0)
        _exit(1); /* somebody reaped it: the supervisor sees our end and judges by the attempt's own words */
    struct message m = {.type = MSG_EXITED,
                        .exited = {.wait_status = status,
                                   .user_us = to_us(usage.ru_utime),
                                   .system_us = to_us(usage.ru_stime),
                                   .max_rss_kb = (uint64_t)usage.ru_maxrss,
                                   .read_bytes = (uint64_t)usage.ru_inblock * RUSAGE_BLOCK,
                                   .written_bytes = (uint64_t)usage.ru_oublock * RUSAGE_BLOCK,
                                   .at_ns = (uint64_t)clock_mono()}};
    if (!contain_is_clean(&n->in)) {
        struct leftovers left = contain_clear(&n->in, time_to_settle(status, order->settle_ns), n->spec.sock, &arena);
        m.exited.n_leaked = left.n;
        m.exited.leaked = left.names;
        m.exited.listening = left.listening;
        m.exited.dirty = left.stay;
    }
    bool worn = tell_of_folders(n, m.exited.dirty, order->name_files, &arena);
    m.exited.dirty = m.exited.dirty || is_shut(ends_of(n, order)[2]);
    m.exited.artifacts = folders_hold_artifacts(&n->folders);
    bool good = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_QUIET;
    bool nothing = !worn && !m.exited.dirty && !m.exited.artifacts && m.exited.n_leaked == 0;
    n->last.quiet = good && nothing;
    m.exited.quiet = n->last.quiet;
    say(n, &m, -1);
    arena_reset(&arena);
}

/* Flags belong to the pipe, not to who set them, and answers to who asked: an attempt must not find what the one before
 * left. */
static void reset_ends(const struct monitor *n, uint32_t set)
{
    char answer[1];
    const size_t first = ENDS_OF_A_SET * set;
    for (size_t i = first; i < first + ENDS_OF_A_SET; i++)
        if (fcntl(n->spec.ends[i], F_GETFL) != n->flags[i])
            fcntl(n->spec.ends[i], F_SETFL, n->flags[i]);
    while (recv(n->spec.ends[first + 2], answer, sizeof answer, MSG_DONTWAIT) > 0)
        ;
}

static void note_ends(struct monitor *n)
{
    for (size_t i = 0; i < ENDS_FDS; i++)
        n->flags[i] = fcntl(n->spec.ends[i], F_GETFL);
}

static bool run_attempt(struct monitor *n, const struct msg_attempt *order)
{
    struct attempt_spec attempt_spec = {.sock = -1,
                                        .plugin = n->spec.plugin,
                                        .file = &n->spec.file,
                                        .order = order,
                                        .run = n->spec.run,
                                        .slot = n->spec.slot,
                                        .temp_dir = n->spec.temp_dir,
                                        .artifacts_dir = n->spec.artifacts_dir,
                                        .path = n->spec.path,
                                        .work_dir = n->work_dir,
                                        .providers = n->spec.providers};
    n->last.serial = order->serial;
    n->last.told = n->last.quiet = false;
    int r = folders_make_ready(&n->folders);
    reset_ends(n, order->ends);
    attempt_prepare(&attempt_spec);
    pid_t pid = r < 0 ? -1 : fork();
    if (pid == 0)
        attempt_process(n, &attempt_spec);
    if (pid < 0) {
        say(n, &(struct message){.type = MSG_STARTED, .started = {(uint32_t)(r < 0 ? -r : errno)}}, -1);
        return true;
    }
    int pidfd = open_pidfd(pid);
    bool here = wait_for_end(n, pidfd, pid, &n->last.told);
    if (here)
        report_end(n, pid, order);
    if (pidfd >= 0)
        close(pidfd); /* not by close_fd(), which writes to errno: one page more to copy at the next fork */
    return here;
}

/* Whether an order that was sent ahead of the last attempt's end counts. */
static bool counts(const struct monitor *n, const struct msg_attempt *order)
{
    return order->after == 0 || (order->after == n->last.serial && n->last.quiet && !(order->early && n->last.told));
}

/* It stood in a file whose descriptor was lost on the way: we have no number for it. */
static void refuse_attempt(const struct monitor *n)
{
    say(n, &(struct message){.type = MSG_STARTED, .started = {EMFILE}}, -1);
}

static void serve(struct monitor *n)
{
    struct packet packet;
    struct arena arena = {0};
    for (bool more = true; more;) {
        struct received got = {0};
        if (packet_receive(n->spec.sock, &packet, &got) <= 0)
            return;
        struct message m;
        const char *p = packet.data;
        if (message_decode(&p, packet.data + packet.len, &arena, &m) < 0)
            m.type = 0;
        if (m.type == MSG_BESIDE)
            refuse_attempt(n);
        else if (m.type == MSG_ATTEMPT && m.attempt.ends < ENDS_SETS && counts(n, &m.attempt))
            more = run_attempt(n, &m.attempt);
        received_close(&got);
        arena_reset(&arena);
    }
}

static void set_slot_environment(const struct monitor_spec *spec)
{
    char number[16];
    snprintf(number, sizeof number, "%u", spec->slot);
    setenv("MUSTER_SLOT", number, 1);
    setenv("MUSTER_TMPDIR", spec->temp_dir, 1);
    setenv("TMPDIR", spec->temp_dir, 1);
    setenv("MUSTER_ARTIFACTS", spec->artifacts_dir, 1);
}

/* Puts its descriptors in a row, so that an attempt closes all of them with one call. */
static int move_up(struct monitor *n, int *fd)
{
    enum { OWN_FIRST = 128 }; /* far from what plugins open */
    int moved = *fd < 0 ? -1 : fcntl(*fd, F_DUPFD_CLOEXEC, n->own_last < 0 ? OWN_FIRST : n->own_last + 1);
    if (moved < 0)
        return *fd < 0 ? 0 : -1;
    close_fd(*fd);
    *fd = moved;
    bool in_row = n->own_last < 0 || moved == n->own_last + 1;
    if (n->own_last < 0)
        n->own_first = moved;
    n->own_last = moved;
    return in_row ? 0 : -1;
}

static void stand_in_a_row(struct monitor *n)
{
    int r = move_up(n, &n->spec.sock);
    for (size_t i = 0; i < ENDS_FDS; i++)
        r |= move_up(n, &n->spec.ends[i]);
    r |= move_up(n, &n->in.proc);
    r |= move_up(n, &n->in.group);
    r |= move_up(n, &n->in.procs);
    r |= move_up(n, &n->folders.temp.fd);
    r |= move_up(n, &n->folders.artifacts.fd);
    if (r < 0)
        n->own_first = n->own_last = -1;
}

/* Monitor and attempt take turns: on one processor that is a switch, across two it is a wake-up, which costs as much as
 * the fork. So each slot's monitor keeps to a processor of its own; its attempts begin there and may go anywhere. */
static void keep_to_a_processor(struct monitor *n)
{
    if (sched_getaffinity(0, sizeof n->cpus, &n->cpus) < 0 || CPU_COUNT(&n->cpus) < 2) {
        CPU_ZERO(&n->cpus);
        return;
    }
    int skip = (int)(n->spec.slot % (unsigned)CPU_COUNT(&n->cpus));
    int cpu = 0;
    while (!CPU_ISSET(cpu, &n->cpus) || skip-- > 0)
        cpu++;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
}

/* One mapping for all attempts: a document costs them nothing until they read it. One that is not sealed could be cut
 * while it is read. */
static void take_document(struct monitor_spec *spec)
{
    static struct run_facts facts;
    facts = *spec->run;
    spec->run = &facts;
    if (spec->document < 0)
        return;
    int seals = fcntl(spec->document, F_GET_SEALS);
    void *map = seals >= 0 && (seals & F_SEAL_SHRINK)
                    ? mmap(NULL, spec->document_size, PROT_READ, MAP_PRIVATE, spec->document, 0)
                    : MAP_FAILED;
    close_fd(spec->document);
    spec->document = -1;
    if (map != MAP_FAILED)
        facts.document = map;
}

static _Noreturn void monitor_main(const struct monitor_spec *given, struct inside *in)
{
    struct monitor n = {.spec = *given, .own_first = -1, .own_last = -1};
    struct monitor_spec *spec = &n.spec;
    spec->temp_dir = xstrdup(spec->temp_dir); /* they stand in the packet */
    spec->artifacts_dir = xstrdup(spec->artifacts_dir);
    n.work_dir = get_current_dir_name();
    n.work_dir = n.work_dir ? n.work_dir : ".";
    take_document(spec);
    n.folders = FOLDERS_INIT(spec->temp_dir, spec->artifacts_dir);
    close_fd(spec->host_sock);
    signal(SIGCHLD, SIG_DFL);
    autoerr struct err err = {0};
    int r = contain_enter(in, &err);
    n.in = *in;
    folders_make_ready(&n.folders); /* what fails is told when an attempt is wanted */
    stand_in_a_row(&n);
    note_ends(&n);
    int self = r < 0 ? -1 : open_pidfd(getpid());
    say(&n, &(struct message){.type = MSG_MONITOR_READY, .monitor_ready = {r < 0 ? err_text(&err) : ""}}, self);
    if (r < 0)
        _exit(1);
    close_fd(self);
    set_slot_environment(spec);
    keep_to_a_processor(&n);
    crash_install();
    baseline_note(spec->temp_dir);
    serve(&n);
    _exit(0);
}

static void tell_failure(const struct monitor_spec *spec, const struct err *err)
{
    const struct message m = {.type = MSG_MONITOR_READY, .monitor_ready = {err_text(err)}};
    sock_send_message(spec->sock, &m, NULL, 0);
}

void monitor_fork(const struct monitor_spec *spec, int group)
{
    struct inside in;
    autoerr struct err err = {0};
    int r = inside_init(&in, spec->rung, spec->holder, group);
    autofree char *run = workspace_run_of(spec->artifacts_dir);
    in.hidden = run;
    in.shown = WORKSPACE_SLOTS;
    pid_t pid = r < 0 ? r : contain_fork(&in);
    if (pid == 0)
        monitor_main(spec, &in);
    if (pid < 0) {
        err_errno(&err, pid, "forking a monitor");
        tell_failure(spec, &err);
    }
}

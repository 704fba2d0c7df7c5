/* SPDX-License-Identifier: Apache-2.0 */
/* A slot's states, and the moves between them. */
#include "exec/slot.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/sock.h"
#include "exec/describe.h"
#include "exec/fixtures.h"
#include "exec/now.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const int64_t prepare_limit_ns = 30 * NS_PER_S; /* a nanny is forked in a millisecond */
static const int64_t dump_limit_ns = 3 * NS_PER_S;
static const int64_t exit_limit_ns = 2 * NS_PER_S; /* from verdict, or SIGKILL, to the end */

static void on_nanny(struct source *source, uint32_t events);
static void dump_crash(struct slot *s);

void slot_init(struct slot *s, struct slot_shared *shared, uint32_t number)
{
    *s = (struct slot){.shared = shared,
                       .number = number,
                       .temp_dir = workspace_temp_dir(shared->workspace, number),
                       .artifacts_dir = workspace_artifacts_dir(shared->workspace, number),
                       .nanny = SOURCE_INIT,
                       .nanny_end = SOURCE_INIT,
                       .old_nanny = SOURCE_INIT,
                       .words = SOURCE_INIT,
                       .attempt_end = SOURCE_INIT,
                       .attempt_pidfd = -1,
                       .lanes = {{{.source = SOURCE_INIT}, {.source = SOURCE_INIT}},
                                 {{.source = SOURCE_INIT}, {.source = SOURCE_INIT}}},
                       .stacks = {.output = SOURCE_INIT},
                       .glance = {.output = SOURCE_INIT},
                       .attempt_dir = -1};
}

void slot_free(struct slot *s)
{
    struct loop *loop = s->shared->loop;
    loop_remove(loop, &s->nanny);
    loop_remove(loop, &s->nanny_end);
    loop_remove(loop, &s->old_nanny);
    for (size_t i = 0; i < OUTPUT_LANES; i++) {
        capture_close(&s->lanes[i].out);
        capture_close(&s->lanes[i].err);
        buf_free(&s->lanes[i].out.tail);
        buf_free(&s->lanes[i].err.tail);
    }
    stacks_free(&s->stacks);
    stacks_free(&s->glance);
    buf_free(&s->reason);
    free(s->seen_reason);
    free(s->seen_file);
    free(s->infrastructure);
    free(s->pending);
    free(s->temp_dir);
    free(s->artifacts_dir);
}

void slot_emit(struct slot *s, struct event *event)
{
    if (s->task.fixture) {
        fixture_emit(s, event);
        return;
    }
    event->t_ns = clock_mono() - s->shared->epoch_ns;
    s->shared->sink.event(s->shared->sink.data, event);
}

pid_t slot_pid_of(int pidfd)
{
    autofree char *path = xasprintf("/proc/self/fdinfo/%d", pidfd);
    autobuf struct buf text = {0};
    if (io_read_file(AT_FDCWD, path, 4096, &text) < 0)
        return -1;
    const char *pid = strstr(buf_str(&text), "\nPid:");
    long n = pid ? strtol(pid + 5, NULL, 10) : 0;
    return n > 0 ? (pid_t)n : 0;
}

int slot_attempt_pidfd(const struct slot *s)
{
    return s->attempt_pidfd >= 0 ? s->attempt_pidfd : s->attempt_end.fd;
}

const struct scenario_info *slot_scenario(const struct slot *s)
{
    const struct catalogue *c = s->shared->catalogue;
    const struct plugin_info *p = &c->plugins[s->task.plugin];
    uint32_t i = p->first;
    while (i + 1 < p->first + p->count && c->scenarios[i].index != s->task.scenario)
        i++;
    return &c->scenarios[i];
}

void slot_news(struct slot *s, struct slot_news *news)
{
    news->task = &s->task;
    news->slot = s->number;
    news->step = s->step;
    news->phase = s->seen.part ? s->seen.part : phase_name(s->seen.phase);
    news->temp_dir = s->temp_dir;
    news->containment = s->shared->containment->kind;
    news->elapsed_ns = clock_mono() - s->started_ns;
    s->shared->news(s->shared->news_data, news);
}

void slot_signal(int pidfd, int signo)
{
    if (pidfd >= 0)
        syscall(SYS_pidfd_send_signal, pidfd, signo, NULL, 0);
}

int slot_attempt_dir(void *slot)
{
    struct slot *s = slot;
    if (s->attempt_dir < 0 && s->shared->keep_output)
        s->attempt_dir = s->task.fixture
                             ? fixture_dir(s)
                             : workspace_attempt_dir(s->shared->workspace, s->task.case_id, s->task.attempt);
    return s->shared->keep_output ? s->attempt_dir : -ECANCELED;
}

/* ---- preparing -------------------------------------------------------------------------------------------- */

void slot_fail(struct slot *s, char *why)
{
    free(s->infrastructure);
    s->infrastructure = why;
    s->seen.infrastructure = why;
    slot_sweep(s);
}

static void on_old_nanny_end(struct source *source, uint32_t events)
{
    struct slot *s = source->data;
    (void)events;
    loop_remove(s->shared->loop, source);
    if (s->state == SLOT_SWITCHING)
        slot_prepare(s);
}

/* Its socket closes, which ends it; its cgroup is ours again when it is gone. */
void slot_dismiss(struct slot *s)
{
    loop_remove(s->shared->loop, &s->nanny);
    if (s->nanny_end.fd < 0)
        return;
    int pidfd = fcntl(s->nanny_end.fd, F_DUPFD_CLOEXEC, 0);
    loop_remove(s->shared->loop, &s->nanny_end);
    loop_remove(s->shared->loop, &s->old_nanny);
    loop_add(s->shared->loop, &s->old_nanny, pidfd, EPOLLIN, on_old_nanny_end, s);
}

static int open_outputs(struct slot *s, int ret_outputs[OUTPUT_FDS])
{
    for (size_t i = 0; s->shared->no_capture && i < 2 * OUTPUT_LANES; i++) {
        ret_outputs[i] = fcntl(i % 2 ? STDERR_FILENO : STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
        if (ret_outputs[i] < 0)
            return -errno;
    }
    if (s->shared->no_capture)
        return 0;
    int r = 0;
    for (size_t i = 0; r == 0 && i < OUTPUT_LANES; i++) {
        r = capture_open(&s->lanes[i].out, s->shared->loop, &ret_outputs[2 * i]);
        if (r == 0)
            r = capture_open(&s->lanes[i].err, s->shared->loop, &ret_outputs[2 * i + 1]);
    }
    return r;
}

bool slot_has_nanny(const struct slot *s)
{
    return s->old_nanny.fd >= 0;
}

void slot_prepare(struct slot *s)
{
    autoerr struct err err = {0};
    int sock;
    s->state = SLOT_PREPARING;
    s->deadline_ns = clock_mono() + prepare_limit_ns;
    s->nanny_plugin = s->task.plugin;
    int outputs[OUTPUT_FDS] = {-1, -1, -1, -1};
    int r = open_outputs(s, outputs);
    if (r < 0)
        err_errno(&err, r, "making pipes for a nanny");
    else
        r = hosts_nanny(s->shared->hosts, s->task.plugin, s->shared->containment, s->number, s->temp_dir,
                        s->artifacts_dir, outputs, &sock, &err);
    for (size_t i = 0; i < ARRAY_LEN(outputs); i++)
        if (outputs[i] >= 0)
            close(outputs[i]);
    if (r < 0)
        slot_fail(s, xstrdup(err_text(&err)));
    else
        loop_add(s->shared->loop, &s->nanny, sock, EPOLLIN, on_nanny, s);
}

void slot_forget(struct slot *s)
{
    free(s->seen_reason);
    free(s->seen_file);
    free(s->infrastructure);
    s->seen_reason = s->seen_file = s->infrastructure = NULL;
    s->seen = (struct observed){.phase = PHASE_BODY};
    s->seen_line = s->n_leaked = s->words_taken = s->step = s->n_deferred = s->n_cleanups_begun = 0;
    s->deferred_bytes = 0;
    s->nannies_lost = 0;
    s->phase_told = false;
    s->repeats = 0;
    s->paused = PAUSE_NONE;
    s->checks = s->failed_checks = s->user_us = s->system_us = s->max_rss_kb = 0;
    s->read_bytes = s->written_bytes = 0;
    s->artifacts = s->dumping_crash = false;
    s->kill_at_ns = s->sweep_until_ns = NEVER;
    s->ended_ns = 0;
    slot_outputs(s)->out.total = slot_outputs(s)->err.total = 0;
    buf_clear(&s->stacks.text);
}

static void begin_task(struct slot *s, const struct slot_task *task)
{
    s->task = *task;
    s->janitor = false;
    slot_forget(s);
    s->started_ns = clock_mono();
    struct event e = {.type = EVENT_ATTEMPT_STARTED, .attempt_started = {task->case_id, task->attempt, s->number}};
    slot_emit(s, &e);
}

void slot_start(struct slot *s, const struct slot_task *task)
{
    begin_task(s, task);
    if (task->lacks) { /* over at the next tick: who starts it does not expect its end before it returns */
        s->infrastructure = xstrdup(task->lacks);
        s->seen.infrastructure = s->infrastructure;
        s->state = SLOT_KILLED;
        s->deadline_ns = clock_mono();
        return;
    }
    slot_place(s);
}

void slot_place(struct slot *s)
{
    if (s->nanny.fd >= 0 && s->nanny_plugin == s->task.plugin) {
        slot_send_attempt(s);
        return;
    }
    slot_dismiss(s);
    if (s->old_nanny.fd < 0) {
        slot_prepare(s);
        return;
    }
    s->state = SLOT_SWITCHING;
    s->deadline_ns = clock_mono() + prepare_limit_ns;
}

/* ---- running -------------------------------------------------------------------------------------------- */

static void on_words(struct source *source, uint32_t events)
{
    enum { MESSAGES_A_TURN = 64 }; /* one that babbles must not starve the others */
    (void)events;
    slot_hear(source->data, MESSAGES_A_TURN);
}

static uint64_t budget(int64_t limit_ns)
{
    return limit_ns == NEVER ? 0 : (uint64_t)limit_ns;
}

/* The janitor's orders: newest first, since that is the order to undo in. As many as fit into a packet: the next
 * janitor gets the rest. */
static struct message_list janitor_orders(struct slot *s, struct arena *arena)
{
    enum { ORDERS_MOST = MESSAGE_PACKET_MAX / 2, LENGTHS_AND_ID = 32 };
    size_t size = 0;
    struct message_list list = {.items = arena_alloc(arena, s->n_pending * 3 * sizeof *list.items + 1)};
    for (size_t i = s->n_pending; i-- > 0;) {
        size += strlen(s->pending[i].name) + strlen(s->pending[i].payload) + LENGTHS_AND_ID;
        if (size > ORDERS_MOST && list.n > 0)
            break;
        char id[16];
        snprintf(id, sizeof id, "%u", s->pending[i].id);
        list.items[list.n++] = arena_strdup(arena, id);
        list.items[list.n++] = s->pending[i].name;
        list.items[list.n++] = s->pending[i].payload;
    }
    return list;
}

static int send_order(struct slot *s, const struct slot_task *task, uint32_t lane, int words)
{
    const struct limits *l = &task->limits;
    struct arena arena = {0};
    struct message m = {.type = MSG_ATTEMPT,
                        .attempt = {.scenario = s->janitor ? UINT32_MAX : task->scenario,
                                    .fixture = UINT32_MAX,
                                    .attempt = task->attempt,
                                    .lane = lane,
                                    .pause_at_start = pause_wanted(s, PAUSE_START),
                                    .pause_on_failure = pause_wanted(s, PAUSE_FAILED),
                                    .case_id = task->case_id,
                                    .setup_ns = budget(l->setup_ns),
                                    .body_ns = budget(l->body_ns),
                                    .teardown_ns = budget(l->teardown_ns),
                                    .cleanup_ns = budget(s->shared->cleanup_ns),
                                    .keep = s->shared->keep}};
    if (task->fixture)
        fixture_order(task->fixture, &arena, &m.attempt);
    else if (s->shared->fixtures)
        fixtures_order(s->shared->fixtures, task, &arena, &m.attempt);
    if (s->janitor) { /* which undoes things in services that are still up */
        m.attempt.scenario = m.attempt.fixture = UINT32_MAX;
        m.attempt.local_fixtures = (struct message_list){0};
        m.attempt.cleanups = janitor_orders(s, &arena);
    } else if (!task->fixture) {
        m.attempt.values = (struct message_list){(const char **)(uintptr_t)task->values, task->n_values};
    }
    m.attempt.groups = slot_groups(s, &arena);
    int r = sock_send_message(s->nanny.fd, &m, &words, 1);
    arena_free(&arena);
    return r;
}

/* The order is out: from here on the attempt is listened to. */
static void be_running(struct slot *s, int words)
{
    loop_add(s->shared->loop, &s->words, words, EPOLLIN, on_words, s);
    struct slot_outputs *to = slot_outputs(s);
    uint64_t cap = s->shared->output_cap;
    capture_begin(&to->out, s->janitor ? "cleanup-stdout.log" : "stdout.log", cap, slot_attempt_dir, s);
    capture_begin(&to->err, s->janitor ? "cleanup-stderr.log" : "stderr.log", cap, slot_attempt_dir, s);
    int64_t limit = s->janitor        ? s->shared->cleanup_ns
                    : s->task.fixture ? s->task.limits.setup_ns
                                      : s->task.limits.body_ns;
    s->state = SLOT_RUNNING;
    s->begun_ns = clock_mono();
    s->seen.phase = s->janitor ? PHASE_CLEANUP : s->task.fixture ? PHASE_SETUP : PHASE_BODY;
    s->seen.budget_ns = limit;
    s->deadline_ns = limit == NEVER ? NEVER : s->begun_ns + limit;
}

/* After one that was killed, or whose host was, before it had begun the attempt. */
static bool try_another_nanny(struct slot *s)
{
    enum { LOST_MOST = 3 };
    if (++s->nannies_lost > LOST_MOST)
        return false;
    loop_remove(s->shared->loop, &s->words);
    s->seen.lost = false; /* what ended is its socket's other end, on the way to the nanny */
    slot_dismiss(s);
    slot_place(s);
    return true;
}

void slot_send_attempt(struct slot *s)
{
    if (!slot_limit(s)) {
        s->state = SLOT_KILLED; /* swept at the next tick: who starts it does not expect its end before it returns */
        s->deadline_ns = clock_mono();
        return;
    }
    int words[2];
    int r = sock_pair(words);
    if (r < 0) {
        slot_fail(s, xasprintf("making a socket for an attempt: %s", strerror(-r)));
        return;
    }
    r = send_order(s, &s->task, s->lane, words[1]);
    close(words[1]);
    if (r == -EPIPE && try_another_nanny(s)) { /* it died idle, and we have not heard of it yet */
        close(words[0]);
        return;
    }
    be_running(s, words[0]);
    if (r < 0)
        slot_fail(s, xasprintf("asking the nanny for an attempt: %s", strerror(-r)));
}

/* ---- the next one, ahead ------------------------------------------------------------------------------------ */

void slot_order_ahead(struct slot *s)
{
    struct slot_task task;
    int words[2];
    bool good = s->seen.outcome == OUTCOME_PASSED || s->seen.outcome == OUTCOME_SKIPPED;
    bool simple = good && s->state == SLOT_RUNNING && !s->janitor && !s->task.fixture && s->n_pending == 0 &&
                  s->nanny.fd >= 0 && !s->ahead.ordered;
    /* What this one left in the folder, or its limits, must be looked at before the next one has them. */
    bool looked_at = s->limited || leaks_look_for_files(s->shared->leaks);
    if (!simple || looked_at || s->stopping || !s->shared->next_ahead(s->ended_data, s->nanny_plugin, &s->task, &task))
        return;
    s->ahead.ordered = true;
    s->ahead.task = task;
    s->ahead.words = -1;
    if (slot_is_limited(&task) || sock_pair(words) < 0)
        return; /* it is ordered again when its turn comes */
    if (send_order(s, &task, (s->lane + 1) % OUTPUT_LANES, words[1]) == 0)
        s->ahead.words = words[0];
    else
        close(words[0]);
    close(words[1]);
}

void slot_begin_ahead(struct slot *s)
{
    struct slot_task task = s->ahead.task;
    int words = s->ahead.words;
    s->ahead.ordered = false;
    s->lane = (s->lane + 1) % OUTPUT_LANES;
    if (words < 0 || s->nanny.fd < 0) { /* the nanny, and the order with it, is gone */
        if (words >= 0)
            close(words);
        slot_start(s, &task);
    } else {
        begin_task(s, &task);
        be_running(s, words);
    }
    if (s->stopping)
        slot_interrupt(s, s->stopping > 1);
}

static void take_started(struct slot *s, const struct msg_started *m, struct received *got)
{
    if (m->error) {
        slot_fail(s, xasprintf("its process could not be started: %s", strerror((int)m->error)));
        return;
    }
    s->attempt_pidfd = received_take(got, 0);
    capture_watch(&slot_outputs(s)->out);
    capture_watch(&slot_outputs(s)->err);
    pause_tell(s);
    now_started(s);
    if (s->dumping_crash && s->state == SLOT_RUNNING)
        dump_crash(s);                                      /* it crashed before it was told of */
    if (s->state == SLOT_ENDING || s->state == SLOT_KILLED) /* decided on before there was anybody to signal */
        slot_signal(s->attempt_pidfd, s->state == SLOT_ENDING ? SIGTERM : SIGKILL);
}

static void take_exited(struct slot *s, const struct msg_exited *m)
{
    s->seen.has_status = true;
    s->seen.wait_status = m->wait_status;
    s->user_us = m->user_us;
    s->system_us = m->system_us;
    s->max_rss_kb = m->max_rss_kb;
    s->read_bytes = m->read_bytes;
    s->written_bytes = m->written_bytes;
    s->artifacts = m->artifacts;
    stacks_cancel(&s->stacks);
    now_cut_short(s);
    slot_hear(s, UINT32_MAX); /* its last words, bounded by its socket's buffer */
    leaks_take(s, m);
    if (m->dirty)
        slot_sweep(s);
    else
        slot_finish(s);
}

static void on_attempt_end(struct source *source, uint32_t events)
{
    struct slot *s = source->data;
    (void)events;
    siginfo_t info = {0};
    if (waitid(P_PIDFD, (id_t)source->fd, &info, WEXITED | WNOHANG) == 0 && info.si_pid) {
        s->seen.has_status = true; /* it came to us, its sub-reaper, when its nanny died */
        s->seen.wait_status =
            info.si_code == CLD_EXITED ? W_EXITCODE(info.si_status, 0) : W_EXITCODE(0, info.si_status);
    }
    slot_hear(s, UINT32_MAX);
    loop_remove(s->shared->loop, source);
    slot_sweep(s);
}

/* The nanny died without a word of the attempt's end: somebody killed it. The attempt may live on and give its verdict.
 * `unread`: with an order that it had not taken. */
static void lose_nanny(struct slot *s, bool unread)
{
    loop_remove(s->shared->loop, &s->nanny);
    bool not_begun = unread && s->state == SLOT_RUNNING && !s->ahead.ordered && s->words_taken == 0;
    if ((s->state == SLOT_PREPARING || not_begun) && try_another_nanny(s))
        return;
    if (s->state == SLOT_PREPARING) {
        autofree char *end = hosts_end(s->shared->hosts, s->task.plugin);
        slot_fail(s, *end ? xasprintf("the host of its plugin %s", end)
                          : xstrdup("its nanny ended before the attempt began"));
    } else if (s->state != SLOT_IDLE && s->state != SLOT_SWEEPING && s->attempt_pidfd >= 0) {
        int pidfd = s->attempt_pidfd;
        s->attempt_pidfd = -1;
        loop_add(s->shared->loop, &s->attempt_end, pidfd, EPOLLIN, on_attempt_end, s);
    } else if (s->state != SLOT_IDLE && s->state != SLOT_SWEEPING && (s->words.fd < 0 || s->seen.has_verdict)) {
        slot_sweep(s);
    }
}

bool slot_is_unwatched(const struct slot *s)
{
    return s->state >= SLOT_RUNNING && s->state < SLOT_SWEEPING && s->nanny.fd < 0 && slot_attempt_pidfd(s) < 0;
}

static void take_ready(struct slot *s, const struct msg_nanny_ready *m, struct received *got)
{
    if (*m->error) {
        slot_fail(s, xasprintf("containment: %s", m->error));
        return;
    }
    int pidfd = received_take(got, 0);
    if (pidfd >= 0)
        loop_add(s->shared->loop, &s->nanny_end, pidfd, 0, slot_on_nanny_end, s);
    slot_send_attempt(s);
}

static void on_nanny(struct source *source, uint32_t events)
{
    struct slot *s = source->data;
    (void)events;
    static struct buf packet; /* the supervisor has one thread; kept, since they are large */
    static struct arena arena;
    struct received got = {0};
    ssize_t n = sock_receive(source->fd, MSG_DONTWAIT, &packet, &got);
    if (n == -EAGAIN)
        return;
    struct message m;
    const char *p = packet.data;
    if (n <= 0 || message_decode(&p, packet.data + packet.len, &arena, &m) < 0)
        lose_nanny(s, n == -ECONNRESET);
    else if (m.type == MSG_NANNY_READY && s->state == SLOT_PREPARING)
        take_ready(s, &m.nanny_ready, &got);
    else if (m.type == MSG_STARTED && s->state >= SLOT_RUNNING)
        take_started(s, &m.started, &got);
    else if (m.type == MSG_EXITED && s->state >= SLOT_RUNNING && s->state < SLOT_SWEEPING)
        take_exited(s, &m.exited);
    received_close(&got);
    arena_reset(&arena);
}

/* ---- crashes and deadlines ---------------------------------------------------------------------------------- */

void slot_send_go(struct slot *s)
{
    if (s->words.fd >= 0)
        sock_offer_message(s->words.fd, &(struct message){.type = MSG_GO});
}

void slot_term(struct slot *s, int64_t now)
{
    s->state = SLOT_ENDING;
    s->deadline_ns = s->kill_at_ns > now ? s->kill_at_ns : now;
    slot_signal(slot_attempt_pidfd(s), SIGTERM);
    slot_signal(slot_attempt_pidfd(s), SIGCONT); /* one that stopped itself could not heed it */
}

/* It ran out of time, and its stacks have been read. */
static void end_late(struct slot *s)
{
    if (pause_wanted(s, PAUSE_TIMEOUT))
        pause_begin(s, PAUSE_TIMEOUT, "it ran out of time");
    else
        slot_term(s, clock_mono());
}

static void on_stacks(void *data)
{
    struct slot *s = data;
    if (s->dumping_crash && pause_wanted(s, PAUSE_CRASHED))
        pause_begin(s, PAUSE_CRASHED, describe_signal(s->seen.signal));
    else if (s->dumping_crash)
        slot_send_go(s);
    else if (s->state == SLOT_DUMPING)
        end_late(s);
}

void slot_crashed(struct slot *s, const struct msg_crash *m)
{
    s->seen.crashed = true;
    s->seen.signal = (int)m->signal;
    s->seen.has_address = m->has_address;
    s->seen.address = m->address;
    if (m->phase < PHASE_N)
        s->seen.phase = (enum phase)m->phase;
    s->dumping_crash = true;
    s->crashed_tid = m->tid;
    s->deadline_ns = clock_mono() + dump_limit_ns;
    if (s->attempt_pidfd >= 0 || s->attempt_end.fd >= 0)
        dump_crash(s);
}

static void dump_crash(struct slot *s)
{
    now_cut_short(s);
    pid_t pid = slot_pid_of(slot_attempt_pidfd(s));
    if (pid > 0)
        stacks_begin(&s->stacks, s->shared->loop, &(struct stacks_of){.pid = pid, .crashed_tid = s->crashed_tid},
                     on_stacks, s);
    else
        slot_send_go(s);
}

static void run_out(struct slot *s, int64_t now)
{
    /* A nanny tells of an attempt after a millisecond. A deadline that is shorter waits for that. */
    if (slot_attempt_pidfd(s) < 0 && s->nanny.fd >= 0 && now < s->begun_ns + exit_limit_ns) {
        s->deadline_ns = now + NS_PER_MS;
        return;
    }
    s->seen.timed_out = !s->seen.has_verdict && !s->seen.crashed;
    if (s->task.fixture && s->task.fixture->state == FIXTURE_READY)
        s->seen.part = "its health check"; /* nothing else of it has a deadline */
    s->kill_at_ns = now + s->shared->grace_ns;
    if (!s->seen.timed_out) { /* it has said what it had to say, and does not go */
        slot_kill(s, now);
        return;
    }
    now_cut_short(s); /* two can't hold the same threads */
    s->state = SLOT_DUMPING;
    s->deadline_ns = s->kill_at_ns < now + dump_limit_ns ? s->kill_at_ns : now + dump_limit_ns;
    pid_t pid = slot_pid_of(slot_attempt_pidfd(s));
    if (pid > 0)
        stacks_begin(&s->stacks, s->shared->loop, &(struct stacks_of){.pid = pid}, on_stacks, s);
    else
        end_late(s);
}

void slot_kill(struct slot *s, int64_t now)
{
    stacks_cancel(&s->stacks);
    s->paused = PAUSE_NONE;
    s->state = SLOT_KILLED;
    s->deadline_ns = now + exit_limit_ns;
    slot_signal(slot_attempt_pidfd(s), SIGKILL);
}

int64_t slot_deadline(const struct slot *s)
{
    return s->state == SLOT_IDLE ? NEVER : s->deadline_ns;
}

void slot_tick(struct slot *s, int64_t now)
{
    if (s->state == SLOT_IDLE || now < s->deadline_ns)
        return;
    switch (s->state) {
    case SLOT_SWITCHING:
    case SLOT_PREPARING:
        slot_fail(s, xasprintf("its nanny was not ready within %d s", (int)(prepare_limit_ns / NS_PER_S)));
        break;
    case SLOT_RUNNING:
        run_out(s, now);
        break;
    case SLOT_DUMPING:
        stacks_cancel(&s->stacks);
        end_late(s);
        break;
    case SLOT_ENDING:
        slot_kill(s, now);
        break;
    case SLOT_KILLED: /* the nanny should have told by now: it is stopped or stuck */
        if (s->task.lacks)
            slot_finish(s); /* it was never there */
        else
            slot_sweep(s);
        break;
    case SLOT_SWEEPING:
        slot_sweep(s);
        break;
    case SLOT_IDLE:
        break;
    }
}

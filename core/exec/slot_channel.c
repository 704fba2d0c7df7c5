/* SPDX-License-Identifier: Apache-2.0 */
/* What an attempt says: from its messages to events. It may say anything; it can spoil its own result only. */
#include "exec/slot_channel.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "exec/pause.h"
#include "exec/slot_cleanups.h"
#include "exec/slot_forensics.h"
#include "exec/slot_prefetch.h"
#include "exec/slot_state.h"
#include "ipc/sock.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum {
    MESSAGES_MAX = 100 * 1000,     /* messages of an attempt that are recorded: beyond, its log is cut visibly */
    DEFERRED_MAX = 10 * 1000,      /* of an attempt: an endless loop of DEFER must not fill disk and memory */
    DEFERRED_BYTES_MAX = 16 << 20, /* the same, of names and payloads */
};

static void replace(char **field, const char *text)
{
    free(*field);
    *field = xstrdup(text);
}

static bool find_part(const struct slot *s, uint32_t n, struct slot_part *ret_part)
{
    return s->owner->part && s->owner->part(s->owner_data, &s->attempt.task, n, ret_part);
}

/* The part of set-up or tear-down that it is about; false when it is about all. */
static bool part_of(const struct slot *s, const struct msg_phase *m, struct slot_part *ret_part)
{
    bool around = m->phase == PHASE_SETUP || m->phase == PHASE_TEARDOWN;
    return around && m->local > 0 && find_part(s, m->local - 1, ret_part);
}

/* The attempt's word counts only for a cleanup, which may have a timeout of its own that we don't know. */
static int64_t phase_budget(const struct slot *s, const struct msg_phase *m)
{
    static const int64_t cleanup_most_ns = 3600 * NS_PER_S;
    const struct limits *l = &s->attempt.task.limits;
    struct slot_part part;
    if (part_of(s, m, &part))
        return m->phase == PHASE_SETUP ? part.setup_ns : part.teardown_ns;
    if (m->phase != PHASE_CLEANUP)
        return m->phase == PHASE_SETUP ? l->setup_ns : m->phase == PHASE_BODY ? l->body_ns : l->teardown_ns;
    int64_t most = s->shared->cleanup_ns > cleanup_most_ns ? s->shared->cleanup_ns : cleanup_most_ns;
    return m->budget_ns == 0 || m->budget_ns > (uint64_t)most ? most : (int64_t)m->budget_ns;
}

/* Which of several set-ups it is, for its reason. */
static void name_part(struct slot *s, const struct msg_phase *m)
{
    struct slot_part part;
    s->attempt.observed.part = NULL;
    if (s->owner->body_name && m->phase == PHASE_BODY)
        snprintf(s->attempt.part, sizeof s->attempt.part, "%s", s->owner->body_name);
    else if (part_of(s, m, &part))
        snprintf(s->attempt.part, sizeof s->attempt.part, "%s of fixture %s", phase_name((enum phase)m->phase),
                 part.name);
    else
        return;
    s->attempt.observed.part = s->attempt.part;
}

static int64_t sent_at(const struct slot *s, uint64_t claimed_ns)
{
    return judge_sent_at(claimed_ns, s->attempt.ordered_ns, clock_mono());
}

/* The phase that it leaves took too long, though nobody has looked at the clock yet. A cleanup has told of itself. */
static bool left_late(const struct slot *s, int64_t at)
{
    return s->state == SLOT_RUNNING && s->attempt.observed.phase != PHASE_CLEANUP && at > s->attempt.limit_ns;
}

/* Forward only, and a cleanup for each that was deferred: else one could go on for ever. Before the first message of
 * it we take it for the body, which most begin with. */
static bool phase_may_begin(const struct slot *s, const struct msg_phase *m, bool again)
{
    const struct slot_attempt *a = &s->attempt;
    if (m->phase >= PHASE_N || (a->phase_reported && m->phase < (uint32_t)a->observed.phase))
        return false;
    if (m->phase == PHASE_CLEANUP)
        return s->cleanups.n_begun < s->cleanups.n_deferred;
    struct slot_part part; /* each begins the phase once more */
    return !again || (m->phase != PHASE_BODY && find_part(s, a->repeats, &part));
}

static void take_phase(struct slot *s, const struct msg_phase *m)
{
    struct slot_attempt *a = &s->attempt;
    bool again = a->phase_reported && m->phase == (uint32_t)a->observed.phase && m->phase != PHASE_CLEANUP;
    if (!phase_may_begin(s, m, again))
        return;
    int64_t at = sent_at(s, m->at_ns);
    if (left_late(s, at)) {
        slot_event(s, SLOT_LATE);
        return;
    }
    s->cleanups.n_begun += m->phase == PHASE_CLEANUP;
    if (a->observed.timed_out) /* what ran out is its reason, whatever it still does when it is asked to end */
        return;
    a->repeats = again ? a->repeats + 1 : 0;
    a->phase_reported = true;
    a->observed.phase = (enum phase)m->phase;
    a->observed.budget_ns = phase_budget(s, m);
    name_part(s, m);
    slot_set_limit(s, a->observed.budget_ns == NEVER ? NEVER : at + a->observed.budget_ns);
}

static void keep_verdict(struct slot *s, const struct msg_verdict *m)
{
    struct slot_attempt *a = &s->attempt;
    a->observed.has_verdict = true;
    a->observed.outcome = (enum outcome)m->outcome;
    replace(&a->reason, m->reason);
    replace(&a->file, m->file);
    a->observed.reason = a->reason;
    a->line = m->line <= INT32_MAX ? m->line : 0; /* none that a file has */
    a->checks = m->checks;
    a->failed_checks = m->failed_checks;
}

/* Its own time says whether it is in time, not when we come to read it. One that is late does not count. */
static void take_verdict(struct slot *s, const struct msg_verdict *m)
{
    struct slot_attempt *a = &s->attempt;
    if (a->ended_ns || m->outcome > OUTCOME_ERROR) {
        a->observed.malformed = a->observed.malformed || m->outcome > OUTCOME_ERROR;
        return;
    }
    a->ended_ns = sent_at(s, m->at_ns);
    bool counts = judge_is_in_time(&a->observed, a->ended_ns, s->state == SLOT_RUNNING ? a->limit_ns : NEVER);
    a->observed.timed_out = a->observed.timed_out || (!counts && !a->observed.interrupted);
    if (s->state == SLOT_RUNNING)
        s->deadline_ns = clock_mono() + (s->shared->exit_handlers ? slot_handlers_limit_ns : slot_exit_limit_ns);
    if (!counts)
        return;
    keep_verdict(s, m);
    slot_prefetch(s, false);
}

static int severity(enum outcome o)
{
    return o == OUTCOME_FAILED ? 2 : o == OUTCOME_ERROR ? 1 : 0;
}

/* The first one stays, unless a worse one comes. */
static void take_cause(struct slot *s, const struct msg_cause *m)
{
    /* Behind its verdict it is as unknown to that as what a child has found: exit handlers check, too. */
    bool foreign = m->foreign || s->attempt.observed.has_verdict;
    struct slot_cause *c = foreign ? &s->attempt.foreign : &s->attempt.cause;
    bool bad = m->outcome == OUTCOME_FAILED || m->outcome == OUTCOME_ERROR;
    bool late = s->attempt.observed.timed_out || s->attempt.observed.interrupted;
    bool any = s->attempt.cause.reason || s->attempt.foreign.reason;
    s->attempt.observed.malformed = s->attempt.observed.malformed || !bad;
    if (!bad || (c->reason && severity(c->outcome) >= severity((enum outcome)m->outcome)))
        return;
    if (late && any && !s->attempt.observed.cause_is_late) /* what came before its time ran out is told, not this */
        return;
    s->attempt.observed.cause_is_late = late;
    replace(&c->reason, m->reason);
    replace(&c->file, m->file);
    c->outcome = (enum outcome)m->outcome;
    c->line = m->line <= INT32_MAX ? m->line : 0;
    struct observed *o = &s->attempt.observed;
    o->cause = s->attempt.cause.reason;
    o->foreign_cause = s->attempt.foreign.reason;
    o->foreign_outcome = s->attempt.foreign.outcome;
}

static void take_log(struct slot *s, const struct msg_log *m)
{
    static const char *const levels[] = {"debug", "info", "warning", "error"};
    struct event e = {.type = EVENT_ATTEMPT_LOG,
                      .attempt_log = {s->attempt.task.case_id, s->attempt.task.attempt,
                                      levels[m->level < 4 ? m->level : 3], m->file, m->line, m->text}};
    slot_emit(s, &e);
}

static void take_check(struct slot *s, const struct msg_check *m)
{
    s->attempt.recorded_failures++;
    struct event e = {.type = EVENT_ATTEMPT_CHECK,
                      .attempt_check = {.case_id = s->attempt.task.case_id,
                                        .attempt = s->attempt.task.attempt,
                                        .required = m->required,
                                        .expression = m->expression,
                                        .actual = m->actual,
                                        .expected = m->expected,
                                        .message = m->message,
                                        .file = m->file,
                                        .line = m->line,
                                        .step = m->step}};
    slot_emit(s, &e);
}

static void take_step(struct slot *s, const struct msg_step *m)
{
    s->attempt.step = m->ended ? m->parent : m->step;
    struct event e = {.type = EVENT_ATTEMPT_STEP,
                      .attempt_step = {.case_id = s->attempt.task.case_id,
                                       .attempt = s->attempt.task.attempt,
                                       .step = m->step,
                                       .parent = m->parent,
                                       .name = m->name,
                                       .ended = m->ended,
                                       .failed = m->failed,
                                       .duration_ns = (int64_t)m->duration_ns}};
    slot_emit(s, &e);
}

static void take_metric(struct slot *s, const struct msg_metric *m)
{
    struct event e = {.type = EVENT_ATTEMPT_METRIC,
                      .attempt_metric = {s->attempt.task.case_id, s->attempt.task.attempt, m->name, 0, m->unit}};
    memcpy(&e.attempt_metric.value, &m->value, sizeof m->value);
    slot_emit(s, &e);
}

static void take_threshold(struct slot *s, const struct msg_threshold *m)
{
    struct event e = {.type = EVENT_ATTEMPT_THRESHOLD,
                      .attempt_threshold = {s->attempt.task.case_id, s->attempt.task.attempt, m->text}};
    slot_emit(s, &e);
}

static void take_artifact(struct slot *s, const struct msg_artifact *m)
{
    struct event e = {.type = EVENT_ATTEMPT_ARTIFACT,
                      .attempt_artifact = {s->attempt.task.case_id, s->attempt.task.attempt, m->name, m->media_type,
                                           (int64_t)(m->bytes > INT64_MAX ? INT64_MAX : m->bytes)}};
    slot_emit(s, &e);
}

/* The fault is not the product's, and the attempt can't go on. */
static void break_off(struct slot *s, char *why)
{
    slot_blame(s, why);
    slot_event(s, SLOT_KILL);
}

/* The plugin that a later `muster cleanup` loads for it: one of this run's, whatever the attempt says. NULL: it lies.
 */
static const char *plugin_with_cleanup(const struct slot *s, const struct msg_defer *m)
{
    const struct catalogue *c = s->shared->catalogue;
    if (!*m->plugin)
        return c->plugins[s->attempt.task.plugin].path;
    for (size_t i = 0; i < c->n_plugins; i++)
        if (strcmp(c->plugins[i].path, m->plugin) == 0)
            return c->plugins[i].path;
    return NULL;
}

/* On disk first, then the answer: what is created after it can be found again. */
static void take_defer(struct slot *s, const struct msg_defer *m)
{
    autoerr struct err err = {0};
    if (s->attempt.ended_ns) { /* the next order may be out: there is no place for a janitor before it any more */
        break_off(s, xstrdup("it deferred a cleanup after its verdict"));
        return;
    }
    s->cleanups.bytes += strlen(m->cleanup) + strlen(m->payload);
    if (s->cleanups.n_deferred >= DEFERRED_MAX || s->cleanups.bytes > DEFERRED_BYTES_MAX) {
        break_off(s, xasprintf("it deferred more than %d cleanups, or %d MiB of them", DEFERRED_MAX,
                               DEFERRED_BYTES_MAX >> 20));
        return;
    }
    const char *plugin = plugin_with_cleanup(s, m);
    if (!plugin) {
        s->attempt.observed.malformed = true;
        return;
    }
    const struct ledger_entry entry = {s->attempt.task.case_id, s->attempt.task.attempt, plugin, m->cleanup,
                                       m->payload};
    uint64_t id;
    if (ledger_defer(s->shared->ledger, &entry, &id, &err) < 0) {
        break_off(s, xstrdup(err_text(&err)));
        return;
    }
    s->cleanups.n_deferred++;
    cleanups_add(&s->cleanups, id, m->id, m->cleanup, m->payload);
    slot_send_go(s);
}

/* Hidden before it goes on: what it prints from here on is read with this in mind. */
static void take_secret(struct slot *s, const struct msg_secret *m)
{
    autoerr struct err err = {0};
    struct secrets *secrets = s->shared->secrets;
    if (secrets && *m->value && secrets_add(secrets, m->name, m->value, strlen(m->value), &err) < 0)
        slot_log(s, "warning", err_text(&err));
    slot_send_go(s);
}

static void take_cleaned(struct slot *s, const struct msg_cleaned *m)
{
    size_t i = cleanups_find(&s->cleanups, m->id);
    if (i < s->cleanups.n)
        slot_settle(s, i, m->error, m->lacked);
}

/* Only where it was told to: it could stand still for ever. */
static void take_pause(struct slot *s, const struct msg_pause *m)
{
    enum pause_at at = m->at_start ? PAUSE_START : PAUSE_FAILED;
    if (s->state == SLOT_RUNNING && pause_wanted(s, at))
        pause_begin(s, at, m->why);
    else
        slot_send_go(s);
}

static void take(struct slot *s, const struct message *m, struct received *got)
{
    bool is_record = m->type == MSG_LOG || m->type == MSG_CHECK || m->type == MSG_STEP || m->type == MSG_METRIC ||
                     m->type == MSG_ARTIFACT || m->type == MSG_CHECKED || m->type == MSG_THRESHOLD;
    if (is_record && ++s->attempt.n_messages > MESSAGES_MAX) {
        if (s->attempt.n_messages == MESSAGES_MAX + 1)
            take_log(
                s, &(struct msg_log){.level = 2, .file = "", .text = "[muster: more than 100000 messages: cut here]"});
        return;
    }
    switch (m->type) {
    case MSG_PHASE:
        take_phase(s, &m->phase);
        break;
    case MSG_LOG:
        take_log(s, &m->log);
        break;
    case MSG_CHECK:
        take_check(s, &m->check);
        break;
    case MSG_STEP:
        take_step(s, &m->step);
        break;
    case MSG_METRIC:
        take_metric(s, &m->metric);
        break;
    case MSG_THRESHOLD:
        take_threshold(s, &m->threshold);
        break;
    case MSG_ARTIFACT:
        take_artifact(s, &m->artifact);
        break;
    case MSG_DEFER:
        take_defer(s, &m->defer);
        break;
    case MSG_SECRET:
        take_secret(s, &m->secret);
        break;
    case MSG_CLEANED:
        take_cleaned(s, &m->cleaned);
        break;
    case MSG_CRASH:
        if (!s->attempt.observed.crashed && s->state == SLOT_RUNNING)
            slot_crashed(s, &m->crash);
        else
            slot_send_go(s);
        break;
    case MSG_PAUSE:
        take_pause(s, &m->pause);
        break;
    case MSG_CHECKED:
        s->attempt.foreign_checks += m->checked.n;
        break;
    case MSG_CAUSE:
        take_cause(s, &m->cause);
        break;
    case MSG_VERDICT:
        take_verdict(s, &m->verdict);
        break;
    default: /* no message of an attempt */
        s->attempt.observed.malformed =
            s->attempt.observed.malformed || !s->owner->message || !s->owner->message(s->owner_data, s, m, got);
    }
}

static void take_packet(struct slot *s, const struct buf *packet, struct received *got)
{
    static struct arena arena;
    struct message m;
    const char *p = packet->data, *end = packet->data + packet->len;
    while (p < end && !s->attempt.observed.malformed) {
        if (message_decode(&p, end, &arena, &m) < 0)
            s->attempt.observed.malformed = true;
        else
            take(s, &m, got);
    }
    arena_reset(&arena);
}

/* After a read of 0 bytes: is it the end, or an empty packet? The end stays where it is; behind a packet there is
 * another. */
static bool is_at_end(int fd)
{
    enum { EMPTY_PACKETS_MOST = 64 };
    struct pollfd p = {.fd = fd, .events = POLLRDHUP};
    if (poll(&p, 1, 0) <= 0 || !(p.revents & (POLLRDHUP | POLLHUP | POLLERR)))
        return false;
    char byte;
    for (int i = 0; i < EMPTY_PACKETS_MOST; i++)
        if (recv(fd, &byte, 1, MSG_DONTWAIT) > 0)
            return false;
    return true;
}

static void read_channel(struct slot *s, unsigned most)
{
    static struct buf packet; /* the supervisor has one thread; kept, since it is large */
    struct source *channel = slot_channel(s);
    for (unsigned i = 0; i < most && channel->fd >= 0 && !s->attempt.observed.malformed; i++) {
        struct received got = {0};
        ssize_t n = sock_receive(channel->fd, MSG_DONTWAIT, &packet, s->owner->message ? &got : NULL);
        if (n == -EAGAIN)
            return;
        if (n == -EMSGSIZE) {
            s->attempt.observed.malformed = true;
            break;
        }
        if (n == 0 && !s->attempt.observed.has_verdict &&
            !is_at_end(channel->fd)) { /* a packet without a byte is none of ours */
            s->attempt.observed.malformed = true;
            break;
        }
        if (n <= 0) {
            s->attempt.observed.lost = true;
            loop_remove(s->shared->loop, channel);
            return;
        }
        take_packet(s, &packet, &got);
        received_close(&got);
    }
    if (s->attempt.observed.malformed && channel->fd >= 0) {
        loop_remove(s->shared->loop, channel); /* nothing that it says is believed any more */
        slot_event(s, SLOT_KILL);
    }
}

/* How many packets its socket holds at a time: the kernel counts no packet for less. */
static unsigned socket_holds(int fd)
{
    enum { PACKET_LEAST = 256 };
    int bytes = 0;
    socklen_t size = sizeof bytes;
    if (fd >= 0)
        getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, &size);
    return (unsigned)bytes / PACKET_LEAST;
}

/* Who asks for all of it gets what was there: processes that the attempt has left may send more as fast as we read. */
void slot_read_channel(struct slot *s, unsigned most)
{
    if (most > SLOT_MESSAGES_A_LOOK) {
        unsigned held = socket_holds(slot_channel(s)->fd);
        most = held > SLOT_MESSAGES_A_LOOK ? held : SLOT_MESSAGES_A_LOOK;
    }
    read_channel(s, most);
    if (slot_is_unwatched(s) && (s->attempt.ended_ns || slot_channel(s)->fd < 0))
        slot_event(s, SLOT_GONE);
}

/* The one that was ordered ahead may speak before we know that its turn has come; else nobody is there to speak, and
 * who does, or has closed the other side, has spoilt the set. */
void slot_on_channel(struct source *source, uint32_t events)
{
    struct slot *s = source->data;
    (void)events;
    if (source == slot_channel(s) && slot_has_attempt(s))
        slot_read_channel(s, SLOT_MESSAGES_A_TURN);
    else if (s->prefetched.ordered && s->prefetched.sent)
        loop_mute(s->shared->loop, source);
    else
        loop_remove(s->shared->loop, source);
}

void slot_listen_again(struct slot *s)
{
    struct source *channel = slot_channel(s);
    if (channel->fd >= 0 && !channel->watched)
        loop_add(s->shared->loop, channel, channel->fd, EPOLLIN, slot_on_channel, s);
}

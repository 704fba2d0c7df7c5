/* SPDX-License-Identifier: Apache-2.0 */
/* What an attempt says: from its messages to events. It may say anything; it can spoil its own result only. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "exec/fixture_set.h"
#include "exec/slot.h"
#include "ipc/sock.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    WORDS_MAX = 100 * 1000, /* messages of an attempt that are recorded: beyond, its log is cut visibly */
    VERDICT_TO_EXIT_S = 2,
    DEFERRED_MAX = 10 * 1000,      /* of an attempt: an endless loop of DEFER must not fill disk and memory */
    DEFERRED_BYTES_MAX = 16 << 20, /* the same, of names and payloads */
};

static void replace(char **field, const char *text)
{
    free(*field);
    *field = xstrdup(text);
}

/* The attempt-scoped fixture that it is about; false when it is about none. */
static bool local_of(const struct slot *s, const struct msg_phase *m, struct local_budgets *ret_local)
{
    bool around = m->phase == PHASE_SETUP || m->phase == PHASE_TEARDOWN;
    return around && m->local > 0 && s->shared->fixtures &&
           fixtures_local(s->shared->fixtures, &s->task, m->local - 1, ret_local);
}

/* The attempt's word counts only for a cleanup, which may have a timeout of its own that we don't know. */
static int64_t phase_budget(const struct slot *s, const struct msg_phase *m)
{
    static const int64_t cleanup_most_ns = 3600 * NS_PER_S;
    const struct limits *l = &s->task.limits;
    struct local_budgets local;
    if (local_of(s, m, &local))
        return m->phase == PHASE_SETUP ? local.setup_ns : local.teardown_ns;
    if (m->phase != PHASE_CLEANUP)
        return m->phase == PHASE_SETUP ? l->setup_ns : m->phase == PHASE_BODY ? l->body_ns : l->teardown_ns;
    int64_t most = s->shared->cleanup_ns > cleanup_most_ns ? s->shared->cleanup_ns : cleanup_most_ns;
    return m->budget_ns == 0 || m->budget_ns > (uint64_t)most ? most : (int64_t)m->budget_ns;
}

static uint32_t n_local(const struct slot *s)
{
    return s->shared->fixtures ? fixtures_n_local(s->shared->fixtures, &s->task) : 0;
}

/* Which of several set-ups it is, for its reason. */
static void name_part(struct slot *s, const struct msg_phase *m)
{
    struct local_budgets local;
    s->seen.part = NULL;
    if (s->task.fixture && m->phase == PHASE_BODY)
        snprintf(s->part, sizeof s->part, "its readiness check");
    else if (local_of(s, m, &local))
        snprintf(s->part, sizeof s->part, "%s of fixture %s", phase_name((enum phase)m->phase), local.name);
    else
        return;
    s->seen.part = s->part;
}

static void take_phase(struct slot *s, const struct msg_phase *m)
{
    /* Forward only, and a cleanup for each that was deferred: else one could go on for ever. Before the first word of
     * it we take it for the body, which most begin with. */
    bool again = s->phase_told && m->phase == (uint32_t)s->seen.phase && m->phase != PHASE_CLEANUP;
    bool back = s->phase_told && m->phase < (uint32_t)s->seen.phase;
    if (m->phase >= PHASE_N || back || (m->phase == PHASE_CLEANUP && s->n_cleanups_begun >= s->n_deferred) ||
        (again && (m->phase == PHASE_BODY || s->repeats >= n_local(s))))
        return;
    s->n_cleanups_begun += m->phase == PHASE_CLEANUP;
    s->repeats = again ? s->repeats + 1 : 0;
    s->phase_told = true;
    s->seen.phase = (enum phase)m->phase;
    s->seen.budget_ns = phase_budget(s, m);
    name_part(s, m);
    if (s->state == SLOT_RUNNING)
        s->deadline_ns = s->seen.budget_ns == NEVER ? NEVER : clock_mono() + s->seen.budget_ns;
}

static void take_verdict(struct slot *s, const struct msg_verdict *m)
{
    if (s->seen.has_verdict || m->outcome > OUTCOME_ERROR) {
        s->seen.malformed = s->seen.malformed || m->outcome > OUTCOME_ERROR;
        return;
    }
    s->ended_ns = clock_mono();
    /* One that came after the deadline is too late. */
    if (s->seen.timed_out || s->seen.interrupted)
        return;
    s->seen.has_verdict = true;
    s->seen.outcome = (enum outcome)m->outcome;
    replace(&s->seen_reason, m->reason);
    replace(&s->seen_file, m->file);
    s->seen.reason = s->seen_reason;
    s->seen_line = m->line <= INT32_MAX ? m->line : 0; /* none that a file has */
    s->checks = m->checks;
    s->failed_checks = m->failed_checks;
    if (s->state == SLOT_RUNNING)
        s->deadline_ns = s->ended_ns + VERDICT_TO_EXIT_S * NS_PER_S;
    loop_mute(s->shared->loop, &s->words); /* it has said all: its end is the monitor's to tell */
    slot_order_ahead(s);
}

static void take_log(struct slot *s, const struct msg_log *m)
{
    static const char *const levels[] = {"debug", "info", "warning", "error"};
    struct event e = {.type = EVENT_ATTEMPT_LOG,
                      .attempt_log = {s->task.case_id, s->task.attempt, levels[m->level < 4 ? m->level : 3], m->file,
                                      m->line, m->text}};
    slot_emit(s, &e);
}

static void take_check(struct slot *s, const struct msg_check *m)
{
    struct event e = {.type = EVENT_ATTEMPT_CHECK,
                      .attempt_check = {.case_id = s->task.case_id,
                                        .attempt = s->task.attempt,
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
    s->step = m->ended ? m->parent : m->step;
    struct event e = {.type = EVENT_ATTEMPT_STEP,
                      .attempt_step = {.case_id = s->task.case_id,
                                       .attempt = s->task.attempt,
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
                      .attempt_metric = {s->task.case_id, s->task.attempt, m->name, 0, m->unit}};
    memcpy(&e.attempt_metric.value, &m->value, sizeof m->value);
    slot_emit(s, &e);
}

static void take_artifact(struct slot *s, const struct msg_artifact *m)
{
    struct event e = {.type = EVENT_ATTEMPT_ARTIFACT,
                      .attempt_artifact = {s->task.case_id, s->task.attempt, m->name, m->media_type,
                                           (int64_t)(m->bytes > INT64_MAX ? INT64_MAX : m->bytes)}};
    slot_emit(s, &e);
}

/* The fault is not the product's, and the attempt can't go on. */
static void break_off(struct slot *s, char *why)
{
    free(s->infrastructure);
    s->infrastructure = why;
    s->seen.infrastructure = why;
    slot_kill(s, clock_mono());
}

/* The plugin that a later `muster cleanup` loads for it: one of this run's, whatever the attempt says. NULL: it lies.
 */
static const char *plugin_with_cleanup(const struct slot *s, const struct msg_defer *m)
{
    const struct catalogue *c = s->shared->catalogue;
    if (!*m->plugin)
        return c->plugins[s->task.plugin].path;
    for (size_t i = 0; i < c->n_plugins; i++)
        if (strcmp(c->plugins[i].path, m->plugin) == 0)
            return c->plugins[i].path;
    return NULL;
}

/* On disk first, then the answer: what is created after it can be found again. */
static void take_defer(struct slot *s, const struct msg_defer *m)
{
    autoerr struct err err = {0};
    s->deferred_bytes += strlen(m->cleanup) + strlen(m->payload);
    if (s->n_deferred >= DEFERRED_MAX || s->deferred_bytes > DEFERRED_BYTES_MAX) {
        break_off(s, xasprintf("it deferred more than %d cleanups, or %d MiB of them", DEFERRED_MAX,
                               DEFERRED_BYTES_MAX >> 20));
        return;
    }
    const char *plugin = plugin_with_cleanup(s, m);
    if (!plugin) {
        s->seen.malformed = true;
        return;
    }
    const struct ledger_entry entry = {s->task.case_id, s->task.attempt, plugin, m->cleanup, m->payload};
    uint64_t id;
    if (ledger_defer(s->shared->ledger, &entry, &id, &err) < 0) {
        break_off(s, xstrdup(err_text(&err)));
        return;
    }
    s->n_deferred++;
    GROW(s->pending, s->n_pending, s->cap_pending);
    s->pending[s->n_pending++] = (struct pending_cleanup){id, m->id, xstrdup(m->cleanup), xstrdup(m->payload)};
    slot_send_go(s);
}

static void report_failed_cleanup(struct slot *s, const struct pending_cleanup *p, const char *error)
{
    autobuf struct buf text = {0};
    buf_addf(&text, "cleanup %s(\"%s\") failed: %s", p->name, p->payload, error);
    struct event e = {.type = EVENT_ATTEMPT_LOG,
                      .attempt_log = {s->task.case_id, s->task.attempt, "error", "", 0, buf_str(&text)}};
    slot_emit(s, &e);
    autofree char *what = xasprintf("%s(\"%s\")", p->name, p->payload);
    const char *items[] = {what};
    e = (struct event){.type = EVENT_ATTEMPT_LEAKED,
                       .attempt_leaked = {s->task.case_id, s->task.attempt, "cleanup", {items, 1}}};
    slot_emit(s, &e);
    s->shared->cleanups_failed++;
}

void slot_settle(struct slot *s, size_t i, const char *error)
{
    struct pending_cleanup *p = &s->pending[i];
    ledger_settle(s->shared->ledger, p->ledger_id, error, NULL);
    if (s->shared->settled)
        s->shared->settled(s->shared->settled_data, s, p, error);
    if (*error)
        report_failed_cleanup(s, p, error);
    free(p->name);
    free(p->payload);
    memmove(p, p + 1, (s->n_pending - i - 1) * sizeof *p);
    s->n_pending--;
}

static void take_cleaned(struct slot *s, const struct msg_cleaned *m)
{
    for (size_t i = 0; i < s->n_pending; i++) {
        if (s->pending[i].id == m->id) {
            slot_settle(s, i, m->error);
            return;
        }
    }
}

/* Only where it was told to: it could stand still for ever. */
static void take_pause(struct slot *s, const struct msg_pause *m)
{
    enum pause_at at = m->at_start ? PAUSE_START : PAUSE_FAILED;
    if (s->state == SLOT_RUNNING && s->paused == PAUSE_NONE && pause_wanted(s, at))
        pause_begin(s, at, m->why);
    else
        slot_send_go(s);
}

static void take(struct slot *s, const struct message *m, struct received *got)
{
    bool is_record = m->type == MSG_LOG || m->type == MSG_CHECK || m->type == MSG_STEP || m->type == MSG_METRIC ||
                     m->type == MSG_ARTIFACT;
    if (is_record && ++s->words_taken > WORDS_MAX) {
        if (s->words_taken == WORDS_MAX + 1)
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
    case MSG_ARTIFACT:
        take_artifact(s, &m->artifact);
        break;
    case MSG_DEFER:
        take_defer(s, &m->defer);
        break;
    case MSG_CLEANED:
        take_cleaned(s, &m->cleaned);
        break;
    case MSG_CRASH:
        if (!s->seen.crashed && s->state == SLOT_RUNNING)
            slot_crashed(s, &m->crash);
        else
            slot_send_go(s);
        break;
    case MSG_PAUSE:
        take_pause(s, &m->pause);
        break;
    case MSG_VERDICT:
        take_verdict(s, &m->verdict);
        break;
    default: /* no message of an attempt */
        s->seen.malformed = s->seen.malformed || !s->task.fixture || !fixture_word(s, m, got);
    }
}

static void take_packet(struct slot *s, const struct buf *packet, struct received *got)
{
    static struct arena arena;
    struct message m;
    const char *p = packet->data, *end = packet->data + packet->len;
    while (p < end && !s->seen.malformed) {
        if (message_decode(&p, end, &arena, &m) < 0)
            s->seen.malformed = true;
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

static void listen_to(struct slot *s, unsigned most)
{
    static struct buf packet; /* the supervisor has one thread; kept, since it is large */
    for (unsigned i = 0; i < most && s->words.fd >= 0 && !s->seen.malformed; i++) {
        struct received got = {0};
        ssize_t n = sock_receive(s->words.fd, MSG_DONTWAIT, &packet, s->task.fixture ? &got : NULL);
        if (n == -EAGAIN)
            return;
        if (n == -EMSGSIZE) {
            s->seen.malformed = true;
            break;
        }
        if (n == 0 && !s->seen.has_verdict && !is_at_end(s->words.fd)) { /* a packet without a byte is none of ours */
            s->seen.malformed = true;
            break;
        }
        if (n <= 0) {
            s->seen.lost = true;
            loop_remove(s->shared->loop, &s->words);
            return;
        }
        take_packet(s, &packet, &got);
        received_close(&got);
    }
    if (s->seen.malformed && s->words.fd >= 0) {
        loop_remove(s->shared->loop, &s->words); /* nothing that it says is believed any more */
        if (s->state == SLOT_RUNNING)
            slot_kill(s, clock_mono());
    }
}

void slot_hear(struct slot *s, unsigned most)
{
    listen_to(s, most);
    if (slot_is_unwatched(s) && (s->seen.has_verdict || s->words.fd < 0))
        slot_sweep(s);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A fixture's process, from its start to its end. */
#include "exec/fixture_life.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/pids.h"
#include "exec/fixture_log.h"
#include "exec/fixture_state.h"

#include <poll.h>
#include <stdlib.h>

static const int64_t ready_slack_ns = NS_PER_S; /* its process keeps the limit itself, and says more of it */

static int64_t from_now(int64_t ns)
{
    return ns == NEVER ? NEVER : clock_mono() + ns;
}

void fixture_start(struct fixture_run *it)
{
    const struct catalogue *c = it->fixtures->shared->catalogue;
    autofree char *missing = hosts_missing(it->fixtures->shared->hosts, it->info->plugin);
    const struct slot_task task = {
        .case_id = it->id,
        .setup_error = missing,
        .plugin = it->info->plugin,
        .attempt = ++it->starts,
        .limits = {.setup_ns = fixture_limit_or(it->fixtures, it->info->setup_timeout_ms, it->fixtures->setup_ns),
                   .body_ns = fixture_ready_limit(it) + ready_slack_ns,
                   .teardown_ns = fixture_teardown_limit(it)},
    };
    it->state = FIXTURE_STARTING;
    it->keep = it->holds = it->wanted_again = false;
    it->users = 0;
    it->started_ns = clock_mono();
    fixture_forget_words(it);
    close_fd(it->files); /* this one has a folder of its own */
    it->files = -1;
    struct event e = {.type = EVENT_FIXTURE_STARTED,
                      .fixture_started = {it->plan->label, it->starts, fixture_scope_name(it->info->scope),
                                          c->plugins[it->info->plugin].name, it->asked_by ? it->asked_by : "",
                                          slot_number(it->slot)}};
    fixture_emit(it, &e);
    slot_start(it->slot, &task);
}

/* It may be looking whether it is well, and hang in that. */
static void tear_down(struct fixture_run *it)
{
    bool keep = it->fixtures->shared->keep == KEEP_ALL || it->keep;
    int64_t limit = fixture_teardown_limit(it);
    slot_set_stage(it->slot,
                   &(struct slot_stage){.phase = PHASE_TEARDOWN, .budget_ns = limit, .limit_ns = from_now(limit)});
    slot_ask_to_stop(it->slot, keep);
}

void fixture_stop(struct fixture_run *it)
{
    it->state = FIXTURE_STOPPING;
    tear_down(it);
}

void fixture_is_ready(struct fixture_run *it)
{
    bool first = it->state == FIXTURE_STARTING;
    if (!first && it->state != FIXTURE_READY)
        return;
    int64_t limit = fixture_ready_limit(it), interval = it->info->health_interval_ms * NS_PER_MS;
    slot_set_stage(it->slot, &(struct slot_stage){.phase = PHASE_BODY,
                                                  .part = "service",
                                                  .late_part = "its health check", /* only that has a deadline */
                                                  .budget_ns = limit,
                                                  .limit_ns = interval ? from_now(interval + limit) : NEVER});
    if (!first)
        return;
    it->state = FIXTURE_READY;
    it->fixtures->changed = true;
    struct arena arena = {0};
    const char **keys = arena_alloc(&arena, (it->n_pairs + 1) * sizeof *keys);
    for (size_t i = 0; i < it->n_pairs; i++)
        keys[i] = it->pairs[i].key;
    struct event e = {
        .type = EVENT_FIXTURE_READY,
        .fixture_ready = {it->plan->label, it->starts, clock_mono() - it->started_ns, {keys, it->n_pairs}}};
    fixture_emit(it, &e);
    arena_free(&arena);
}

void fixture_has_failed(struct fixture_run *it, const struct slot_judgement *j)
{
    const char *reason = *j->reason ? j->reason : "it ended before it was ready";
    struct arena arena = {0};
    const struct string_list output = fixture_output(it, &arena);
    struct event e = {.type = EVENT_FIXTURE_FAILED,
                      .fixture_failed = {it->plan->label, it->starts, reason, j->file, j->line,
                                         clock_mono() - it->started_ns, output}};
    fixture_emit(it, &e);
    autobuf struct buf text = {0};
    buf_addf(&text, "%s %s: set-up failed: ", fixture_kind(it), it->plan->label);
    if (*j->file)
        buf_addf(&text, "%s:%u: ", j->file, j->line);
    buf_adds(&text, reason);
    if (output.n > 0)
        buf_addf(&text, " (its last words: %s)", output.items[output.n - 1]);
    fixture_set_text(&it->failure, buf_steal(&text));
    it->state = FIXTURE_DYING; /* until its slot is free */
    it->fixtures->changed = true;
    arena_free(&arena);
}

void fixture_has_died(struct fixture_run *it, const char *reason)
{
    struct fixtures *f = it->fixtures;
    if (it->state != FIXTURE_READY)
        return;
    it->state = FIXTURE_DYING;
    it->died_ns = clock_mono();
    struct arena arena = {0};
    struct event e = {.type = EVENT_FIXTURE_DIED,
                      .fixture_died = {it->plan->label, it->starts, reason, fixture_output(it, &arena)}};
    fixture_emit(it, &e);
    arena_free(&arena);
    fixture_set_text(&it->death, xstrdup(reason));
    autofree char *text = xasprintf("%s %s died: %s", fixture_kind(it), it->plan->label, reason);
    for (size_t k = 0; k < f->n; k++) {
        struct fixture_run *user = &f->items[k];
        if (!user->plan || !fixture_uses(user, it))
            continue;
        if (user->state == FIXTURE_READY)
            fixture_has_died(user, text);
        slot_lose(user->slot, text);
    }
    for (unsigned k = 0; k < f->first_slot; k++)
        if (fixture_is_used_in(it, f->shared->slots[k]))
            slot_lose(f->shared->slots[k], text);
}

void fixture_has_ended(struct fixture_run *it)
{
    it->state = FIXTURE_IDLE;
    it->fixtures->changed = true;
    struct event e = {.type = EVENT_FIXTURE_ENDED,
                      .fixture_ended = {.fixture = it->plan->label,
                                        .start = it->starts,
                                        .reason = it->trouble ? it->trouble : "",
                                        .duration_ns = clock_mono() - it->started_ns,
                                        .users = (int64_t)it->users,
                                        .stdout_bytes = (int64_t)it->stdout_bytes,
                                        .stderr_bytes = (int64_t)it->stderr_bytes}};
    fixture_emit(it, &e);
    fixture_forget_words(it);
    slot_dismiss(it->slot); /* its monitor holds a cgroup and descriptors */
    it->fixtures->failed_teardowns += it->trouble != NULL;
    fixture_set_text(&it->trouble, NULL);
}

/* ---- noticed by who uses it ------------------------------------------------------------------------------------- */

static bool is_over(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return fd >= 0 && poll(&p, 1, 0) > 0;
}

/* What of it has ended; NULL: nothing. */
static const char *ended_part(const struct fixture_run *it)
{
    for (size_t i = 0; i < it->n_watches; i++)
        if (is_over(it->watches[i].pidfd))
            return it->watches[i].what;
    return slot_process_has_ended(it->slot) ? "its process" : NULL;
}

/* Its sockets are closed before it can be seen to have ended: its users fail some milliseconds earlier. */
static bool is_ending(const struct fixture_run *it)
{
    autoclose int proc = it->n_watches > 0 ? pids_open_proc() : -1;
    for (size_t i = 0; proc >= 0 && i < it->n_watches; i++) {
        pid_t pid = pidfd_pid(it->watches[i].pidfd);
        if (pid > 0 && pid_is_ending(proc, pid))
            return true;
    }
    return false;
}

bool fixtures_losing(struct fixtures *f, size_t i)
{
    const struct case_fixtures *needs = fixtures_of(f->plan, i);
    for (uint32_t k = 0; needs && k < needs->n_shared; k++) {
        const struct fixture_run *it = &f->items[needs->shared[k]];
        if (it->state == FIXTURE_READY && (ended_part(it) || is_ending(it)))
            return true;
    }
    return false;
}

/* It did not say how that came: we know enough. Nor can it be trusted to end. */
static void declare_dead(struct fixture_run *it, const char *part)
{
    autofree char *reason = xasprintf("%s ended", part);
    fixture_has_died(it, reason);
    tear_down(it);
}

void fixture_look(struct fixture_run *it)
{
    const char *part = it->state == FIXTURE_READY ? ended_part(it) : NULL;
    if (part)
        declare_dead(it, part);
}

char *fixtures_lost(struct fixtures *f, size_t i, int64_t since_ns)
{
    const struct case_fixtures *needs = fixtures_of(f->plan, i);
    for (uint32_t k = 0; needs && k < needs->n_shared; k++) {
        struct fixture_run *it = &f->items[needs->shared[k]];
        fixture_look(it);
        if (it->death && it->died_ns >= since_ns)
            return xasprintf("%s %s died: %s", fixture_kind(it), it->plan->label, it->death);
    }
    return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A slot as its owners see it: given tasks and told things, from its beginning to its end. */
#include "exec/slot.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/pids.h"
#include "exec/pause.h"
#include "exec/slot_begin.h"
#include "exec/slot_channel.h"
#include "exec/slot_cleanups.h"
#include "exec/slot_end.h"
#include "exec/slot_folders.h"
#include "exec/slot_forensics.h"
#include "exec/slot_late.h"
#include "exec/slot_limits.h"
#include "exec/slot_monitor.h"
#include "exec/slot_prefetch.h"
#include "exec/slot_state.h"
#include "exec/slot_sweep.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- what the machine does -------------------------------------------------------------------------------------- */

static void on_posted(void *data)
{
    slot_event(data, SLOT_POSTED);
}

static void post(struct slot *s)
{
    loop_post(s->shared->loop, &s->posted, on_posted, s);
}

static void term(struct slot *s)
{
    int64_t now = clock_mono();
    s->deadline_ns = s->attempt.kill_at_ns > now ? s->attempt.kill_at_ns : now;
    slot_signal(slot_attempt_pidfd(s), SIGTERM);
    slot_signal(slot_attempt_pidfd(s), SIGCONT); /* one that stopped itself could not heed it */
}

static void kill_attempt(struct slot *s)
{
    stacks_cancel(&s->forensics.stacks);
    s->deadline_ns = clock_mono() + slot_exit_limit_ns;
    slot_signal(slot_attempt_pidfd(s), SIGKILL);
}

static void tell(struct slot *s);

static slot_do *const actions[SLOT_ACTIONS] = {[SLOT_DO_WAIT_FOR_OLD] = slot_wait_for_old_monitor,
                                               [SLOT_DO_MAKE_MONITOR] = slot_make_monitor,
                                               [SLOT_DO_LISTEN] = slot_listen,
                                               [SLOT_DO_POST] = post,
                                               [SLOT_DO_MONITOR_LATE] = slot_monitor_is_late,
                                               [SLOT_DO_RUN_OUT] = slot_run_out,
                                               [SLOT_DO_SETTLE] = slot_settle_down,
                                               [SLOT_DO_READ_CRASH] = slot_read_crash,
                                               [SLOT_DO_LET_CRASH] = slot_let_crash,
                                               [SLOT_DO_AFTER_CRASH] = slot_after_crash,
                                               [SLOT_DO_PAUSE] = pause_hold,
                                               [SLOT_DO_RESUME] = pause_resume,
                                               [SLOT_DO_READ_LATE] = slot_read_late,
                                               [SLOT_DO_AFTER_LATE] = slot_after_late,
                                               [SLOT_DO_TERM] = term,
                                               [SLOT_DO_KILL] = kill_attempt,
                                               [SLOT_DO_GIVE_UP] = slot_give_up_monitor,
                                               [SLOT_DO_BEGIN_SWEEP] = slot_begin_sweep,
                                               [SLOT_DO_SWEEP] = slot_sweep,
                                               [SLOT_DO_FINISH] = slot_finish,
                                               [SLOT_DO_TELL] = tell};

/* ---- made and freed --------------------------------------------------------------------------------------------- */

struct slot *slot_new(struct slot_shared *shared, uint32_t number, const struct slot_owner *owner, void *owner_data)
{
    struct slot *s = xcalloc(1, sizeof *s);
    *s = (struct slot){.shared = shared,
                       .number = number,
                       .actions = actions,
                       .owner = owner,
                       .owner_data = owner_data,
                       .monitor = SLOT_MONITOR_INIT,
                       .attempt = SLOT_ATTEMPT_INIT,
                       .forensics = SLOT_FORENSICS_INIT};
    outputs_init(&s->outputs);
    slot_choose_folders(s);
    return s;
}

void slot_free(struct slot *s)
{
    if (!s)
        return;
    struct loop *loop = s->shared->loop;
    loop_unpost(loop, &s->posted);
    loop_remove(loop, &s->monitor.socket);
    loop_remove(loop, &s->monitor.end);
    loop_remove(loop, &s->monitor.old);
    outputs_free(&s->outputs);
    cleanups_free(&s->cleanups);
    stacks_free(&s->forensics.stacks);
    live_dump_free(&s->forensics.live_dump);
    buf_free(&s->attempt.why);
    free(s->attempt.reason);
    free(s->attempt.file);
    free(s->attempt.setup_error);
    slot_cause_forget(&s->attempt.cause);
    slot_cause_forget(&s->attempt.foreign);
    free(s->temp_dir);
    free(s->artifacts_dir);
    free(s);
}

/* ---- tasks ------------------------------------------------------------------------------------------------------- */

void slot_start(struct slot *s, const struct slot_task *task)
{
    slot_begin_task(s, task, clock_mono());
    const char *why;
    if (!containment_for(s->shared->containment, task->limits.containment, &why)) {
        slot_skip(s, why);
        slot_event(s, SLOT_REFUSE);
    } else if (task->setup_error) {
        slot_refuse(s, xstrdup(task->setup_error));
    } else {
        slot_place(s);
    }
}

void slot_add_cleanup(struct slot *s, uint64_t ledger_id, const char *name, const char *payload)
{
    cleanups_add(&s->cleanups, ledger_id, (uint32_t)s->cleanups.n + 1, name, payload);
}

void slot_clean(struct slot *s, const struct slot_task *task)
{
    s->attempt.task = *task;
    s->attempt.started_ns = clock_mono();
    slot_start_janitor(s);
}

static void begin_by_order(struct slot *s, const struct slot_task *task)
{
    int64_t at_ns = s->attempt.exited_ns;
    s->attempt.serial = s->prefetched.serial;
    s->outputs.current = outputs_other(&s->outputs);
    slot_begin_task(s, task, at_ns);
    slot_begin_to_run(s, at_ns);
    slot_listen_again(s);
}

static void begin_prefetched(struct slot *s)
{
    const struct slot_task task = s->prefetched.task;
    bool begun = slot_prefetched_has_begun(s);
    if (!begun && s->stopping) {
        slot_give_back(s);
        return;
    }
    s->prefetched.ordered = false;
    s->owner->begun(s->owner_data, &task);
    if (begun)
        begin_by_order(s, &task);
    else
        slot_start(s, &task);
    if (s->stopping)
        slot_interrupt(s, s->stopping > 1);
}

/* Its owner hears of it; then it goes on with the prefetched one. */
static void tell(struct slot *s)
{
    const struct slot_result result = {&s->attempt.task,       s->attempt.verdict, buf_str(&s->attempt.why),
                                       s->attempt.duration_ns, s->attempt.kept,    s->attempt.observed.setup_error};
    s->owner->ended(s->owner_data, &result);
    if (s->prefetched.ordered)
        begin_prefetched(s);
}

/* ---- ended before their time ------------------------------------------------------------------------------------- */

void slot_interrupt(struct slot *s, bool hurry)
{
    s->stopping = hurry ? 2 : 1;
    struct observed *o = &s->attempt.observed;
    bool under_way = slot_state_is_early(s->state) || slot_state_is_live(s->state);
    if (!under_way || (s->attempt.janitor && !hurry))
        return;
    if (s->state == SLOT_PAUSED && !hurry) {
        pause_end(s); /* what it stands still for is its verdict */
        return;
    }
    o->interrupted = !o->has_verdict && !o->timed_out && !o->crashed;
    if (o->interrupted)
        o->setup_error = s->shared->failure;
    if (slot_state_is_early(s->state))
        slot_fail(s, xstrdup(s->shared->failure ? s->shared->failure : "interrupted"));
    else if (hurry)
        slot_event(s, SLOT_KILL);
    else if (s->state == SLOT_RUNNING)
        slot_stop_softly(s);
}

void slot_lose(struct slot *s, const char *reason)
{
    const struct observed *o = &s->attempt.observed;
    if (s->attempt.cause_by_ns > 0) /* this was waited for: it is judged when the loop looks at deadlines */
        s->deadline_ns = 0;
    if (s->attempt.janitor || o->has_verdict || o->crashed || o->setup_error)
        return;
    if (slot_state_is_early(s->state))
        slot_fail(s, xstrdup(reason));
    else if (s->state == SLOT_PAUSED) /* who looks at it may go on looking */
        slot_blame(s, xstrdup(reason));
    else if (s->state == SLOT_RUNNING) {
        slot_blame(s, xstrdup(reason));
        slot_stop_softly(s);
    }
}

/* ---- what owners see and tell ------------------------------------------------------------------------------------ */

uint32_t slot_number(const struct slot *s)
{
    return s->number;
}

const struct slot_task *slot_task(const struct slot *s)
{
    return s->state == SLOT_IDLE ? NULL : &s->attempt.task;
}

bool slot_is_well(const struct slot *s)
{
    return s->state == SLOT_RUNNING && !s->attempt.observed.setup_error;
}

bool slot_process_has_ended(const struct slot *s)
{
    return slot_attempt_has_ended(s);
}

int slot_dir(const struct slot *s)
{
    return s->attempt.dir;
}

void slot_set_stage(struct slot *s, const struct slot_stage *stage)
{
    s->attempt.observed.phase = stage->phase;
    s->attempt.observed.part = stage->part;
    s->attempt.observed.budget_ns = stage->budget_ns;
    s->attempt.late_part = stage->late_part;
    slot_set_limit(s, stage->limit_ns);
}

void slot_ask_to_stop(struct slot *s, bool keep)
{
    slot_offer(s, &(struct message){.type = MSG_STOP, .stop = {keep}});
}

void slot_dismiss(struct slot *s)
{
    slot_release_monitor(s);
}

bool slot_has_monitor(const struct slot *s)
{
    return s->monitor.old.fd >= 0;
}

void slot_printed(struct slot *s, uint64_t *ret_out, uint64_t *ret_err)
{
    struct ends *e = outputs_current(&s->outputs);
    capture_take(&e->out);
    capture_take(&e->err);
    *ret_out = e->out.total;
    *ret_err = e->err.total;
}

bool slot_output_end(struct slot *s, const char *name, uint64_t since, size_t most, struct buf *out)
{
    struct ends *e = outputs_current(&s->outputs);
    const struct capture *c = strcmp(name, "stdout.log") == 0 ? &e->out : &e->err;
    capture_end_of(c, slot_dir(s), since, most, out);
    return capture_is_cut(c);
}

bool slot_has_deferred(const struct slot *s)
{
    return s->cleanups.n > 0;
}

void slot_lend(struct slot *s, struct slot_ends *ret_ends)
{
    struct ends *e = outputs_current(&s->outputs);
    *ret_ends = (struct slot_ends){.monitor = s->monitor.socket.fd,
                                   .channel = e->channel.fd,
                                   .out = e->out.source.fd,
                                   .err = e->err.source.fd,
                                   .monitor_pid = pidfd_pid(s->monitor.end.fd)};
}

void slot_folders(const struct slot *s, char **ret_temp, char **ret_artifacts)
{
    *ret_temp = s->temp_dir;
    *ret_artifacts = s->artifacts_dir;
}

void slot_leave(struct slot *s)
{
    outputs_end(&s->outputs);
    if (s->cleanups.n > 0)
        slot_keep_pending(s);
    loop_remove(s->shared->loop, &s->monitor.end); /* nobody waits for it */
    slot_release_monitor(s);
    close_fd(s->attempt.dir);
    s->attempt.dir = -1;
}

static bool has_deadline(const struct slot *s)
{
    if (s->state == SLOT_ENDED)
        return s->attempt.cause_by_ns > 0;
    return s->state != SLOT_IDLE && s->state != SLOT_FAILED && s->state != SLOT_PAUSED;
}

int64_t slot_deadline(const struct slot *s)
{
    if (!has_deadline(s))
        return NEVER;
    int64_t prepare = slot_prepares_at(s);
    return prepare < s->deadline_ns ? prepare : s->deadline_ns;
}

void slot_tick(struct slot *s, int64_t now)
{
    if (!has_deadline(s))
        return;
    if (now >= slot_prepares_at(s))
        slot_prepare_to_read(s);
    if (now >= s->deadline_ns)
        slot_event(s, SLOT_TIME);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The runner: its loop, signals, the time it has, its slots and what they share. */
#include "exec/runner.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/signals.h"
#include "exec/fixture_keep.h"
#include "exec/interruption.h"
#include "exec/keeper.h"
#include "exec/runner_cases.h"
#include "exec/runner_state.h"
#include "slotdir/kept_files.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

static void interrupt(struct runner *r, bool hurry)
{
    for (unsigned k = 0; k < r->n_slots; k++)
        slot_interrupt(r->shared.slots[k], hurry);
    fixtures_interrupt(&r->fixtures, hurry);
}

/* timeout(1) and others signal their child, and then its process group, which it is in: that is no second ^C. What a
 * terminal sends has no sender. */
static bool is_echo(struct runner *r, const struct signal_news *news)
{
    int64_t now = clock_mono();
    bool echo = news->sender != 0 && news->sender == r->interrupt.news.sender &&
                news->signo == r->interrupt.news.signo && now < r->interrupt.at_ns + NS_PER_S;
    if (!echo) {
        r->interrupt.news = *news;
        r->interrupt.at_ns = now;
    }
    return echo;
}

static void on_signal(struct source *source, uint32_t events)
{
    struct runner *r = source->data;
    (void)events;
    struct signal_news news;
    if (!signals_read(source->fd, &news) || control_signal(&r->control, news.signo) || is_echo(r, &news))
        return;
    autobuf struct buf text = {0};
    interruption_describe(&r->shared, r->n_slots, news.signo, r->interrupts > 0, &text);
    r->o->say(r->o->flush_data, buf_str(&text));
    if (r->interrupts++ == 0)
        r->result.interrupted_by = news.signo;
    runner_halt(r);
    interrupt(r, r->interrupts > 1 || r->result.out_of_time);
}

static void end_in_time(struct runner *r, int64_t now)
{
    if (now < r->o->stop_at_ns || r->result.out_of_time)
        return;
    r->result.out_of_time = true;
    runner_halt(r);
    interrupt(r, false);
}

static int64_t next_deadline(const struct runner *r)
{
    int64_t next = r->o->next_flush(r->o->flush_data);
    if (!r->result.out_of_time && r->o->stop_at_ns < next)
        next = r->o->stop_at_ns;
    for (unsigned k = 0; k < r->shared.n_slots; k++) {
        int64_t d = slot_deadline(r->shared.slots[k]);
        next = d < next ? d : next;
    }
    int64_t retry = case_runs_next_ns(&r->cases);
    return retry < next ? retry : next;
}

static bool is_done(const struct runner *r)
{
    if (case_runs_running(&r->cases) > 0 || !fixtures_are_idle(&r->fixtures))
        return false;
    return r->halted || r->cases.in[CASE_ENDED] == r->cases.n;
}

/* Stops as a signal would, when the runner can't go on. */
static void give_up(struct runner *r, const struct err *err)
{
    r->shared.failure = r->failure = xasprintf("the runner failed: %s", err_text(err));
    runner_halt(r);
    interrupt(r, true);
}

static int run_loop(struct runner *r, struct err *err)
{
    int first_error = 0;
    for (;;) {
        if (runner_is_failed_out(r))
            runner_halt(r);
        runner_begin_what_can(r);
        int e = r->o->flush(r->o->flush_data, first_error ? NULL : err);
        if (e == 0 && r->o->hosts->zygote_gone && first_error == 0)
            e = err_set(err, -EPIPE, "muster-host, which makes the processes of scenarios, ended");
        if (e == 0 && r->o->loop->error < 0 && first_error == 0)
            e = err_errno(err, r->o->loop->error, "watching a descriptor");
        if (e < 0 && first_error == 0) {
            first_error = e;
            give_up(r, err);
        }
        if (is_done(r))
            return first_error;
        loop_wait(r->o->loop, next_deadline(r));
        int64_t now = clock_mono();
        end_in_time(r, now);
        for (unsigned k = 0; k < r->shared.n_slots; k++)
            slot_tick(r->shared.slots[k], now);
    }
}

static unsigned slots_needed(const struct runner_options *o)
{
    size_t n = o->selection->n_cases;
    return n < o->jobs ? (unsigned)(n ? n : 1) : o->jobs;
}

/* Before it is made: a killed runner's can be found by `muster cleanup`. */
static int note_what_is_outside(const struct runner *r, struct err *err)
{
    const char *groups[CONTAINMENT_PATHS_MAX + RESOURCES_PATHS_MAX];
    size_t n_groups = containment_paths(r->o->containment, groups);
    n_groups += resources_paths(r->o->resources, groups + n_groups);
    const char *temps[] = {r->workspace.temp_base};
    const struct run_state facts = {.run_id = r->o->run_id,
                                    .pid = getpid(),
                                    .temps = temps,
                                    .n_temps = ARRAY_LEN(temps),
                                    .groups = groups,
                                    .n_groups = n_groups,
                                    .target = r->o->target,
                                    .n_target = r->o->n_target,
                                    .kept = (const char *const *)r->result.services.held,
                                    .n_kept = r->result.services.n_held};
    return run_lock_note(r->o->run_lock, &facts, err);
}

/* What is still to come of each plugin: with the last of it, its host goes. */
static void count_by_plugin(struct runner *r)
{
    const struct runner_options *o = r->o;
    r->plugin_left = xcalloc(o->catalogue->n_plugins, sizeof *r->plugin_left);
    for (uint32_t i = 0; i < o->selection->n_cases; i++)
        r->plugin_left[runner_plugin_of(r, i)]++;
    for (size_t k = 0; k < o->fixtures->n_instances; k++) { /* whose hosts are wanted to the end */
        const struct fixture_info *f = &o->catalogue->fixtures[o->fixtures->instances[k].fixture];
        r->plugin_left[f->plugin] += f->scope != SCOPE_ATTEMPT;
    }
    for (uint32_t p = 0; p < o->catalogue->n_plugins; p++)
        if (r->plugin_left[p] == 0)
            hosts_retire(o->hosts, p);
}

static struct slot_shared what_slots_share(struct runner *r)
{
    const struct runner_options *o = r->o;
    return (struct slot_shared){.loop = o->loop,
                                .hosts = o->hosts,
                                .catalogue = o->catalogue,
                                .containment = o->containment,
                                .workspace = &r->workspace,
                                .sweeper = &r->sweeper,
                                .artifacts_cap = o->artifacts_cap,
                                .ledger = &r->ledger,
                                .secrets = o->secrets,
                                .sink = o->sink,
                                .epoch_ns = o->epoch_ns,
                                .grace_ns = o->grace_ns,
                                .cleanup_ns = o->cleanup_ns,
                                .exit_handlers = o->exit_handlers,
                                .output_cap = o->output_cap,
                                .keep_output = o->keep_output,
                                .leaks = o->leaks,
                                .settle_ns = o->settle_ns,
                                .resources = o->resources,
                                .keep = o->keep,
                                .no_capture = o->no_capture,
                                .pause_on_failure = o->pause_on_failure,
                                .debugger = o->debugger,
                                .news = o->news,
                                .news_data = o->news_data,
                                .n_slots = r->n_slots + (unsigned)o->fixtures->n_shared,
                                .own_children = {o->zygote->pid, o->bundle_pid}};
}

static void open_slots(struct runner *r)
{
    const struct runner_options *o = r->o;
    r->n_slots = slots_needed(o);
    r->shared = what_slots_share(r);
    r->shared.slots = xcalloc(r->shared.n_slots, sizeof *r->shared.slots);
    for (unsigned k = 0; k < r->n_slots; k++)
        r->shared.slots[k] = slot_new(&r->shared, k, &case_owner, r);
    const struct fixtures_options fixtures = {.shared = &r->shared,
                                              .plan = o->fixtures,
                                              .selection = o->selection,
                                              .first_slot = r->n_slots,
                                              .first_number = o->jobs, /* behind all that -j could have made */
                                              .at_once = o->jobs,
                                              .setup_ns = o->fixture_ns,
                                              .teardown_ns = o->fixture_ns,
                                              .timeout_factor = o->timeout_factor};
    fixtures_open(&r->fixtures, &fixtures);
}

static int open_runner(struct runner *r, struct err *err)
{
    const struct runner_options *o = r->o;
    workspace_choose(&r->workspace, o->run_dir, o->run_path);
    int e = note_what_is_outside(r, err);
    if (e == 0)
        e = workspace_open(&r->workspace, err);
    sweeper_init(&r->sweeper, o->loop, &r->workspace);
    if (e < 0)
        return e;
    case_runs_open(&r->cases, o->schedule, o->selection->n_cases);
    r->plain = schedule_is_plain(o->schedule);
    count_by_plugin(r);
    open_slots(r);
    control_open(&r->control, &r->shared, o->keys);
    loop_add(o->loop, &r->signals, o->signals, EPOLLIN, on_signal, r);
    return 0;
}

/* Idle monitors end when their sockets close; their cgroups can be removed after that. */
static void wait_for_monitors(struct runner *r)
{
    int64_t until = clock_mono() + 2 * NS_PER_S;
    for (unsigned k = 0; k < r->shared.n_slots; k++)
        slot_dismiss(r->shared.slots[k]);
    for (unsigned k = 0; k < r->shared.n_slots; k++)
        while (slot_has_monitor(r->shared.slots[k]) && clock_mono() < until)
            loop_wait(r->o->loop, until);
}

/* Where they can't stay, they end as all others do. */
static int keep_services(struct runner *r, struct err *err)
{
    autoerr struct err why = {0};
    if (fixtures_keep(&r->fixtures, r->o->containment, r->workspace.temp_base, &r->result.services, &why) == 0)
        return r->result.services.n > 0 ? note_what_is_outside(r, err) : 0;
    autofree char *text = xasprintf("services can't be kept, and end now: %s", err_text(&why));
    r->o->say(r->o->flush_data, text);
    r->fixtures.keeps_none = true;
    return run_loop(r, err);
}

/* A removal that goes on while the loop stands, but for signals. */
struct removing {
    struct runner *r;
    int interrupts;
    int64_t tell_at_ns;
};

static void tell_of_removal(struct removing *m, uint64_t removed)
{
    autofree char *text = xasprintf("removing temporary files: %llu so far", (unsigned long long)removed);
    m->r->o->say(m->r->o->flush_data, text);
    m->tell_at_ns = clock_mono() + 5 * NS_PER_S;
}

static bool no_signal_came(void *data, uint64_t steps)
{
    enum { STEPS_A_LOOK = 256 };
    struct removing *m = data;
    if (steps % STEPS_A_LOOK == 0) {
        loop_wait(m->r->o->loop, 0);
        if (clock_mono() >= m->tell_at_ns)
            tell_of_removal(m, steps);
    }
    return m->r->interrupts == m->interrupts;
}

/* Those that services live on in stay, and what their keeper has made. */
static void remove_other_folders(struct runner *r)
{
    const struct kept_rooms *kept = &r->result.services;
    autofree char *socket = xasprintf("%s/" KEEPER_SOCKET, r->workspace.temp_base);
    autofree char *own_socket = xasprintf("%s/" WORKSPACE_SLOTS "/" KEEPER_SOCKET, r->workspace.run_path);
    autofree char *log = xasprintf("%s/" KEEPER_LOG, r->workspace.temp_base);
    autofree char **stay = xcalloc(3 * kept->n + 3, sizeof *stay);
    autofree char **marks = xcalloc(kept->n + 1, sizeof *marks);
    size_t n = 0, n_marks = 0;
    for (unsigned k = r->n_slots; k < r->shared.n_slots; k++)
        for (size_t i = 0; i < kept->n; i++)
            if (slot_number(r->shared.slots[k]) == kept->slots[i]) {
                slot_folders(r->shared.slots[k], &stay[n], &stay[n + 1]);
                stay[n + 2] = marks[n_marks++] = kept_files_mark_path(stay[n + 1]);
                n += 3;
            }
    stay[n++] = socket;
    stay[n++] = own_socket;
    stay[n++] = log;
    struct removing removing = {r, r->interrupts, clock_mono() + NS_PER_S};
    const struct left_beside beside = {
        .stay = (const char *const *)stay, .n_stay = n, .go_on = no_signal_came, .data = &removing};
    sweeper_remove_others(&r->sweeper, &beside, &r->result.left);
    for (size_t i = 0; i < n_marks; i++)
        free(marks[i]);
}

/* A large tree takes its time; a signal ends the waiting. */
static void remove_folders(struct runner *r)
{
    if (r->result.services.n > 0) {
        remove_other_folders(r);
        return;
    }
    struct removing removing = {r, r->interrupts, clock_mono() + NS_PER_S};
    sweeper_remove_all(&r->sweeper);
    while (sweeper_is_busy(&r->sweeper) && r->interrupts == removing.interrupts) {
        loop_wait(r->o->loop, removing.tell_at_ns);
        if (clock_mono() >= removing.tell_at_ns)
            tell_of_removal(&removing, sweeper_removed(&r->sweeper));
    }
    sweeper_stop(&r->sweeper);
    sweeper_left(&r->sweeper, &r->result.left);
}

static void close_runner(struct runner *r)
{
    wait_for_monitors(r);
    remove_folders(r);
    sweeper_close(&r->sweeper);
    control_close(&r->control);
    fixtures_close(&r->fixtures);
    for (unsigned k = 0; k < r->shared.n_slots; k++)
        slot_free(r->shared.slots[k]);
    stack_reader_close(&r->shared.reader);
    loop_part(r->o->loop, &r->signals);
    free(r->shared.slots);
    case_runs_close(&r->cases);
    free(r->plugin_left);
    free(r->failure);
    ledger_close(&r->ledger);
    workspace_forget(&r->workspace);
}

int runner_run(const struct runner_options *options, struct runner_result *ret_result, struct err *err)
{
    struct runner r = {.o = options, .signals = SOURCE_INIT, .ledger = LEDGER_INIT(options->run_dir)};
    r.ledger.sync = durability_sync_of(options->durability);
    int e = open_runner(&r, err);
    if (e == 0)
        e = run_loop(&r, err);
    if (options->settled)
        options->settled(options->flush_data);
    if (e == 0)
        e = keep_services(&r, err);
    r.result.not_run = options->selection->n_cases - r.cases.in[CASE_ENDED];
    r.result.failed_out = runner_is_failed_out(&r) && r.result.not_run > 0;
    r.result.cleanups_failed = r.shared.cleanups_failed + r.fixtures.failed_teardowns;
    r.result.cleanups_kept = r.shared.cleanups_kept;
    r.result.outstanding = r.ledger.outstanding;
    r.result.ledger_bytes = r.ledger.written;
    close_runner(&r);
    *ret_result = r.result;
    return e;
}

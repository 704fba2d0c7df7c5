/* SPDX-License-Identifier: Apache-2.0 */
/* muster run: discovers, selects, runs, reports, bundles. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/signals.h"
#include "cli/cli.h"
#include "cli/configured.h"
#include "cli/coverage_option.h"
#include "cli/debug.h"
#include "cli/descriptor_limit.h"
#include "cli/outstanding.h"
#include "cli/plugins.h"
#include "cli/rerun.h"
#include "cli/run_ending.h"
#include "cli/run_options.h"
#include "cli/scheduling.h"
#include "cli/secret_options.h"
#include "cli/select_options.h"
#include "cli/shard_option.h"
#include "cli/target.h"
#include "cli/threshold_options.h"
#include "cli/verb_cleanup.h"
#include "contain/contain.h"
#include "evidence/kept_target.h"
#include "evidence/recording.h"
#include "exec/runner.h"
#include "record/run_id.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static const char details[] = "A PATH is a plugin, a file of scenarios as data (*.yaml, *.yml), or a folder\n"
                              "with some in it or below; without one, the folders of MUSTER_PLUGIN_PATH and the\n"
                              "installation's own are searched. An ID is a scenario's id, a dotted prefix of\n"
                              "it, its bare name, a glob, or the FILE:LINE of something in it: acme.payments,\n"
                              "refund_twice, 'acme.*.refund*', pay.c:42.\n\n"
                              "  muster run scenarios/ -m priority_p0\n"
                              "  muster run pay.so acme.payments.refund_twice --set url=http://127.0.0.1:8080\n";

static int64_t random_seed(void)
{
    uint32_t seed = 0;
    ssize_t n = getrandom(&seed, sizeof seed, 0);
    (void)n;
    return seed;
}

/* What is run, and in which order. */
struct planned {
    const struct selection *selection;
    struct schedule *schedule;
    struct fixture_plan fixtures;
};

static bool limits_need_resources(const struct selection *selection)
{
    for (size_t i = 0; i < selection->n_cases; i++)
        if (selection->cases[i].limits.memory_bytes || selection->cases[i].limits.pids)
            return true;
    return false;
}

static void say(void *evidence, const char *text)
{
    evidence_message(evidence, text);
}

/* A run under way: what was asked for and found, and what it is recorded and held together by. */
struct under_way {
    const struct run_settings *settings;
    struct found *found;
    const struct planned *planned;
    const struct evidence_run *facts;
    int signals;
    struct evidence evidence;
    struct containment_set containment;
};

static int begin(struct under_way *u)
{
    const struct selection *selection = u->planned->selection;
    autoerr struct err err = {0};
    if (containment_open(&u->containment, u->settings->containment, u->facts->run_id, zygote_probe, &u->found->zygote,
                         &err) < 0) {
        cli_complain("--containment: %s; auto takes the best that a test can't notice", err_text(&err));
        return EXIT_RUNNER;
    }
    if (evidence_open(&u->evidence, &u->settings->evidence, u->facts, &err) < 0) {
        cli_complain("%s", err_text(&err));
        containment_close(&u->containment, 0);
        return EXIT_RUNNER;
    }
    for (size_t i = 0; i < selection->n_cases; i++)
        containment_add(&u->containment, selection->cases[i].limits.containment);
    const struct target_info *target = run_target_known(&u->found->target);
    if (target && (kept_target_write(u->evidence.dir, target->json, &err) < 0 ||
                   hosts_give_document(&u->found->hosts, target->json, &err) < 0))
        evidence_message(&u->evidence, err_text(&err));
    evidence_begin(&u->evidence, u->found, selection, u->containment.usual->rung->name);
    evidence_watch(&u->evidence, &u->found->loop);
    bool empty_shard = selection->n_cases == 0 && !u->facts->nothing_selected;
    if (empty_shard) /* its evidence is made all the same: `muster merge` has to know that it is done */
        evidence_message(&u->evidence, "no scenario fell to this shard: nothing to do");
    return EXIT_OK;
}

static enum keep what_to_keep(const struct run_settings *s)
{
    return s->skip_cleanup ? KEEP_ALL : s->keep_failed ? KEEP_BAD : KEEP_NONE;
}

static struct runner_options options_of(struct under_way *u)
{
    const struct run_settings *s = u->settings;
    struct found *f = u->found;
    struct evidence *evidence = &u->evidence;
    const struct limit_settings for_fixtures = {.timeout_ns = s->selecting.timeout_ns,
                                                .timeout_factor = s->selecting.timeout_factor};
    struct runner_options o = {.loop = &f->loop,
                               .hosts = &f->hosts,
                               .zygote = &f->zygote,
                               .containment = &u->containment,
                               .catalogue = &f->catalogue,
                               .selection = u->planned->selection,
                               .schedule = u->planned->schedule,
                               .fixtures = &u->planned->fixtures,
                               .fixture_ns = limits_around(&for_fixtures),
                               .timeout_factor = s->selecting.timeout_factor,
                               .run_id = u->facts->run_id,
                               .target = s->target.items,
                               .n_target = s->target.n,
                               .secrets = s->secrets,
                               .run_lock = &evidence->run_lock,
                               .keep = what_to_keep(s),
                               .run_dir = evidence->dir,
                               .durability = (enum durability)s->evidence.durability,
                               .run_path = evidence->path,
                               .sink = evidence_sink(evidence),
                               .epoch_ns = u->facts->epoch_ns,
                               .seed = (uint64_t)s->seed,
                               .jobs = (unsigned)s->jobs,
                               .grace_ns = s->grace_ns,
                               .exit_handlers = s->exit_handlers,
                               .cleanup_ns = s->cleanup_ns,
                               .output_cap = (uint64_t)s->evidence.output_cap,
                               .keep_output = s->evidence.artifacts != ARTIFACTS_NEVER,
                               .drop_passed_output = s->evidence.artifacts == ARTIFACTS_ON_FAILURE,
                               .flush = evidence_flush,
                               .next_flush = evidence_next_flush,
                               .settled = evidence_settled,
                               .flush_data = evidence,
                               .say = say,
                               .artifacts_cap = (uint64_t)s->evidence.artifacts_cap,
                               .signals = u->signals,
                               .bundle_pid = evidence_bundle_pid(evidence)};
    scheduling_apply(&s->scheduling, &o);
    debug_apply(&s->debug, evidence, &o);
    if (limits_need_resources(o.selection))
        o.resources = resources_open(&u->containment, o.run_id);
    return o;
}

static int run_selection(struct under_way *u)
{
    autoerr struct err err = {0};
    int status = begin(u);
    if (status != EXIT_OK)
        return status;
    struct runner_options o = options_of(u);
    struct runner_result result;
    bool failed = runner_run(&o, &result, &err) < 0;
    return run_end(&(struct run_ending){.evidence = &u->evidence,
                                        .scheduling = &u->settings->scheduling,
                                        .result = &result,
                                        .failure = failed ? err_text(&err) : NULL,
                                        .refused = u->found->n_refused,
                                        .keeps_history = u->facts->sharding->shard.total == 0,
                                        .nothing_selected = u->facts->nothing_selected,
                                        .nothing_fails = u->settings->no_tests == NO_TESTS_FAIL,
                                        .containment = &u->containment,
                                        .resources = o.resources,
                                        .coverage = u->settings->coverage,
                                        .catalogue = &u->found->catalogue,
                                        .jobs = o.jobs,
                                        .slots = o.jobs + (unsigned)u->planned->fixtures.n_shared,
                                        .signals = u->signals});
}

static int run_scheduled(const struct verb *verb, const struct run_settings *settings, struct found *f,
                         const struct selection *selection, const struct evidence_run *run_facts, int signals)
{
    autoerr struct err err = {0};
    struct run_settings capped = *settings;
    struct evidence_run capped_facts = *run_facts;
    const struct run_settings *s = &capped;
    const struct evidence_run *facts = &capped_facts;
    struct planned planned = {.selection = selection};
    autofree uint32_t *sequence = scheduling_sequence(&s->scheduling, &f->catalogue, selection, (uint64_t)s->seed);
    if (fixtures_plan(&f->catalogue, selection, &planned.fixtures, &err) < 0) {
        cli_complain("%s", err_text(&err));
        return EXIT_USAGE;
    }
    if (!s->scheduling.dry_run)
        capped.jobs = capped_facts.jobs = descriptor_limit_jobs(settings->jobs, planned.fixtures.n_shared);
    if (schedule_new(&f->catalogue, selection, sequence, (uint32_t)s->jobs, &planned.schedule, &err) < 0) {
        fixtures_free(&planned.fixtures);
        return cli_usage(verb, "%s", err_text(&err));
    }
    int status = f->n_refused > 0 ? EXIT_PLUGIN : EXIT_OK;
    if (s->scheduling.dry_run) {
        scheduling_show(&f->catalogue, selection, sequence, facts->sharding);
        cli_complain_of_refused(f);
    } else {
        struct under_way run = {.settings = s, .found = f, .planned = &planned, .facts = facts, .signals = signals};
        status = run_selection(&run);
    }
    schedule_free(planned.schedule);
    fixtures_free(&planned.fixtures);
    return status;
}

/* Its own evidence all the same: whoever reads the latest run has to read of this one. */
static int run_nothing(const struct verb *verb, const struct run_settings *s, struct found *f,
                       const struct evidence_run *facts, int signals)
{
    autoselection struct selection none = {0};
    struct sharding sharding;
    shard_option_apply(s->shard, NULL, &none, &sharding);
    struct evidence_run empty = *facts;
    empty.sharding = &sharding;
    empty.nothing_selected = true;
    return run_scheduled(verb, s, f, &none, &empty, signals);
}

static int say_nothing_selected(const struct run_settings *s, struct found *f)
{
    cli_complain_of_refused(f);
    if (f->n_refused > 0)
        return EXIT_PLUGIN;
    cli_complain_of_nothing(f);
    return s->no_tests == NO_TESTS_PASS ? EXIT_OK : EXIT_NOTHING;
}

static int run_selected(const struct verb *verb, const struct run_settings *s, struct found *f,
                        struct selection *selection, const struct evidence_run *facts, int signals)
{
    if (selection->n_cases == 0) {
        int status = say_nothing_selected(s, f);
        return s->scheduling.dry_run ? status : run_nothing(verb, s, f, facts, signals);
    }
    scheduling_repeat(&s->scheduling, selection);
    struct sharding sharding;
    shard_option_apply(s->shard, scheduling_history(&s->scheduling), selection, &sharding);
    struct evidence_run divided = *facts;
    divided.sharding = &sharding;
    int status = debug_prepare(verb, &s->debug, selection);
    return status != EXIT_OK ? status : run_scheduled(verb, s, f, selection, &divided, signals);
}

/* --rerun: what is left of the selection. Nothing left is a success: it has all been run, and has passed. */
static int run_again(const struct verb *verb, const struct run_settings *s, struct found *f,
                     struct selection *selection, const struct evidence_run *facts, int signals)
{
    autoerr struct err err = {0};
    autorerun struct rerun rerun;
    if (rerun_open(&rerun, s->scheduling.rerun, s->evidence.out, &err) < 0) {
        cli_complain("%s", err_text(&err));
        return cli_usage_unless_system(err.code);
    }
    size_t done = rerun_apply(&rerun, selection);
    autobuf struct buf out = {0};
    buf_addf(&out, "    Rerun of %s: %zu scenario%s left, %zu done\n", rerun.run_id, selection->n_cases,
             selection->n_cases == 1 ? "" : "s", done);
    cli_print(&out);
    struct evidence_run again = *facts;
    again.rerun_of = rerun.run_id;
    if (selection->n_cases > 0)
        return run_selected(verb, s, f, selection, &again, signals);
    cli_complain_of_refused(f);
    return f->n_refused > 0 ? EXIT_PLUGIN : EXIT_OK;
}

static int run_found(const struct verb *verb, const struct run_settings *s, struct found *f,
                     const struct evidence_run *facts, int signals)
{
    if (f->n_refused > 0 && s->strict) {
        cli_complain_of_refused(f);
        cli_complain("--strict: nothing was run");
        return s->scheduling.dry_run ? EXIT_PLUGIN : run_nothing(verb, s, f, facts, signals);
    }
    int status = threshold_options_fit(verb, &s->thresholds, &f->catalogue);
    if (status != EXIT_OK)
        return status;
    autoselection struct selection selection = {0};
    status = cli_select(verb, f, &s->selecting, &selection);
    if (status != EXIT_OK) {
        cli_complain_of_refused(f);
        bool unseen = status == EXIT_PLUGIN && !s->scheduling.dry_run;
        return unseen ? run_nothing(verb, s, f, facts, signals) : status;
    }
    autoerr struct err err = {0};
    if (run_target_check_values(&f->target, &err) < 0)
        return cli_usage(verb, "%s", err_text(&err));
    cli_hide_target(run_target_look(&f->target), &s->target, s->secrets);
    if (selection.n_cases > 0 && s->scheduling.rerun)
        return run_again(verb, s, f, &selection, facts, signals);
    return run_selected(verb, s, f, &selection, facts, signals);
}

static int run_hearing(const struct verb *verb, const struct run_settings *s, const struct option_list *operands,
                       int signals)
{
    autoerr struct err err = {0};
    char run_id[RUN_ID_SIZE];
    run_id_make(run_id);
    autovariables variables = {0};
    if (s->coverage && !s->scheduling.dry_run && coverage_option_begin(s->evidence.out, run_id, &variables, &err) < 0)
        return cli_usage(verb, "%s", err_text(&err));
    struct evidence_packer packer;
    const struct evidence_run facts = {.run_id = run_id,
                                       .epoch_ns = clock_mono(),
                                       .started_real_ns = clock_real(),
                                       .folder_is_there = variables.run_path,
                                       .jobs = s->jobs,
                                       .seed = s->seed,
                                       .thresholds = &s->thresholds,
                                       .missed_warns = s->missed_warns,
                                       .secrets = s->secrets,
                                       .packer = &packer};
    const struct find_options find = {.run_id = run_id,
                                      .seed = (uint64_t)s->seed,
                                      .target = &s->target,
                                      .target_file = s->selecting.target,
                                      .pass = &s->pass_env,
                                      .variables = variables.items,
                                      .timeout_factor = s->selecting.timeout_factor,
                                      .load_timeout_ns = s->selecting.load_timeout_ns,
                                      .packs = s->selecting.packs,
                                      .plugins = configured_plugins(),
                                      .exit_handlers = s->exit_handlers,
                                      .log_checks = s->log_checks,
                                      .keep_hosts = true,
                                      .verbose = s->evidence.verbose > 0,
                                      .signals = signals};
    struct found found;
    int status = EXIT_RUNNER;
    int r = find_start(&found, &find, &err);
    evidence_packer_start(&packer, &s->evidence);
    if (r == 0 && !s->scheduling.dry_run)
        cli_tell_outstanding(s->evidence.out, NULL);
    if (r == 0)
        r = cli_find_plugins(&found, &find, operands, &status, &err);
    if (r < 0) {
        cli_complain("%s", err_text(&err));
    } else {
        signals_take_questions(signals);
        status = run_found(verb, s, &found, &facts, signals);
    }
    evidence_packer_free(&packer);
    found_free(&found);
    return status;
}

static int run(const struct verb *verb, const struct run_settings *s, const struct option_list *operands)
{
    autoerr struct err err = {0};
    if (!s->scheduling.dry_run && run_folder_check_latest(s->evidence.out, &err) < 0) {
        cli_complain("%s", err_text(&err));
        return EXIT_USAGE;
    }
    autoclose int signals = signals_open(); /* before the zygote, which spawns with a mask of its own */
    if (signals >= 0)
        return run_hearing(verb, s, operands, signals);
    cli_complain("hearing signals: %s", strerror(-signals));
    return EXIT_RUNNER;
}

static int clean_latest(const struct run_settings *s)
{
    const struct cleanup_settings cleanup = {.out = s->evidence.out,
                                             .secrets = s->secrets,
                                             .target = s->target,
                                             .pass_env = s->pass_env,
                                             .cleanup_ns = s->cleanup_ns,
                                             .grace_ns = s->grace_ns,
                                             .load_timeout_ns = s->selecting.load_timeout_ns,
                                             .containment = s->containment,
                                             .list = s->scheduling.dry_run};
    return cli_cleanup(&cleanup, NULL);
}

/* Who ends a run by a signal is in a hurry, and who named nothing that can be run has no part in what was. */
static int run_and_prune(const struct verb *verb, struct run_settings *s, const struct option_list *operands)
{
    int status = run(verb, s, operands);
    if (!s->scheduling.dry_run && status != EXIT_USAGE && status != EXIT_INTERRUPTED)
        prune_after_run(&s->keep, s->evidence.out, s->evidence.quiet);
    return status;
}

static int main_run(const struct verb *verb, int argc, char **argv)
{
    cpu_set_t set;
    struct run_settings s = {.selecting = SELECTING_INIT,
                             .scheduling = SCHEDULING_INIT,
                             .evidence = EVIDENCE_INIT,
                             .keep = RETENTION_RULE_INIT,
                             .debug = {.settle_ns = 100 * NS_PER_MS},
                             .grace_ns = 2 * NS_PER_S,
                             .cleanup_ns = 30 * NS_PER_S,
                             .seed = -1,
                             .secrets = secrets_new(),
                             .jobs = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1};
    s.evidence.argc = argc;
    s.evidence.argv = argv;
    struct option_list operands = {0};
    struct arena arena = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status)) {
        status = run_options_check(verb, &s);
        if (status == EXIT_OK)
            status = shard_option_choose(verb, s.selecting.shard, &s.shard);
        if (s.seed < 0)
            s.seed = s.shard.total > 0 ? SHARDS_SEED : random_seed();
        run_options_settle(&s);
        descriptor_limit_raise();
        if (status == EXIT_OK)
            status = cli_read_target(verb, &s.target, &arena);
        if (status == EXIT_OK)
            status = cli_read_secrets(verb, &s.secret_sources, &s.target, s.secrets, &arena);
        if (status == EXIT_OK)
            status = s.cleanup_only ? clean_latest(&s) : run_and_prune(verb, &s, &operands);
    }
    arena_free(&arena);
    option_list_free(&operands);
    secrets_free(s.secrets);
    run_settings_free(&s);
    return status;
}

const struct verb verb_run = {.name = "run",
                              .usage = "run [OPTION]... [PATH|ID]...",
                              .summary = "Run scenarios and leave evidence.",
                              .details = details,
                              .options = run_options,
                              .main = main_run};

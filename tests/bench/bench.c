/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench: muster against the limit and its peers, all measured in the same run, on the same inputs.
 *
 * bench --work FOLDER [--quick] [--check] [--rounds N] [--only PART]
 *   --quick   a few tests and rounds, to see that everything runs; its figures mean nothing and are not checked
 *   --check   exit status 8 when a floor is missed
 */
#include "contest.h"
#include "makespan.h"
#include "paths.h" /* generated: where the programs and plugins of this build are */

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_MISSED = 8, MAX_ARGS = 16 };

struct sizes {
    const char *small_plugin;
    unsigned small;
    const char *large_plugin;
    unsigned large;
    const char *defer_plugin;   /* as many as small_plugin has, each with two cleanups */
    const char *fixture_plugin; /* as many, which all use one fixture of the run */
    const char *skewed_plugin;
    unsigned skewed;
    unsigned copies;        /* plugins of the listing, of ten scenarios each */
    unsigned memory_copies; /* of large_plugin */
};

static const struct sizes full = {PLUGIN_1000,  1000,      PLUGIN_10000, 10000, DEFER_1000,
                                  FIXTURE_1000, SKEWED_40, 40,           1000,  10};
static const struct sizes quick = {PLUGIN_40, 40, PLUGIN_80, 80, DEFER_40, FIXTURE_40, SKEWED_10, 10, 4, 2};

static const struct sizes *size = &full;
static const char *work;
static unsigned fast_rounds = 7;
static unsigned slow_rounds = 3; /* for those that take many times as long as muster */
static unsigned cold_rounds = 31;
static bool all_good = true;

/* Names, arguments and contenders live until the process ends, and stay reachable: nothing is a leak. */
static void *keep(void *memory)
{
    static struct kept {
        struct kept *next;
        void *memory;
    } * all;
    struct kept *one = malloc(sizeof(*one));
    if (!one || !memory)
        abort();
    *one = (struct kept){all, memory};
    all = one;
    return memory;
}

__attribute__((format(printf, 1, 2))) static char *text(const char *format, ...)
{
    char *result;
    va_list args;
    va_start(args, format);
    if (vasprintf(&result, format, args) < 0)
        abort();
    va_end(args);
    return keep(result);
}

__attribute__((sentinel)) static struct command command(const char *first, ...)
{
    const char **argv = keep(calloc(MAX_ARGS + 1, sizeof(*argv)));
    va_list args;
    size_t n = 0;
    va_start(args, first);
    for (const char *arg = first; arg && n < MAX_ARGS; arg = va_arg(args, const char *))
        argv[n++] = arg;
    va_end(args);
    return (struct command){.argv = argv, .cwd = work, .log = text("%s/log", work)};
}

static struct contender *contender(const char *name, unsigned units, unsigned rounds, const char *proof,
                                   struct command run)
{
    struct contender *c = keep(calloc(1, sizeof(*c)));
    c->name = name;
    c->units = units;
    c->rounds = rounds;
    c->command = run;
    c->command.proof = proof;
    return c;
}

/* Its summary line. */
static char *muster_proof(unsigned n)
{
    return text("%u scenario%s run: %u passed", n, n == 1 ? "" : "s", n);
}

static struct contender *muster_run(const char *plugin, unsigned n, const char *jobs, unsigned rounds)
{
    char *out = text("%s/out", work);
    struct contender *c = contender(text("muster run %s, %u", jobs, n), n, rounds, muster_proof(n),
                                    command(MUSTER, "run", plugin, jobs, "--out", out, (char *)NULL));
    c->scratch = out;
    return c;
}

static void prepare(const char *kind, const char *a, const char *b, const char *c)
{
    struct command inputs = command(INPUTS, kind, a, b, c, (char *)NULL);
    measure_seconds(&inputs);
}

static struct contender *ctest(const char *mode, unsigned n, unsigned rounds)
{
    bool lists = strcmp(mode, "-N") == 0;
    char *folder = text("%s/ctest-%u", work, n);
    prepare("ctest", folder, text("%u", n), TRIVIAL);
    return contender(text("ctest %s, %u", mode, n), n, rounds,
                     text(lists ? "Total Tests: %u" : "tests passed, 0 tests failed out of %u", n),
                     command(CTEST, "--test-dir", folder, mode, (char *)NULL));
}

/* The figures of a quick run mean nothing: no bounds then. */
static void check(struct ratio ratio)
{
    if (size == &quick)
        ratio.at_least = ratio.at_most = ratio.aim = 0;
    all_good &= ratio_print(&ratio);
}

/* ---- throughput ------------------------------------------------------------------------------------ */

enum { HEAT_MAX = 10 };

/* The contenders for one number of tests; NULL: not taking part. */
struct heat {
    struct contender *limit[2]; /* -j1, -j2 */
    struct contender *pinned;   /* the limit on one CPU, -j1, and */
    struct contender *fixed;    /* linked statically, -j2: how far tricks would go, for information */
    struct contender *muster[2];
    struct contender *ctest[2];
    struct contender *check;
    struct contender *pytest;
};

static const char *const jobs_option[2] = {"-j1", "-j2"};
static const char *const jobs_number[2] = {"1", "2"};

static struct heat heat_of(const char *plugin, unsigned n)
{
    struct heat h = {0};
    char *number = text("%u", n);
    char *proof = text("%u tests, %u passed", n, n);
    for (int j = 0; j < 2; j++) {
        h.limit[j] = contender(text("limit %s, %u", jobs_option[j], n), n, fast_rounds, proof,
                               command(LIMIT, number, jobs_number[j], (char *)NULL));
        h.muster[j] = muster_run(plugin, n, jobs_option[j], fast_rounds);
        h.ctest[j] = ctest(jobs_option[j], n, slow_rounds);
    }
    h.pinned = contender(text("limit -j1, on one CPU, %u", n), n, fast_rounds, proof,
                         command(LIMIT, number, "1", "pinned", (char *)NULL));
    h.fixed = contender(text("limit -j2, linked statically, %u", n), n, fast_rounds, proof,
                        command(LIMIT_STATIC, number, "2", (char *)NULL));
    return h;
}

/* Both take far too long for the large number, and show no more there. */
static void add_slow_peers(struct heat *h, unsigned n)
{
    char *number = text("%u", n);
#ifdef CHECK_FORK
    h->check = contender(text("Check, fork mode, %u", n), n, slow_rounds, text("Checks: %u,", n),
                         command(CHECK_FORK, number, (char *)NULL));
#else
    printf("Check is not installed: left out\n");
#endif
    if (system("pytest --forked --version >/dev/null 2>&1") != 0) {
        printf("pytest --forked is not installed: left out\n");
        return;
    }
    char *module = text("%s/test_trivial.py", work);
    prepare("pytest", module, number, NULL);
    h->pytest = contender(text("pytest --forked, %u", n), n, slow_rounds, text("%u passed", n),
                          command("pytest", "--forked", "-q", "-p", "no:cacheprovider", module, (char *)NULL));
}

static size_t list_heat(const struct heat *h, struct contender **ret_list)
{
    struct contender *const order[HEAT_MAX] = {h->limit[0],  h->limit[1], h->pinned,   h->fixed, h->muster[0],
                                               h->muster[1], h->ctest[0], h->ctest[1], h->check, h->pytest};
    size_t n = 0;
    for (size_t i = 0; i < HEAT_MAX; i++)
        if (order[i])
            ret_list[n++] = order[i];
    return n;
}

static void check_heat(const struct heat *h, double over_ctest)
{
    for (int j = 0; j < 2; j++)
        check((struct ratio){.name = text("%s: limit's time / muster's", h->muster[j]->name),
                             .time = h->limit[j],
                             .over = h->muster[j],
                             .scale = 1,
                             .at_least = 0.6,
                             .aim = 0.8});
    check((struct ratio){.name = text("%s: ctest -j2's time / muster's", h->muster[1]->name),
                         .time = h->ctest[1],
                         .over = h->muster[1],
                         .scale = 1,
                         .at_least = over_ctest});
    if (h->check)
        check((struct ratio){"muster -j1: Check's time / muster's", h->check, h->muster[0], 1, 0, 0, 0});
    if (h->pytest)
        check((struct ratio){"muster -j1: pytest's time / muster's", h->pytest, h->muster[0], 1, 0, 0, 0});
}

static void throughput(void)
{
    struct heat heats[2] = {heat_of(size->small_plugin, size->small), heat_of(size->large_plugin, size->large)};
    struct contender *all[2 * HEAT_MAX];
    size_t n = 0;
    add_slow_peers(&heats[0], size->small);
    for (int i = 0; i < 2; i++)
        n += list_heat(&heats[i], &all[n]);
    contest_run(all, n);
    contest_print("throughput", all, n);
    check_heat(&heats[0], 3);
    check_heat(&heats[1], 5);
    for (int j = 0; j < 2; j++)
        check((struct ratio){.name =
                                 text("muster %s: cost of one at %u / at %u", jobs_option[j], size->large, size->small),
                             .time = heats[1].muster[j],
                             .over = heats[0].muster[j],
                             .scale = (double)size->small / size->large,
                             .at_most = 1.1});
}

/* ---- what the use of something costs: ledger, fixtures --------------------------------------------- */

/* `what`: "two cleanups"; the same number of scenarios with it and without. */
static void cost_of(const char *part, const char *what, const char *plugin, double at_most)
{
    struct contender *all[4];
    for (int j = 0; j < 2; j++) {
        all[2 * j] = muster_run(size->small_plugin, size->small, jobs_option[j], fast_rounds);
        all[2 * j + 1] = muster_run(plugin, size->small, jobs_option[j], fast_rounds);
        all[2 * j + 1]->name = text("the same with %s, %s", what, jobs_option[j]);
    }
    contest_run(all, 4);
    contest_print(part, all, 4);
    for (int j = 0; j < 2; j++)
        check((struct ratio){.name = text("muster %s: time with %s / without", jobs_option[j], what),
                             .time = all[2 * j + 1],
                             .over = all[2 * j],
                             .scale = 1,
                             .at_most = at_most});
}

static void ledger(void)
{
    cost_of("ledger", "two cleanups each", size->defer_plugin, 1.5);
}

static void fixtures(void)
{
    cost_of("fixtures", "a fixture of the run", size->fixture_plugin, 1.5);
}

/* ---- makespan ---------------------------------------------------------------------------------------- */

static struct durations durations_of(const struct contender *c)
{
    struct durations d;
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/latest/events.jsonl", c->scratch);
    makespan_read(path, &d);
    return d;
}

/* Its start and its reports are no matter of the order. */
static double span_of(const struct contender *c)
{
    return durations_of(c).span;
}

static struct contender *skewed_run(const char *order, const char *history)
{
    char *out = text("%s/out-%s", work, order);
    struct contender *c = contender(text("muster run -j4 --order %s, %u that wait", order, size->skewed), size->skewed,
                                    slow_rounds, muster_proof(size->skewed),
                                    command(MUSTER, "run", size->skewed_plugin, "-j4", "--order", order, "--history",
                                            history, "--out", out, (char *)NULL));
    c->seconds_of = span_of;
    c->scratch = out;
    return c;
}

/* The first run, in the order of the sources, makes the history that the ones with the longest first go by. */
static void makespan(void)
{
    enum { SLOTS = 4 };
    char *history = text("%s/skewed.db", work);
    if (unlink(history) < 0 && errno != ENOENT)
        printf("%s: %s\n", history, strerror(errno));
    struct contender *all[] = {skewed_run("source", history), skewed_run("longest", history)};
    contest_run(all, 2);
    contest_print("makespan of a skewed suite", all, 2);
    struct durations recorded = durations_of(all[0]);
    struct contender bound = {.n = all[1]->n};
    for (unsigned i = 0; i < bound.n; i++)
        bound.seconds[i] = makespan_longest_first(&recorded, SLOTS);
    printf("  bound of the longest first %.1f ms, of any order %.1f ms\n", bound.seconds[0] * 1e3,
           makespan_least(&recorded, SLOTS) * 1e3);
    check((struct ratio){"longest first: time / bound", all[1], &bound, 1, 0, 1.05, 0});
    check((struct ratio){"longest first: order of the sources' time / its time", all[0], all[1], 1, 1.1, 0, 0});
}

/* ---- listing --------------------------------------------------------------------------------------- */

static void listing(void)
{
    char *many = text("%s/many", work);
    char *last_copy = text("copy%05u.trivial_00009", size->copies - 1);
    prepare("copies", PLUGIN_10, many, text("%u", size->copies));
    struct contender *all[] = {
        contender(text("muster list, %u plugins of 10", size->copies), size->copies, fast_rounds, last_copy,
                  command(MUSTER, "list", many, (char *)NULL)),
        contender(text("exec per plugin, 2 at a time, %u", size->copies), size->copies, fast_rounds, last_copy,
                  command(LIST_EACH, LIST_ONE, "2", many, (char *)NULL)),
        contender(text("muster list, 1 plugin of %u", size->large), size->large, fast_rounds,
                  text("trivial_%05u", size->large - 1), command(MUSTER, "list", size->large_plugin, (char *)NULL)),
        ctest("-N", size->large, fast_rounds),
    };
    contest_run(all, 4);
    contest_print("listing", all, 4);
    check((struct ratio){"many plugins: exec per plugin's time / muster's", all[1], all[0], 1, 2, 0, 0});
    check((struct ratio){"many scenarios: ctest -N's time / muster's", all[3], all[2], 1, 1, 0, 0});
}

/* ---- cold ------------------------------------------------------------------------------------------ */

static void cold(void)
{
    struct contender *all[] = {
        muster_run(PLUGIN_1, 1, "-j1", cold_rounds),
        contender("muster list, one scenario", 1, cold_rounds, "trivial_00000",
                  command(MUSTER, "list", PLUGIN_1, (char *)NULL)),
        ctest("-j1", 1, cold_rounds),
    };
    contest_run(all, 3);
    contest_print("one trivial scenario from cold", all, 3);
    check((struct ratio){"muster run's time / ctest's", all[0], all[2], 1, 0, 1, 0});
    check((struct ratio){"muster list's time / ctest's", all[1], all[2], 1, 0, 0.5, 0});
}

/* ---- memory ---------------------------------------------------------------------------------------- */

static void memory(void)
{
    char *folder = text("%s/huge", work);
    char *out = text("%s/out-huge", work);
    prepare("copies", size->large_plugin, folder, text("%u", size->memory_copies));
    struct command run = command(MUSTER, "run", folder, "-j2", "--out", out, (char *)NULL);
    run.proof = muster_proof(size->large * size->memory_copies);
    printf("\nmemory\n");
    double mib = (double)measure_peak_kib(&run) / 1024;
    all_good &= bound_print(text("supervisor's peak, %u scenarios", size->memory_copies * size->large), mib, "MiB",
                            size == &full ? 128 : 0);
}

/* ---- command line ---------------------------------------------------------------------------------- */

static const struct part {
    const char *name;
    void (*run)(void);
} parts[] = {{"cold", cold},         {"listing", listing},   {"throughput", throughput}, {"ledger", ledger},
             {"fixtures", fixtures}, {"makespan", makespan}, {"memory", memory}};

static int usage(void)
{
    fprintf(stderr, "usage: bench --work FOLDER [--quick] [--check] [--rounds N] [--only PART]\n"
                    "parts: cold listing throughput ledger fixtures makespan memory\n");
    return 4;
}

static bool run_parts(const char *only)
{
    bool found = false;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (only && strcmp(only, parts[i].name) != 0)
            continue;
        parts[i].run();
        found = true;
    }
    return found;
}

static void use_quick_sizes(void)
{
    size = &quick;
    fast_rounds = slow_rounds = cold_rounds = 2;
}

static bool enter_work(const char *folder)
{
    static char path[PATH_MAX];
    if ((mkdir(folder, 0777) < 0 && errno != EEXIST) || !realpath(folder, path)) {
        fprintf(stderr, "bench: %s: %s\n", folder, strerror(errno));
        return false;
    }
    work = path;
    return true;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"work", required_argument, NULL, 'w'}, {"quick", no_argument, NULL, 'q'},
        {"check", no_argument, NULL, 'c'},      {"rounds", required_argument, NULL, 'r'},
        {"only", required_argument, NULL, 'o'}, {0}};
    const char *folder = NULL;
    const char *only = NULL;
    bool must_hold = false;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'w')
            folder = optarg;
        else if (option == 'q')
            use_quick_sizes();
        else if (option == 'c')
            must_hold = true;
        else if (option == 'o')
            only = optarg;
        else if (option == 'r')
            fast_rounds = slow_rounds = (unsigned)strtoul(optarg, NULL, 10);
        else
            return usage();
    }
    if (!folder || fast_rounds == 0 || fast_rounds > CONTEST_MAX_ROUNDS)
        return usage();
    if (!enter_work(folder))
        return 3;
    if (!run_parts(only))
        return usage();
    return must_hold && !all_good ? EXIT_MISSED : 0;
}

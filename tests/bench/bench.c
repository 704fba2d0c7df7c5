/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench: muster against the limit and its peers, all measured in the same run, on the same inputs.
 *
 * bench --work FOLDER [--quick] [--check] [--rounds N] [--only PART]
 *   --quick   a few tests and rounds, to see that everything runs; its figures mean nothing and are not checked
 *   --check   exit status 8 when a floor is missed
 */
#include "bench.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { EXIT_MISSED = 8 };

static const struct sizes full = {.small = 1000,
                                  .large = 10000,
                                  .small_plugin = PLUGIN_1000,
                                  .large_plugin = PLUGIN_10000,
                                  .defer_plugin = DEFER_1000,
                                  .fixture_plugin = FIXTURE_1000,
                                  .http_plugin = HTTP_1000,
                                  .failing_plugin = FAILING_1000,
                                  .output_plugin = OUTPUT_1000,
                                  .attach_plugin = ATTACH_1000,
                                  .retry_plugin = RETRY_1000,
                                  .locks_plugin = LOCKS_10000,
                                  .locks = 10000,
                                  .locks_twin = PLUGIN_10000,
                                  .skewed_plugin = SKEWED_40,
                                  .skewed = 40,
                                  .copies = 1000,
                                  .memory_copies = 10,
                                  .kills = 10};
static const struct sizes quick = {.small = 40,
                                   .large = 80,
                                   .small_plugin = PLUGIN_40,
                                   .large_plugin = PLUGIN_80,
                                   .defer_plugin = DEFER_40,
                                   .fixture_plugin = FIXTURE_40,
                                   .http_plugin = HTTP_40,
                                   .failing_plugin = FAILING_40,
                                   .output_plugin = OUTPUT_40,
                                   .attach_plugin = ATTACH_40,
                                   .retry_plugin = RETRY_40,
                                   .locks_plugin = LOCKS_40,
                                   .locks = 40,
                                   .locks_twin = PLUGIN_40,
                                   .skewed_plugin = SKEWED_10,
                                   .skewed = 10,
                                   .copies = 4,
                                   .memory_copies = 2,
                                   .kills = 2};

const struct sizes *size = &full;
const char *work;
unsigned fast_rounds = 7;
unsigned slow_rounds = 3; /* for those that take many times as long as muster */
unsigned cold_rounds = 31;
bool is_quick;

/* ---- command line ---------------------------------------------------------------------------------- */

static const struct part {
    const char *name;
    void (*run)(void);
} parts[] = {{"cold", cold},       {"listing", listing}, {"throughput", throughput}, {"huge", huge},
             {"ledger", ledger},   {"costs", costs},     {"makespan", makespan},     {"evidence", evidence},
             {"secrets", secrets}, {"memory", memory},   {"latency", latency}};

static int usage(void)
{
    fprintf(stderr, "usage: bench --work FOLDER [--quick] [--check] [--rounds N] [--only PART]\n"
                    "parts: cold listing throughput huge ledger costs makespan evidence secrets memory latency\n");
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
    is_quick = true;
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
    return must_hold && !all_checks_held() ? EXIT_MISSED : 0;
}

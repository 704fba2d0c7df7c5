/* SPDX-License-Identifier: Apache-2.0 */
/* What `muster run` was asked to do. */
#ifndef MUSTER_CLI_RUN_OPTIONS_H
#define MUSTER_CLI_RUN_OPTIONS_H

#include "cli/debug.h"
#include "cli/prune.h"
#include "cli/scheduling.h"
#include "cli/select_options.h"
#include "evidence/recording.h"
#include "plan/shard.h"
#include "secrets/secrets.h"

enum no_tests { NO_TESTS_FAIL, NO_TESTS_PASS };

struct run_settings {
    struct selecting selecting;
    struct scheduling scheduling;
    struct debug debug;
    struct evidence_settings evidence;
    struct retention_rule keep;
    struct shard shard;
    int64_t jobs, grace_ns, cleanup_ns, seed;
    int containment;
    const char *coverage; /* the folder of objects, or ""; NULL: not asked for */
    struct option_list target, secret_sources, pass_env, thresholds;
    struct secrets *secrets; /* that were read from there, and those of the target file */
    int missed_warns;        /* bool */
    bool strict, exit_handlers, log_checks, skip_cleanup, keep_failed, cleanup_only;
    int no_tests; /* enum no_tests */
};

extern const struct option run_options[];
/* Whether the settings go together: EXIT_OK, or EXIT_USAGE after a complaint. */
int run_options_check(const struct verb *verb, const struct run_settings *s);
/* What --debug and sharing the terminal mean for the others. */
void run_options_settle(struct run_settings *s);
void run_settings_free(struct run_settings *s);

#endif

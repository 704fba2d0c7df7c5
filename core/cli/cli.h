/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: a file for each verb over the rooms below. Only here anything is printed: results to stdout,
 * complaints to stderr as "muster: sentence".
 */
#ifndef MUSTER_CLI_CLI_H
#define MUSTER_CLI_CLI_H

#include "base/err.h"
#include "config/options.h"

/* Exit statuses; docs/reference/exit-status.md has the order in which the worst wins. */
enum exit_status {
    EXIT_OK = 0,
    EXIT_FAILED = 1,      /* scenarios failed */
    EXIT_INTERRUPTED = 2, /* by a signal */
    EXIT_RUNNER = 3,      /* the runner itself failed */
    EXIT_USAGE = 4,       /* usage or configuration */
    EXIT_NOTHING = 5,     /* nothing was selected */
    EXIT_PLUGIN = 6,      /* a plugin could not be loaded */
    EXIT_LEFTOVERS = 7,   /* cleanup left something behind */
    EXIT_THRESHOLD = 8,   /* a threshold or baseline was missed */
};

struct verb {
    const char *name;
    const char *usage;   /* "run [OPTION]... [PATH|ID]..." */
    const char *summary; /* one line */
    const char *details; /* paragraphs for its --help, after the options; NULL: none */
    const struct option *options;
    int (*main)(const struct verb *verb, int argc, char **argv);
};

extern const struct verb verb_run, verb_list, verb_inspect, verb_verify, verb_report, verb_merge, verb_cleanup,
    verb_steps, verb_target, verb_config, verb_runs, verb_show, verb_compare, verb_explain, verb_replay, verb_flaky,
    verb_slow, verb_new, verb_doctor, verb_completion;
/* All, in the order of the help; ends with NULL. */
extern const struct verb *const cli_verbs[];

/* Parses the verb's options. True when the verb should go on; else *ret_status says how the program ends: after --help,
 * or after a complaint about usage. */
bool cli_options(const struct verb *verb, int argc, char **argv, void *settings, struct option_list *ret_operands,
                 int *ret_status);
/* "muster: <text>" to stderr. */
void cli_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same, with a hint at the verb's --help; returns EXIT_USAGE. */
int cli_usage(const struct verb *verb, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* For who waits for a bundle (struct bundle_wait). */
void cli_tell_of_bundle(int64_t elapsed_ns);
/* The status of what could not be had: EXIT_USAGE, since it was named wrongly, unless the system is at fault. */
int cli_usage_unless_system(int error);
/* Writes all to stdout. A failure never ends the program, which may be in the middle of cleaning up: nobody reads any
 * more (EPIPE) is no failure, and has no part in the exit status; any other is complained of once and makes it
 * EXIT_RUNNER. */
void cli_print(struct buf *text);
/* The same for programs: JSON. The other is for people, and breaks the commands of CI servers in it (base/ci_text.h).
 */
void cli_print_data(const struct buf *text);
/* The same for what was written in another way: 0 or a negative errno. */
void cli_note_output(int error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* muster cleanup: undoes what runs have left in their ledgers. For other verbs too. */
#ifndef MUSTER_CLI_VERB_CLEANUP_H
#define MUSTER_CLI_VERB_CLEANUP_H

#include "cli/configuring.h"
#include "config/options.h"

struct cleanup_settings {
    const char *out;
    struct option_list target, secret_sources, pass_env;
    struct secrets *secrets;
    int64_t cleanup_ns, grace_ns, load_timeout_ns;
    int containment;
    bool all, list;
    struct configuring configuring;
};

/* Cleans up one run (NULL: the latest), or all of them, as the settings say; the exit status. */
int cli_cleanup(const struct cleanup_settings *s, const char *run);

/* cleanup_run.c: cleans up the run in this folder. *ret_idle: there was nothing to be done, nor to be told of. */
int cleanup_run(const struct cleanup_settings *s, const char *path, bool *ret_idle);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trying what a target file says against the running platform. It is a run like any other, of the one scenario of the
 * plugin target-check.so (plugins/target_check): the runner itself speaks to no platform.
 */
#ifndef MUSTER_CLI_TARGET_TRY_H
#define MUSTER_CLI_TARGET_TRY_H

#include "config/options.h"
#include "discover/find.h"

struct target_try {
    const char *file;                         /* the target file */
    const char *out;                          /* --out; NULL: not given */
    const struct option_list *set;            /* --set, as given */
    const struct option_list *secret_sources; /* --secret, too */
    char *plugin;                             /* that has the target's fixture; malloc'd; NULL: none has to be set up */
};

/* Whether the target's values are given, by --set or by a fixture that was found; `f` has got the target, and may be
 * freed after it. False: *err says what is missing. */
bool target_try_prepare(struct target_try *try, const struct found *f, struct err *err);
/* Runs it; the exit status. */
int target_try_run(const struct target_try *try);
void target_try_free(struct target_try *try);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The target of a run: the file that --target names, or else the one that a plugin with fixtures ships, `testbed.so`
 * as `testbed.target.yaml` beside it. It is read when somebody needs it, and once. From the supervisor's thread.
 */
#ifndef MUSTER_DISCOVER_RUN_TARGET_H
#define MUSTER_DISCOVER_RUN_TARGET_H

#include "config/options.h"
#include "plan/catalogue.h"
#include "plan/target_info.h"
#include "tables/fetch.h"

struct run_target {
    const char *path;                 /* --target; NULL: not given */
    const struct option_list *values; /* --set; NULL: none */
    struct table_helper *helper;
    const struct catalogue *catalogue; /* whose plugins may ship one */
    struct arena arena;
    struct target_info info;
    bool looked, found; /* for a file, and read it */
    bool there;         /* the run has it: somebody asked for it */
};

/* select_options.target; `target` is a run_target. *ret_target is NULL where the run has none. -EINVAL: the file's
 * mistakes, or two plugins ship one; else as target_fetch(). */
int run_target_get(void *target, const struct target_info **ret_target, struct err *err);
/* What the run would have, if somebody asks for it: nobody has by this. NULL: nothing, or a file with mistakes. One
 * that was not found is looked for again, since more plugins may be found. */
const struct target_info *run_target_look(struct run_target *t);
/* The one that was got, or NULL. */
const struct target_info *run_target_known(const struct run_target *t);
/* The fixture that gives values which --set does not; NULL: none has to. */
const char *run_target_fixture(const struct run_target *t);
/* -EINVAL: a value that nothing sets, with its place; all of them, a line each. */
int run_target_check_values(const struct run_target *t, struct err *err);
void run_target_free(struct run_target *t);

#endif

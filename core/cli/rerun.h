/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --rerun failed[:RUN]: what a run still owes.
 *
 * A run that runs another one again names it in its log, so the runs form a chain. Of each case the newest run of the
 * chain that planned it has the word: what ended well there is done; what ended badly, was not run, or was never
 * planned is left. So repeating the command comes to an end, whatever is selected.
 */
#ifndef MUSTER_CLI_RERUN_H
#define MUSTER_CLI_RERUN_H

#include "base/err.h"
#include "base/mem.h"
#include "plan/idmap.h"
#include "plan/select.h"

struct rerun {
    struct arena arena;
    struct idmap ids; /* index into `cases` */
    struct rerun_case {
        uint32_t run; /* that has the word, counted from the newest */
        bool done;    /* with all its repetitions */
    } * cases;
    size_t n_cases, cap_cases;
    uint32_t n_runs;
    bool is_broken;     /* a run of the chain is gone, and what it had selected is not known */
    const char *run_id; /* of the newest run of the chain */
};

#define autorerun __attribute__((cleanup(rerun_free)))

/* Whether it is "failed" or "failed:RUN". */
bool rerun_is_valid(const char *what);
/* Reads the chain. RUN is a folder, a bundle, or the name of a run in the folder `out`, whose latest one is the
 * default. A run of the chain that is gone is a warning: what it knew counts as left. */
int rerun_open(struct rerun *r, const char *what, const char *out, struct err *err);
void rerun_free(struct rerun *r);
/* Takes out of the selection what is done, and what none of the runs had selected. How many are done. */
size_t rerun_apply(const struct rerun *r, struct selection *selection);

#endif

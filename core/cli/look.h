/* SPDX-License-Identifier: Apache-2.0 */
/* What verbs have in common that look into one past run: it is opened, what is meant is found, and it is printed. */
#ifndef MUSTER_CLI_LOOK_H
#define MUSTER_CLI_LOOK_H

#include "base/err.h"
#include "cli/named_place.h"
#include "report/show.h"

/* What is looked at. */
struct look {
    struct shown shown;
    const struct model_case *c;          /* NULL: the run */
    const struct model_attempt *attempt; /* NULL: the case has none */
    const struct model_step *step;       /* NULL: the case */
};

struct look_wish {
    const struct named_place *place;
    int64_t attempt; /* 0: the one that the verdict is from */
    bool is_data;    /* for programs: no CI server's commands are broken in it */
    /* Chooses a case where the place names a run alone; NULL: none has to be. */
    int (*choose)(const struct run_model *model, const struct model_case **ret_case, struct err *err);
    void (*render)(const struct look *look, struct buf *out); /* the same each time: it is called twice of a bundle */
};

/* EXIT_OK, or a status after a complaint. */
int look_at(const struct look_wish *wish);

#endif

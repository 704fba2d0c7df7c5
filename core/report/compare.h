/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two runs beside each other: what fails now and did not before, what does no more, what takes longer. Pure; both
 * models must outlive the result.
 */
#ifndef MUSTER_REPORT_COMPARE_H
#define MUSTER_REPORT_COMPARE_H

#include "base/json_out.h"
#include "report/model.h"
#include "report/style.h"

/* What became of a case. The first six are told apart by verdicts, and each case is one of them or none; slower and
 * faster come besides. */
enum change {
    CHANGE_BROKEN,  /* ended well before, and badly now */
    CHANGE_NEW_BAD, /* ends badly, and was not there before, or was not run */
    CHANGE_STILL,   /* badly both times */
    CHANGE_FIXED,   /* badly before, and well now */
    CHANGE_FLAKIER, /* passed at once before, and on a retry now; or needs more attempts for it */
    CHANGE_UNKNOWN, /* was run before, and is skipped or not run now */
    CHANGE_NEW,     /* is there now, and does not end badly */
    CHANGE_GONE,    /* was there before */
    CHANGE_SLOWER,  /* passed both times, and took longer as the rule has it */
    CHANGE_FASTER,  /* the other way round */
    CHANGE_N
};

/* Slower: at least `ratio` times as long, and `least_ns` more. The passing attempt's time counts. */
struct compare_rule {
    double ratio;
    int64_t least_ns;
};
#define COMPARE_RULE_DEFAULT                                                                                           \
    {                                                                                                                  \
        .ratio = 1.5, .least_ns = 100 * 1000000LL                                                                      \
    }

struct compared {
    const struct model_case *before, *after; /* one of them may be NULL */
    const char *cause_before;                /* of CHANGE_STILL, where it is another now; NULL: it is not */
};

struct comparison {
    const struct run_model *before, *after;
    struct compare_rule rule;
    struct change_list {
        struct compared *items; /* in the order of the later run; what is gone in that of the earlier */
        size_t n, cap;
    } of[CHANGE_N];
    struct arena arena;
};

void compare_runs(const struct run_model *before, const struct run_model *after, struct compare_rule rule,
                  struct comparison *ret_comparison);
void comparison_free(struct comparison *c);
/* Something fails now that did not before. */
bool comparison_is_worse(const struct comparison *c);
/* How long a case took that passed; -1: it did not. */
int64_t compare_time(const struct model_case *c);
/* "broken", "newlyFailing", "stillFailing", "fixed" ... */
const char *change_name(enum change change);

/* compare_text.c: for people, and for programs. */
void comparison_add(struct buf *out, const struct style *style, const struct comparison *c);
void comparison_json(struct json_out *j, const struct comparison *c);

#endif

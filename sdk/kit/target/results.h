/* SPDX-License-Identifier: Apache-2.0 */
/* Results: what a target file says of an answer, made into one object. Sends nothing. */
#ifndef MUSTER_KIT_TARGET_RESULTS_H
#define MUSTER_KIT_TARGET_RESULTS_H

#include "document.h"

#include <muster/kit/http.h>

struct reading {
    const struct scope *scope; /* what `value` is made of */
    json_t *body;              /* where pointers begin; NULL: the answer is no JSON */
    const struct m_http_reply *reply;
    int lenient; /* what is not there is left out: the details of a refusal */
    char fault[480];
};

/* A new object; NULL, and fault says what is missing or unknown, and where that is asked for. */
json_t *target_results_read(struct reading *r, const json_t *specs);
/* The same of one entry: NULL, and an empty fault: it is left out. */
json_t *target_results_read_one(struct reading *r, const char *name, const json_t *spec);

#endif

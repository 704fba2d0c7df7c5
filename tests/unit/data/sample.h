/* SPDX-License-Identifier: Apache-2.0 */
/* Step functions for the tests of checking and running, and a file of YAML checked against them. */
#ifndef MUSTER_UNIT_DATA_SAMPLE_H
#define MUSTER_UNIT_DATA_SAMPLE_H

#include "data/check.h"
#include "data/data.h"

struct sample {
    struct arena arena; /* of the tree */
    struct diagnostics diagnostics;
    struct library library;
    struct checked_file file;
    struct err err; /* all mistakes, as a user reads them */
};

/* The target of what is checked from now on, as JSON; NULL: there is none. */
extern const char *sample_target;

/* Checks the text, as a file x.yaml, against the sample's steps: those of "acme" (see sample.c), "say" of "other", and
 * those of "muster.target".
 * 0, or what diagnostics_end() said. */
int sample_check(struct sample *s, const char *yaml);
void sample_free(struct sample *s);

/* Calls one of the sample's steps, as a host does. */
int sample_call(struct muster_ctx *ctx, const struct muster_step *step, const char *const *texts, char **ret_text,
                struct err *err);
/* What the steps "say" were told since the last call, each with a blank behind it. */
const char *sample_said(void);

#endif

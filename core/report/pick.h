/* SPDX-License-Identifier: Apache-2.0 */
/* A case or a step of a run by what somebody has written of it. Pure. */
#ifndef MUSTER_REPORT_PICK_H
#define MUSTER_REPORT_PICK_H

#include "base/err.h"
#include "report/model.h"

/* The one case that the text names: its id, or anything that selects it and no other (plan/glob.h; a scenario's bare
 * name, too). -ENOENT: none, with the nearest one; -EINVAL: several, with the first of them. */
int pick_case(const struct run_model *model, const char *text, const struct model_case **ret_case, struct err *err);
/* "CASE", or "CASE/STEP": *ret_step points into the text, or is NULL. A case's id may have slashes itself. */
int pick_place(const struct run_model *model, const char *text, const struct model_case **ret_case,
               const char **ret_step, struct err *err);
/* A step by its number, its name, or its names from the outermost on ("refund > again"). */
int pick_step(const struct model_attempt *a, const char *text, const struct model_step **ret_step, struct err *err);

#endif

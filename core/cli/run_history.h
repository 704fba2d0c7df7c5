/* SPDX-License-Identifier: Apache-2.0 */
/* The history, for `muster run`: what it knows of the cases of a selection, and what it learns from a run. */
#ifndef MUSTER_CLI_RUN_HISTORY_H
#define MUSTER_CLI_RUN_HISTORY_H

#include "plan/order.h"
#include "report/model.h"

/* What is known of each case of the selection, malloc'd; NULL when nothing is. A failure is a warning. */
struct case_past *cli_history_read(const char *path, const struct selection *selection);
/* Remembers what ended, skipped cases apart. A failure is a warning. */
void cli_history_write(const char *path, const struct run_model *model);

#endif

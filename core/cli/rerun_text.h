/* SPDX-License-Identifier: Apache-2.0 */
/* The command that runs again what a past run, or one of its scenarios, was. */
#ifndef MUSTER_CLI_RERUN_TEXT_H
#define MUSTER_CLI_RERUN_TEXT_H

#include "base/buf.h"
#include "report/model.h"

/* The command of the run itself; nothing where the log lacks it. */
void rerun_text_add_command(struct buf *out, const struct run_model *model);
/* Nothing where nothing is left to be run again, or the run was not one of `muster run`. */
void rerun_text_add(struct buf *out, const struct run_model *model, const char *path);
void rerun_text_add_case(struct buf *out, const struct run_model *model, const struct model_case *c);

#endif

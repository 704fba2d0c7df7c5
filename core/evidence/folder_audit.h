/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the folders of attempts hold what their run has put there, and nothing else: a file that the run's events
 * don't account for was written by somebody else, and what was printed has to be there in its length.
 */
#ifndef MUSTER_EVIDENCE_FOLDER_AUDIT_H
#define MUSTER_EVIDENCE_FOLDER_AUDIT_H

#include "artifacts/collect.h"
#include "evidence/folder_watch.h"
#include "report/model.h"

/* Whether the files of a case stay: it has ended, and of a case with a bad attempt the others are kept, too. */
bool folder_audit_is_of(const struct model_case *c, enum artifacts_policy policy);
/* `dir`: the run's folder, when all attempts have ended. `changed` is told each thing, with its path in the folder. */
void folder_audit(int dir, const struct run_model *model, enum artifacts_policy policy, folder_changed changed,
                  void *data);
/* A file of which the run has written so much; none where that is nothing. */
void folder_audit_length(int dir, const char *name, int64_t bytes, folder_changed changed, void *data);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last look for secrets: at all files of a run's folder, before they become a bundle.
 *
 * What scenarios wrote as their artifacts nobody has looked at before: there a secret's bytes become asterisks, in
 * place. Anything else has been written without secrets; where one is found all the same, by a way that nobody thought
 * of, that is told, and the evidence must not be passed on.
 */
#ifndef MUSTER_EVIDENCE_FILES_HIDE_H
#define MUSTER_EVIDENCE_FILES_HIDE_H

#include "base/err.h"
#include "secrets/secrets.h"

#include <stdint.h>

/* -EPERM: there is one where none may be; the error names each file and secret. Else a negative errno. `ret_n_hidden`:
 * in how many artifacts something was overwritten. */
int files_hide(const struct secrets *secrets, int run_dir, int64_t *ret_n_hidden, struct err *err);

#endif

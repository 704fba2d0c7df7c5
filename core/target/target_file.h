/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target files: what each operation is on one platform (docs/reference/target.md).
 *
 * A file is read, checked as a whole, and becomes *canonical JSON*: every short form written out, every default filled
 * in, every entry with its place. Attempts are given that text, and the kit `target` acts by it; the runner itself
 * speaks no protocol. Beside it stands what the runner has to know: the operations with their arguments, the values
 * with whether something has to set them.
 *
 * No secret is in the text: a value that is marked as one has no default, and nothing that is marked takes a literal.
 *
 * Everything lives in the arena.
 */
#ifndef MUSTER_TARGET_TARGET_FILE_H
#define MUSTER_TARGET_TARGET_FILE_H

#include "data/diagnostics.h"
#include "plan/target_info.h"

enum { TARGET_JSON_MAX = 8 << 20 /* bytes of the canonical JSON */ };

/* Checks a text; `path` names the file in places and is what relative names of files are relative to. -EINVAL: *err has
 * every mistake, each in its own line with file, line and column. */
int target_parse(const char *path, const char *text, size_t len, struct arena *arena, struct target_info *ret_target,
                 struct err *err);
/* The same of a file. */
int target_read(const char *path, struct arena *arena, struct target_info *ret_target, struct err *err);

#endif

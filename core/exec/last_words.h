/* SPDX-License-Identifier: Apache-2.0 */
/* What a process that aborted printed last: assert(3), abort() in a library and a sanitizer say there why. */
#ifndef MUSTER_EXEC_LAST_WORDS_H
#define MUSTER_EXEC_LAST_WORDS_H

#include "base/buf.h"

/* Adds ": " and the last line with a visible character of the file `name` in `dir`, as long as it is a reasonable one;
 * nothing when there is none. */
void last_words_add(int dir, const char *name, struct buf *reason);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The command that runs what a run still owes, to be copied into a shell. */
#ifndef MUSTER_EVIDENCE_RERUN_COMMAND_H
#define MUSTER_EVIDENCE_RERUN_COMMAND_H

#include "base/buf.h"

#include <stdbool.h>

/* "muster run x.so -j4 --rerun PATH": the words of argv, quoted where a shell needs it, with another --rerun. Values of
 * --set are left to be filled in (shown_command.h). */
void rerun_command_add(char *const *argv, int argc, const char *path, struct buf *out);
/* A space and the word, quoted where a shell needs it. */
void rerun_command_add_word(struct buf *out, const char *word);
/* The command as it was. */
void rerun_command_add_words(char *const *argv, int argc, struct buf *out);
/* "muster run x.so -j4 acme.pay.refund": the words without ids of scenarios, and the id. `kept` says how many bytes of
 * a word stay: none of an id, the file of a place in one. */
void rerun_command_add_case(char *const *argv, int argc, size_t (*kept)(void *data, const char *word), void *data,
                            const char *id, struct buf *out);

#endif

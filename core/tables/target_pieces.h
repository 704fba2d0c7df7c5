/* SPDX-License-Identifier: Apache-2.0 */
/* How a target is told in pieces (msg_target): lists of texts with these places. */
#ifndef MUSTER_TABLES_TARGET_PIECES_H
#define MUSTER_TABLES_TARGET_PIECES_H

enum {
    TARGET_OPERATION_HEAD = 2, /* name, "safe" or ""; then of each argument: */
    TARGET_ARGUMENT_PARTS = 3, /* name, type, "required" or "" */
    TARGET_VALUE_PARTS = 4,    /* name, "default" or "", "secret" or "", file:line:column */
    TARGET_JSON_PIECE = 64 * 1024,
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What a terminal can show. */
#ifndef MUSTER_BASE_TERMINAL_H
#define MUSTER_BASE_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

struct terminal_size {
    size_t columns, rows;
};

struct terminal {
    struct terminal_size size;
    bool utf8; /* the user's locale says so */
};

/* How large it is now. One that does not know has what COLUMNS and LINES say, or 80 columns and 24 rows. False, and all
 * zero, when `fd` is no terminal: then nobody's columns are known, whatever COLUMNS says. */
bool terminal_size(int fd, struct terminal_size *ret);
/* All of it. Reads the locale: not for each redraw. */
bool terminal_look(int fd, struct terminal *ret);

#endif

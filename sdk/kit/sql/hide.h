/* SPDX-License-Identifier: Apache-2.0 */
/* Statements and values for a reader. Internal to the kit. */
#ifndef MUSTER_KIT_SQL_HIDE_H
#define MUSTER_KIT_SQL_HIDE_H

#include <stddef.h>

/* Takes secrets out of the text, in place: what follows PASSWORD as a literal, and what was given to m_secret(). It has
 * to be of malloc(), with a NUL behind it, and may move; NULL: out of memory. */
char *sql_hide(char *text);

#endif

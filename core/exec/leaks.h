/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an attempt left behind, and what becomes of its verdict: --leaks.
 *
 *   process  alive in its containment when it had ended; ended by then
 *   socket   what one of them listened on
 *   file     in its own temporary folder; only on request, since that folder is emptied in any case; and what can't be
 *            removed from it
 *
 * What is left is named in attempt.leaked events before the attempt's end.
 */
#ifndef MUSTER_EXEC_LEAKS_H
#define MUSTER_EXEC_LEAKS_H

#include <stdbool.h>

enum leaks_policy {
    LEAKS_DEFAULT, /* processes and sockets are named */
    LEAKS_WARN,    /* files too */
    LEAKS_FAIL,    /* the same, and a pass becomes failed */
    LEAKS_IGNORE,  /* ended without a word */
};

/* "warn", "fail", "ignore"; 0 or -EINVAL. */
int leaks_choose(const char *text, int *ret_choice);
/* Whether the monitor is to name what is in the temporary folder after each attempt. */
static inline bool leaks_name_files(enum leaks_policy policy)
{
    return policy == LEAKS_WARN || policy == LEAKS_FAIL;
}

#endif

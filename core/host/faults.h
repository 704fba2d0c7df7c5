/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first thing that fails in a function whose failures are no verdict on a scenario: a cleanup, a fixture's set-up.
 * It is told of in memory that this process shares with those that the function forks. So a check that failed in one
 * of these is known here when the function returns, if it waited for them.
 */
#ifndef MUSTER_HOST_FAULTS_H
#define MUSTER_HOST_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

/* From here on, and nothing has failed yet. 0, or a negative errno: then nothing is watched. */
int faults_watch(void);
/* What failed, and where; `actual` is added where it is short. NULL is "". False where nothing is watched, or not any
 * more: in a process that was forked by a function which has returned. */
bool faults_note(const char *file, uint32_t line, const char *what, const char *actual);
/* `pay.c:12: rows == 3 (it is 2)`, until the next faults_watch(). NULL: nothing has failed. */
const char *faults_first(void);
/* The function has returned. */
void faults_end(void);

#endif

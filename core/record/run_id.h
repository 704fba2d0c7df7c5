/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The name of a run, and of its folder: when it started, to the second, in UTC, and twelve hex digits,
 * 20261121-004529-c034d91b6a07.
 *
 * The digits are random; of a merged run they follow from the logs. Two runs of the same second meet with a chance of
 * one in 10^14; a folder that exists is never taken for one's own all the same.
 */
#ifndef MUSTER_RECORD_RUN_ID_H
#define MUSTER_RECORD_RUN_ID_H

#include <stdint.h>

enum { RUN_ID_RANDOM = 12, RUN_ID_SIZE = sizeof "YYYYMMDD-HHMMSS-" + RUN_ID_RANDOM };

void run_id_make(char ret_id[RUN_ID_SIZE]);
/* When the run of this name began, to the second; -EINVAL: it is no run's name. */
int run_id_parse(const char *id, int64_t *ret_real_ns);

#endif

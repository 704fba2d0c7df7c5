/* SPDX-License-Identifier: Apache-2.0 */
/* --threshold: bounds of the command line, held against those of the plugins before anything runs. */
#ifndef MUSTER_CLI_THRESHOLD_OPTIONS_H
#define MUSTER_CLI_THRESHOLD_OPTIONS_H

#include "cli/cli.h"
#include "plan/catalogue.h"

/* EXIT_OK, or EXIT_USAGE after a complaint: a text that is none, a unit that is not the metric's. */
int threshold_options_check(const struct verb *verb, const struct option_list *thresholds);
int threshold_options_fit(const struct verb *verb, const struct option_list *thresholds, const struct catalogue *c);
/* "warn", "fail". */
int threshold_choose_missed(const char *text, int *ret_choice);

#endif

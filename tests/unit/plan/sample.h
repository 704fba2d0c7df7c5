/* SPDX-License-Identifier: Apache-2.0 */
/* Catalogues for the tests of planning, written as tables; and cmocka with what it wants included first. */
#ifndef TESTS_PLAN_SAMPLE_H
#define TESTS_PLAN_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/catalogue.h"

#define autocatalogue __attribute__((cleanup(catalogue_free)))

/* Parses markers that stand in one line with ';' between them; a mistake fails the test. */
uint32_t sample_markers(struct arena *arena, const char *line, const struct marker **ret_markers);
/* Adds an empty plugin at the end; its path is "<name>.so". */
void sample_plugin(struct catalogue *c, const char *name);
/* Adds a scenario to the last plugin, for the test to change. Its line is its number. */
struct scenario_info *sample_scenario(struct catalogue *c, const char *name, const char *markers);
/* acme.payments and acme.users, admitted; see sample.c. */
void sample_catalogue(struct catalogue *c);
/* Fails the test unless the error is exactly this. */
void assert_err(const struct err *err, int code, const char *text);

#endif

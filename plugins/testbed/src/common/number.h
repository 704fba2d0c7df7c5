/* SPDX-License-Identifier: Apache-2.0 */
/* Whole numbers out of text: all of it, within bounds, or not at all. */
#ifndef TESTBED_NUMBER_H
#define TESTBED_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

bool number_parse(const char *text, int64_t lowest, int64_t highest, int64_t *ret_number);

#endif

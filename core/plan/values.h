/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of parameters: a type of the plugin interface, and the text that stands for a value of it. The supervisor asks
 * whether a text is one; a host turns it into the native value that a call passes. Pure, and the same in every locale.
 */
#ifndef MUSTER_PLAN_VALUES_H
#define MUSTER_PLAN_VALUES_H

#include "base/buf.h"
#include "base/err.h"
#include "plan/catalogue.h"

#include <stdint.h>

enum { VALUE_MAX = 16 * 1024 }; /* bytes of a text with its NUL: of what crosses the plugin interface */

/* A native value; text is borrowed. */
union value {
    int32_t i32; /* and bool: 0 or 1 */
    int64_t i64;
    uint64_t u64;
    double f64;
    const char *text; /* str and json */
};

/* The value that the text stands for. -EINVAL says what was expected. Of json only that it can be text (UTF-8, not
 * empty): whether it is JSON is for those to say who have a parser. */
int value_parse(enum value_type type, const char *text, union value *ret_value, struct err *err);
/* Whether the text is a value of the type, and below VALUE_MAX. */
int value_check(enum value_type type, const char *text, struct err *err);

#endif

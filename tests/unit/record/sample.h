/* SPDX-License-Identifier: Apache-2.0 */
/* Events to test with: every field of every type filled, through the field table. */
#ifndef TESTS_RECORD_SAMPLE_H
#define TESTS_RECORD_SAMPLE_H

#include "record/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Fills all fields of the type: strings with `text`, lists with two of it, integers with `number`. */
static inline struct event sample_event(enum event_type type, const char *text, int64_t number)
{
    static const char *items[2];
    items[0] = text;
    items[1] = "second";
    struct event e = {.type = type, .t_ns = number};
    const struct event_shape *shape = event_shape(type);
    for (size_t i = 0; i < shape->n_fields; i++) {
        char *at = (char *)&e + shape->fields[i].offset;
        switch (shape->fields[i].kind) {
        case FIELD_STRING:
            *(const char **)at = text;
            break;
        case FIELD_INT:
            *(int64_t *)at = number + (int64_t)i;
            break;
        case FIELD_BOOL:
            *(bool *)at = i % 2 == 0;
            break;
        case FIELD_NUMBER:
            *(double *)at = (double)number / 3;
            break;
        case FIELD_VERDICT:
            *(enum verdict *)at = VERDICT_TIMEOUT;
            break;
        case FIELD_LIST:
            *(struct string_list *)at = (struct string_list){items, 2};
            break;
        }
    }
    return e;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which fields each type of event has: the one table from which encoding, decoding and the check of the
 * documented schema follow. Constant data, readable from anywhere.
 */
#ifndef MUSTER_RECORD_FIELDS_H
#define MUSTER_RECORD_FIELDS_H

#include "record/event.h"

enum field_kind {
    FIELD_STRING,
    FIELD_INT,
    FIELD_BOOL,
    FIELD_NUMBER,  /* a double; what JSON has no number for is the string "NaN", "Infinity" or "-Infinity" */
    FIELD_VERDICT, /* a word */
    FIELD_LIST,    /* an array of strings */
};

struct event_field {
    const char *name;
    const char *key; /* `,"name":`, as a line has it */
    size_t key_len;
    enum field_kind kind;
    size_t offset; /* in struct event */
    bool later;    /* logs of older runners lack it */
};

struct event_shape {
    const char *type;
    size_t type_len;
    const struct event_field *fields;
    size_t n_fields;
};

/* NULL when `type` is out of range. */
const struct event_shape *event_shape(enum event_type type);
const char *field_kind_name(enum field_kind kind);

#endif

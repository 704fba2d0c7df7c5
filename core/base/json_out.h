/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON written as it is made. A document tree would hold a report of 100,000 cases in memory
 * twice; this holds one value. `struct json_out j = {&buf, false};`, then values, each with its key within an
 * object and with NULL within an array.
 */
#ifndef MUSTER_BASE_JSON_OUT_H
#define MUSTER_BASE_JSON_OUT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

struct json_out {
    struct buf *out;
    bool comma; /* a value stands before in the same object or array */
};

void json_open(struct json_out *j, const char *key, char bracket);
void json_close(struct json_out *j, char bracket);
void json_text(struct json_out *j, const char *key, const char *text);
/* The first `len` bytes of a text. */
void json_textn(struct json_out *j, const char *key, const char *text, size_t len);
/* The same, left out when empty. */
void json_text_if(struct json_out *j, const char *key, const char *text);
void json_int(struct json_out *j, const char *key, int64_t n);
/* The shortest text that reads back as the same double; not-a-number and infinities are null. */
void json_number(struct json_out *j, const char *key, double value);
void json_bool(struct json_out *j, const char *key, bool value);
/* A duration in milliseconds, to the microsecond. */
void json_ms(struct json_out *j, const char *key, int64_t ns);
/* Begins a new line; only for the eyes. */
void json_line(struct json_out *j);

#endif

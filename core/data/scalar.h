/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scalar of YAML stands for: by its tag, and without one by its looks (YAML 1.2's core schema). Numbers are
 * JSON's in the end, and stay as they are written where JSON can write them so. Pure.
 */
#ifndef MUSTER_DATA_SCALAR_H
#define MUSTER_DATA_SCALAR_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

enum scalar_kind { SCALAR_TEXT, SCALAR_NULL, SCALAR_TRUE, SCALAR_FALSE, SCALAR_INTEGER, SCALAR_DECIMAL };

/* A scalar as the parser has it. */
struct scalar_source {
    const char *tag; /* in full ("tag:yaml.org,2002:str"); NULL without one */
    size_t tag_len;
    bool plain; /* without quotes */
    const char *text;
    size_t len;
};

/* Appends what it stands for: the text, the number in JSON's grammar, the words null, true and false. Returns NULL, or
 * why it is nothing that can be told: a sentence, malloc'd. */
char *scalar_read(const struct scalar_source *from, struct buf *out, enum scalar_kind *ret_kind);
/* Why this tag can't stand before a list or a map; NULL when it can. malloc'd. */
char *scalar_collection_fault(const char *tag, size_t tag_len, bool is_map);
/* A plain text that is nothing: "", null and ~. */
bool scalar_looks_null(const char *text);

#endif

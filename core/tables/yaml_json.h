/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in YAML, as a JSON text. */
#ifndef MUSTER_TABLES_YAML_JSON_H
#define MUSTER_TABLES_YAML_JSON_H

#include "base/buf.h"
#include "tables/builder.h"

#include <libfyaml.h>

enum { YAML_DEPTH_MAX = 64 };

/* What JSON cannot say, and where it stands. */
struct yaml_fault {
    struct mark at; /* line 0: it is not known */
    char *text;     /* a sentence, malloc'd */
};

/* Appends the node as JSON without blanks: plain scalars by YAML 1.2's core schema, others as strings; aliases as what
 * they stand for. -E2BIG when it takes more than `most` bytes (so that no alias of aliases can fill the memory), -ELOOP
 * when it is nested deeper than YAML_DEPTH_MAX, -EINVAL with *ret_fault for what JSON cannot say. */
int yaml_to_json(struct fy_node *node, size_t most, struct buf *out, struct yaml_fault *ret_fault);

#endif

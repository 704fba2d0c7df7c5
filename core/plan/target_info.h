/* SPDX-License-Identifier: Apache-2.0 */
/* What the runner knows of a target file: constant once it was read. */
#ifndef MUSTER_PLAN_TARGET_INFO_H
#define MUSTER_PLAN_TARGET_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an operation takes. */
struct target_argument {
    const char *name, *type; /* str int float bool json */
    bool required;           /* else it is optional, or has a default */
};

struct target_operation {
    const char *name; /* "tenant.create" */
    bool safe;        /* may be tried for no other reason than to see whether it works */
    const struct target_argument *takes;
    uint32_t n_takes;
};

/* What requests are made of, and --set or a fixture gives. */
struct target_value {
    const char *name;
    bool has_default, secret;
    const char *at; /* file:line:column */
};

struct target_info {
    const char *path; /* of the file, as it was named */
    const char *name, *summary;
    const char *fixture; /* where values come from that --set does not give; "": none */
    const char *json;    /* canonical */
    const struct target_operation *operations;
    uint32_t n_operations;
    const struct target_value *values;
    uint32_t n_values;
};

#endif

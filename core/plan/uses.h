/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scenario or a fixture says that it uses:
 *
 *     testbed    acme.db    postgres(version=15, as=old)    tenant("${plan}")
 *
 * A fixture's name, the name of its plugin and a dot before it where several plugins have one of that name; arguments
 * by position or by name, written as markers write theirs; `as`, which is no argument, names it for the user. ${NAME}
 * stands for the value of a parameter of the user, $${ for a plain "${". All values are texts: 015 stays 015.
 *
 * Pure. Strings live in the arena that use_parse() was given.
 */
#ifndef MUSTER_PLAN_USES_H
#define MUSTER_PLAN_USES_H

#include "plan/catalogue.h"

struct use_arg {
    const char *key; /* NULL: by position */
    const char *value;
    const char *place; /* in the text, for errors */
};

struct use {
    const char *text;   /* as written */
    const char *plugin; /* NULL: any that has the fixture */
    const char *name;
    const char *alias; /* as=; else the name */
    const struct use_arg *args;
    uint32_t n_args;
};

/* What ${NAME} may stand for. */
struct use_values {
    const struct param_list *params;
    const char *const *values; /* in their order */
};

/* -EINVAL: *err names the column and shows a caret under it. */
int use_parse(const char *text, const struct use_values *values, struct arena *arena, struct use *ret_use,
              struct err *err);

#endif

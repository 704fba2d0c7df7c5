/* SPDX-License-Identifier: Apache-2.0 */
/* The text of an argument, checked against its parameter's type. Pure. */
#ifndef MUSTER_PLAN_ARGUMENT_H
#define MUSTER_PLAN_ARGUMENT_H

#include "plan/catalogue.h"

/* The value as it is told apart from others: 0x10 and 16 are one. -EINVAL: *err says what the type wants. */
int argument_check(const struct param_info *param, const char *text, struct arena *arena, const char **ret_text,
                   struct err *err);

#endif

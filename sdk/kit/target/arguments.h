/* SPDX-License-Identifier: Apache-2.0 */
/* What an author gives to an operation or a login, against what it takes. */
#ifndef MUSTER_KIT_TARGET_ARGUMENTS_H
#define MUSTER_KIT_TARGET_ARGUMENTS_H

#include "document.h"

/* A new object with what was given and the defaults, in the platform's words; secrets are hidden from now on. A mistake
 * ends the scenario as an error that names `what`, as "tenant.create". */
json_t *target_arguments_take(struct muster_ctx *t, const struct document *d, const char *what, const json_t *takes,
                              const struct m_arg *args);
/* As arguments that were given: a JSON object's members against what is taken. Takes `given`. */
json_t *target_arguments_take_json(struct muster_ctx *t, const struct document *d, const char *what,
                                   const json_t *takes, json_t *given);
/* An argument's value as JSON: a new one; NULL: none. */
json_t *target_arguments_value(const struct m_arg *a);

#endif

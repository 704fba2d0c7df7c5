/* SPDX-License-Identifier: Apache-2.0 */
/* The parameters of what runs: as arguments of a typed body, and by name (muster/ext/params.h). */
#include "host/params_ext.h"

#include "host/attempt_state.h"
#include "host/call.h"

#include <errno.h>
#include <muster/ext/params.h>
#include <string.h>

/* An order that does not fit is not followed: values would be another parameter's. */
static bool fits(void)
{
    return attempt.params && attempt.params->n == attempt.n_values;
}

void params_run_body(void)
{
    const struct plugin_entry *entry = attempt.entry;
    if (entry->run) {
        entry->run(&attempt.ctx);
        return;
    }
    autoerr struct err err = {0};
    union value nothing;
    if (!fits())
        err_set(&err, -EINVAL, "the runner sent %u values for %u parameters", attempt.n_values, entry->params.n);
    else if (call_function(entry->call, &attempt.ctx, attempt.params, attempt.values, MUSTER_TYPE_NONE, &nothing,
                           &err) == 0)
        return;
    attempt_blame(OUTCOME_ERROR, NULL, 0, err_text(&err));
}

static const char *params_value(struct muster_ctx *ctx, const char *name)
{
    (void)ctx;
    for (uint32_t i = 0; name && fits() && i < attempt.params->n; i++)
        if (strcmp(attempt.params->items[i].name, name) == 0)
            return attempt.values[i];
    return NULL;
}

const struct muster_ext_params ext_params = {.size = sizeof ext_params, .value = params_value};

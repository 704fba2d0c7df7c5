/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of step functions: a typed call between two texts. */
#include "host/step_call.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "host/call.h"

int step_call(struct muster_ctx *ctx, const struct muster_step *step, const char *const *texts, char **ret_text,
              struct err *err)
{
    struct plugin_params params = {0};
    while (step->params[params.n])
        params.n++;
    autofree struct plugin_param *items = xcalloc(params.n + 1, sizeof *items);
    for (uint32_t i = 0; i < params.n; i++)
        items[i] = (struct plugin_param){step->params[i]->type, step->params[i]->name};
    params.items = items;
    union value returned;
    int r = call_function(step->call, ctx, &params, texts, step->returns, &returned, err);
    if (r < 0 || step->returns == MUSTER_TYPE_NONE)
        return r;
    autobuf struct buf text = {0};
    call_value_text(step->returns, &returned, &text);
    *ret_text = buf_steal(&text);
    return 0;
}

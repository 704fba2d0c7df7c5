/* SPDX-License-Identifier: Apache-2.0 */
#include "provisioning/ask.h"

#include <stdio.h>
#include <stdlib.h>

static void answered(const struct outbound_answer *answer, void *payload)
{
    struct provisioning_run *p = payload;

    p->ask.call = NULL;
    p->ask.answered = true;
    p->ask.status = answer->error ? 0 : answer->status;
    p->ask.said = outbound_json(answer);
    snprintf(p->ask.error, sizeof p->ask.error, "%s", answer->error ? answer->error : "");
    p->wake(p);
}

enum step_result ask(struct provisioning_run *p, const struct outbound_request *request)
{
    ask_forget(p);
    p->ask.call = outbound_request(p->tb, request, answered, p);
    return p->ask.call ? STEP_WAIT : STEP_FAILED;
}

enum ask_state ask_state(const struct provisioning_run *p)
{
    return p->ask.call ? ASK_UNDER_WAY : p->ask.answered ? ASK_ANSWERED : ASK_NOTHING;
}

int ask_answer(struct provisioning_run *p, json_t **ret_said)
{
    int status = p->ask.status;

    if (status == 0)
        snprintf(p->why, sizeof p->why, "%s", p->ask.error);
    *ret_said = p->ask.said;
    p->ask.said = NULL;
    ask_forget(p);
    return status;
}

enum step_result ask_pause(struct provisioning_run *p, int64_t ms)
{
    p->pause_ms = ms;
    return STEP_WAIT;
}

void ask_forget(struct provisioning_run *p)
{
    outbound_cancel(p->ask.call);
    json_decref(p->ask.said);
    p->ask = (struct run_ask){0};
}

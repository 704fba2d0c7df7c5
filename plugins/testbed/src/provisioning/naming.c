/* SPDX-License-Identifier: Apache-2.0 */
#include "provisioning/naming.h"

#include "outbound/dns.h"

#include <stdio.h>
#include <string.h>

/* Where the gateway is: a name for everywhere is none. */
static const char *own_address(const struct testbed *tb)
{
    return strcmp(tb->opt.listen, "0.0.0.0") == 0 ? "127.0.0.1" : tb->opt.listen;
}

static void answered(const char *error, void *payload)
{
    struct provisioning_run *p = payload;

    p->naming.call = NULL;
    p->naming.answered = true;
    snprintf(p->naming.error, sizeof p->naming.error, "%s", error ? error : "");
    p->wake(p);
}

/* Called again for the answer. */
static enum step_result change(struct provisioning_run *p, bool set)
{
    const char *label = run_asked(p, "subdomain");

    if (!dns_is_used(p->tb))
        return STEP_DONE;
    if (p->naming.answered) {
        enum step_result result = p->naming.error[0] ? run_failed(p, "%s", p->naming.error) : STEP_DONE;
        naming_forget(p);
        return result;
    }
    if (!p->naming.call)
        p->naming.call =
            set ? dns_set(p->tb, label, own_address(p->tb), answered, p) : dns_drop(p->tb, label, answered, p);
    return p->naming.call ? STEP_WAIT : STEP_FAILED;
}

enum step_result naming_set(struct provisioning_run *p)
{
    return change(p, true);
}

enum step_result naming_drop(struct provisioning_run *p)
{
    return defect(p->tb, D_NAME_STAYS) ? STEP_DONE : change(p, false);
}

void naming_forget(struct provisioning_run *p)
{
    dns_cancel(p->naming.call);
    p->naming = (struct run_naming){0};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What a person reads who has interrupted a run. */
#include "exec/interruption.h"

#include "base/clock.h"
#include "base/wait_status.h"
#include "exec/slot_state.h"

#include <signal.h>

static void add_one(const struct slot *s, bool fixture, struct buf *out)
{
    const char *id = s->attempt.task.case_id;
    if (s->attempt.janitor)
        buf_addf(out, "the cleanups of %s", id);
    else if (fixture)
        buf_addf(out, "the tear-down of %s", id);
    else
        buf_addf(out, "%s and its cleanups", id);
}

/* Returns how many there are, the first few of them named. */
static unsigned add_all(const struct slot_shared *shared, unsigned attempts, struct buf *out)
{
    enum { NAMED = 5 };
    unsigned n = 0;
    for (unsigned k = 0; k < shared->n_slots; k++) {
        const struct slot *s = shared->slots[k];
        if (s->state == SLOT_IDLE)
            continue;
        if (n++ < NAMED) {
            buf_adds(out, n > 1 ? ", " : "");
            add_one(s, k >= attempts, out);
        }
    }
    if (n > NAMED)
        buf_addf(out, " and %u more", n - NAMED);
    return n;
}

void interruption_describe(const struct slot_shared *shared, unsigned attempts, int signo, bool again,
                           struct buf *ret_text)
{
    static const char behind[] =
        "the cleanups of a killed attempt still run, a killed cleanup is left to 'muster cleanup'";
    autobuf struct buf who = {0};
    unsigned n = add_all(shared, attempts, &who);
    buf_addf(ret_text, "%s%s: ", describe_signal(signo), again ? " again" : "");
    if (n == 0)
        buf_adds(ret_text, "nothing runs any more, reports are written");
    else if (again)
        buf_addf(ret_text, "killing what runs; %s (was waiting for %s)", behind, buf_str(&who));
    else
        buf_addf(ret_text, "waiting for %s; an attempt is killed after %.6g s. %s kills at once what runs: %s",
                 buf_str(&who), (double)shared->grace_ns / NS_PER_S, signo == SIGINT ? "^C again" : "A second signal",
                 behind);
}

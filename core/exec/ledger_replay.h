/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replay of a ledger: has janitors undo what a ledger still holds, newest first over all attempts, one at a time. It is
 * to `muster cleanup` what the runner is to `muster run`: the same slot, the same containment, no scenarios.
 */
#ifndef MUSTER_EXEC_LEDGER_REPLAY_H
#define MUSTER_EXEC_LEDGER_REPLAY_H

#include "base/loop.h"
#include "contain/contain.h"
#include "discover/hosts.h"
#include "exec/kept.h"
#include "record/event.h"
#include "record/ledger.h"
#include "slotdir/slotdir.h"

/* An entry to undo, and the plugin that can. */
struct replay_item {
    const struct ledger_item *item;
    uint32_t plugin; /* index in the catalogue */
};

struct replay_options {
    struct loop *loop;
    struct hosts *hosts;
    const struct zygote *zygote;
    const struct containment_set *containment;
    const struct catalogue *catalogue;
    const struct workspace *workspace;
    const struct kept *kept; /* services of the run that live on: cleanups are told what these published; or NULL */
    struct ledger *ledger;   /* settled in */
    const struct replay_item *items;
    size_t n_items; /* oldest first, as in the ledger */
    int64_t grace_ns, cleanup_ns;
    struct secrets *secrets; /* hidden in what cleanups print */
    struct event_sink sink;  /* what cleanups say: none of it goes to the run's log, which is closed */
    /* When an entry has been tried: `error` is "" when it was undone; `lacked` as in slot_owner.h. True: it is done
     * with all the same. */
    bool (*settled)(void *data, const struct ledger_item *item, const char *error, bool lacked);
    void *settled_data;
    int signals; /* base/signals.h: the first one ends it after the cleanup that runs, a second one at once; not owned
                  */
};

struct replay_result {
    bool interrupted;
    char *trouble; /* why a janitor could not run at all; NULL: it could. malloc'd */
};

/* What is done, and what is not, is in the ledger afterwards. */
void replay_run(const struct replay_options *options, struct replay_result *ret_result);

#endif

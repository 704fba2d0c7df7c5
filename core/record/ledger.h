/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger: what was created and not yet undone.
 *
 * An append-only file of a run, one JSON object a line, written with one write() each before the supervisor answers:
 *
 *     {"v":1,"op":"defer","id":7,"case":"acme.pay.refund","attempt":1,"plugin":"/p/pay.so","cleanup":"tenant.delete","payload":"t1"}
 *     {"v":1,"op":"done","id":7}
 *     {"v":1,"op":"failed","id":7,"error":"..."}
 *
 * What was deferred and has no "done" is still to be undone. The file is made with the first entry.
 */
#ifndef MUSTER_RECORD_LEDGER_H
#define MUSTER_RECORD_LEDGER_H

#include "base/err.h"

#include <stdint.h>

#define LEDGER_NAME "ledger.jsonl"

struct ledger {
    int dir;  /* the run's directory: not owned */
    int file; /* -1 until the first entry */
    uint64_t last_id;
};
#define LEDGER_INIT(dir_)                                                                                              \
    {                                                                                                                  \
        .dir = (dir_), .file = -1                                                                                      \
    }

struct ledger_entry {
    const char *case_id;
    uint32_t attempt;
    const char *plugin_path, *cleanup, *payload;
};

/* Written when it returns 0; *ret_id is the entry's number in the run. */
int ledger_defer(struct ledger *l, const struct ledger_entry *e, uint64_t *ret_id, struct err *err);
/* `error` is "" when it was undone. */
int ledger_settle(struct ledger *l, uint64_t id, const char *error, struct err *err);
void ledger_close(struct ledger *l);

#endif

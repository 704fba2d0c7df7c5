/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger: what was created and not yet undone.
 *
 * An append-only file of a run, one JSON object a line, written with one write() each before the supervisor answers,
 * and synced to the disk before that where a reboot has to be survived (record/durability.h):
 *
 *     {"v":1,"op":"defer","id":7,"case":"acme.pay.refund","attempt":1,"plugin":"/p/pay.so","cleanup":"tenant.delete","payload":"t1"}
 *     {"v":1,"op":"done","id":7}
 *     {"v":1,"op":"failed","id":7,"error":"..."}
 *
 * What was deferred and has no "done" is still to be undone. The file is made with the first entry. Only who has
 * lock of the run (record/run_lock.h) writes to it: the runner, then `muster cleanup`. Whoever may, reads.
 */
#ifndef MUSTER_RECORD_LEDGER_H
#define MUSTER_RECORD_LEDGER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "record/durability.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define LEDGER_NAME "ledger.jsonl"

struct ledger {
    int dir;  /* the run's directory: not owned */
    int file; /* -1 until the first entry */
    uint64_t last_id;
    uint64_t outstanding;   /* deferred by this writer and not done */
    off_t size;             /* of the file, in whole lines */
    off_t written;          /* of it, by this process */
    bool reachable;         /* the folders that lead to it were synced */
    durability_sync sync;   /* of each deferred line; NULL: the kernel has it, which outlives processes */
    char *path, *full_path; /* of the plugin that deferred last */
    struct buf line;        /* kept: one is written for each entry */
};
#define LEDGER_INIT(dir_)                                                                                              \
    {                                                                                                                  \
        .dir = (dir_), .file = -1                                                                                      \
    }

struct ledger_entry {
    const char *case_id;
    uint32_t attempt;
    const char *plugin_path, *cleanup, *payload; /* a relative path is written as an absolute one */
};

/* Written, and as durable as `sync` makes it, when it returns 0; *ret_id is the entry's number in the run. */
int ledger_defer(struct ledger *l, const struct ledger_entry *e, uint64_t *ret_id, struct err *err);
/* `error` is "" when it was undone. */
int ledger_settle(struct ledger *l, uint64_t id, const char *error, struct err *err);
void ledger_close(struct ledger *l);

/* An entry as it was read. Strings live as long as the struct ledger_read. */
struct ledger_item {
    uint64_t id;
    struct ledger_entry entry;
    bool done;
    const char *error; /* of its last try; "" when there was none */
};

/* A line that is none of ours. What it said is unknown: something may be left because of it. */
struct ledger_damage {
    size_t line; /* from 1 */
    const char *what;
};

struct ledger_read {
    struct ledger_item *items; /* by id: oldest first */
    size_t n, cap, n_outstanding;
    struct ledger_damage *damages;
    size_t n_damages, cap_damages;
    off_t whole;  /* bytes up to the end of the last whole line */
    off_t cut;    /* bytes behind it: a line that was being written when the runner died, and so was never answered */
    size_t lines; /* whole ones */
    struct arena arena;
};

/* Reads all that can be read. A missing file is an empty ledger; an error is one of reading the file. */
int ledger_read(int dir, struct ledger_read *ret_read, struct err *err);
/* The same of a ledger's text. */
void ledger_read_mem(const char *text, size_t len, struct ledger_read *ret_read);
void ledger_read_free(struct ledger_read *r);
/* Drops the cut last line, so that the next one doesn't become part of it. For who holds the run's lock. */
int ledger_drop_cut(int dir, struct ledger_read *r, struct err *err);

#endif

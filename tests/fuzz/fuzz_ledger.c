/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target for the ledger's reader, which `muster cleanup` acts upon. Each line counts: it is an entry, settles one,
 * or is named as damage. Entries stand by id, and none is lost; what was read is the same when the text comes in two
 * parts that end with a line.
 */
#include "record/ledger.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct ledger_read *r, size_t size)
{
    size_t outstanding = 0;
    if ((size_t)r->whole + (size_t)r->cut != size || r->n + r->n_damages > r->lines)
        abort();
    for (size_t i = 0; i < r->n; i++) {
        const struct ledger_item *item = &r->items[i];
        const struct ledger_entry *e = &item->entry;
        outstanding += !item->done;
        if (item->id == 0 || (i > 0 && item->id <= r->items[i - 1].id))
            abort();
        if (!e->case_id || !e->plugin_path || !e->cleanup || !e->payload || !item->error ||
            (item->done && *item->error))
            abort();
    }
    if (outstanding != r->n_outstanding)
        abort();
    for (size_t i = 0; i < r->n_damages; i++)
        if (r->damages[i].line == 0 || r->damages[i].line > r->lines || !*r->damages[i].what)
            abort();
}

/* Without its last whole line a ledger says the same of all entries but the one that the line is about. */
static void check_shorter(const char *text, const struct ledger_read *whole)
{
    if (whole->whole == 0)
        return;
    const char *before = memrchr(text, '\n', (size_t)whole->whole - 1);
    struct ledger_read r;
    ledger_read_mem(text, before ? (size_t)(before + 1 - text) : 0, &r);
    size_t differ = 0;
    for (size_t i = 0; i < r.n; i++)
        differ += r.items[i].id != whole->items[i].id || r.items[i].done != whole->items[i].done;
    if (r.lines + 1 != whole->lines || whole->n < r.n || whole->n > r.n + 1 || differ > 1)
        abort();
    ledger_read_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ledger_read r;
    ledger_read_mem((const char *)data, size, &r);
    check(&r, size);
    check_shorter((const char *)data, &r);
    ledger_read_free(&r);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger: what was created and not yet undone. */
#include "record/ledger.h"

#include "base/buf.h"
#include "base/io.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int append(struct ledger *l, const struct buf *line, struct err *err)
{
    if (l->file < 0)
        l->file = openat(l->dir, LEDGER_NAME, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    int r = l->file < 0 ? -errno : io_write_all(l->file, line->data, line->len);
    return r < 0 ? err_errno(err, r, "writing %s", LEDGER_NAME) : 0;
}

static void add_string(struct buf *out, const char *key, const char *value)
{
    buf_addf(out, ",\"%s\":", key);
    json_add_string(out, value, strlen(value));
}

int ledger_defer(struct ledger *l, const struct ledger_entry *e, uint64_t *ret_id, struct err *err)
{
    autobuf struct buf line = {0};
    uint64_t id = l->last_id + 1;
    buf_addf(&line, "{\"v\":1,\"op\":\"defer\",\"id\":%llu", (unsigned long long)id);
    add_string(&line, "case", e->case_id);
    buf_addf(&line, ",\"attempt\":%u", e->attempt);
    add_string(&line, "plugin", e->plugin_path);
    add_string(&line, "cleanup", e->cleanup);
    add_string(&line, "payload", e->payload);
    buf_adds(&line, "}\n");
    int r = append(l, &line, err);
    if (r < 0)
        return r;
    *ret_id = l->last_id = id;
    return 0;
}

int ledger_settle(struct ledger *l, uint64_t id, const char *error, struct err *err)
{
    autobuf struct buf line = {0};
    buf_addf(&line, "{\"v\":1,\"op\":\"%s\",\"id\":%llu", *error ? "failed" : "done", (unsigned long long)id);
    if (*error)
        add_string(&line, "error", error);
    buf_adds(&line, "}\n");
    return append(l, &line, err);
}

void ledger_close(struct ledger *l)
{
    if (l->file >= 0)
        close(l->file);
    l->file = -1;
}

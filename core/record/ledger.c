/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger's writer. */
#include "record/ledger.h"

#include "base/io.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_file(struct ledger *l)
{
    struct stat st;
    l->file = openat(l->dir, LEDGER_NAME, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (l->file < 0 || fstat(l->file, &st) < 0)
        return -errno;
    l->size = st.st_size;
    return 0;
}

static int append(struct ledger *l, const struct buf *line, struct err *err)
{
    int r = l->file < 0 ? open_file(l) : 0;
    if (r == 0)
        r = io_write_all(l->file, line->data, line->len);
    if (r == 0) {
        l->size += (off_t)line->len;
        return 0;
    }
    /* Half a line on a full disk would swallow the next one. */
    if (l->file >= 0 && ftruncate(l->file, l->size) < 0)
        return err_errno(err, -errno, "writing %s, and taking half a line back", LEDGER_NAME);
    return err_errno(err, r, "writing %s", LEDGER_NAME);
}

static void add_string(struct buf *out, const char *key, const char *value)
{
    buf_adds(out, key);
    json_add_string(out, value, strlen(value));
}

static struct buf *begin_line(struct ledger *l, const char *head, uint64_t id)
{
    buf_clear(&l->line);
    buf_adds(&l->line, head);
    buf_addu(&l->line, id);
    return &l->line;
}

/* A cleanup may run from another directory. */
static const char *full_path(struct ledger *l, const char *path)
{
    if (*path == '/')
        return path;
    if (l->path && strcmp(l->path, path) == 0)
        return l->full_path;
    char *cwd = get_current_dir_name();
    free(l->path);
    free(l->full_path);
    l->path = xstrdup(path);
    l->full_path = xasprintf("%s/%s", cwd ? cwd : ".", path);
    free(cwd);
    return l->full_path;
}

int ledger_defer(struct ledger *l, const struct ledger_entry *e, uint64_t *ret_id, struct err *err)
{
    uint64_t id = l->last_id + 1;
    struct buf *line = begin_line(l, "{\"v\":1,\"op\":\"defer\",\"id\":", id);
    add_string(line, ",\"case\":", e->case_id);
    buf_adds(line, ",\"attempt\":");
    buf_addu(line, e->attempt);
    add_string(line, ",\"plugin\":", full_path(l, e->plugin_path));
    add_string(line, ",\"cleanup\":", e->cleanup);
    add_string(line, ",\"payload\":", e->payload);
    buf_adds(line, "}\n");
    int r = append(l, line, err);
    if (r < 0)
        return r;
    *ret_id = l->last_id = id;
    l->outstanding++;
    return 0;
}

int ledger_settle(struct ledger *l, uint64_t id, const char *error, struct err *err)
{
    struct buf *line =
        begin_line(l, *error ? "{\"v\":1,\"op\":\"failed\",\"id\":" : "{\"v\":1,\"op\":\"done\",\"id\":", id);
    if (*error)
        add_string(line, ",\"error\":", error);
    buf_adds(line, "}\n");
    int r = append(l, line, err);
    if (r == 0 && !*error && l->outstanding > 0)
        l->outstanding--;
    return r;
}

void ledger_close(struct ledger *l)
{
    if (l->file >= 0)
        close(l->file);
    l->file = -1;
    free(l->path);
    free(l->full_path);
    l->path = l->full_path = NULL;
    buf_free(&l->line);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger's writer. */
#include "record/ledger.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/json_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_file(struct ledger *l)
{
    struct stat st;
    autoclose int file =
        openat(l->dir, LEDGER_NAME, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (file < 0 || fstat(file, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode)) /* a FIFO would take lines and lose them */
        return -EINVAL;
    l->file = steal_fd(&file);
    l->size = st.st_size;
    return 0;
}

/* Half a line on a full disk would swallow the next one, and one that is not where it must be was never acknowledged.
 */
static int take_back(struct ledger *l, int why, const char *what, struct err *err)
{
    if (ftruncate(l->file, l->size) < 0)
        return err_errno(err, -errno, "%s %s, and taking the line back", what, LEDGER_NAME);
    return err_errno(err, why, "%s %s", what, LEDGER_NAME);
}

static int append(struct ledger *l, struct err *err)
{
    int r = l->file < 0 ? open_file(l) : 0;
    if (r < 0)
        return err_errno(err, r, "writing %s", LEDGER_NAME);
    r = io_write_all(l->file, l->line.data, l->line.len);
    return r < 0 ? take_back(l, r, "writing", err) : 0;
}

/* The line first: a folder that leads to nothing promises nothing. */
static int make_durable(struct ledger *l, struct err *err)
{
    if (!l->sync)
        return 0;
    int r = l->sync(l->file);
    if (r == 0 && !l->reachable)
        r = durability_sync_folders(l->sync, l->dir);
    if (r < 0)
        return take_back(l, r, "writing to the disk", err);
    l->reachable = true;
    return 0;
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

/* {"v":1,"op":"defer","id":7 */
static struct json_out begin_line(struct ledger *l, const char *op, uint64_t id)
{
    buf_clear(&l->line);
    struct json_out j = {.out = &l->line};
    json_open(&j, NULL, '{');
    json_int(&j, "v", 1);
    json_text(&j, "op", op);
    json_int(&j, "id", (int64_t)id);
    return j;
}

static void end_line(struct json_out *j)
{
    json_close(j, '}');
    json_line(j);
}

int ledger_defer(struct ledger *l, const struct ledger_entry *e, uint64_t *ret_id, struct err *err)
{
    uint64_t id = l->last_id + 1;
    struct json_out j = begin_line(l, "defer", id);
    json_text(&j, "case", e->case_id);
    json_int(&j, "attempt", e->attempt);
    json_text(&j, "plugin", full_path(l, e->plugin_path));
    json_text(&j, "cleanup", e->cleanup);
    json_text(&j, "payload", e->payload);
    end_line(&j);
    int r = append(l, err);
    if (r == 0)
        r = make_durable(l, err);
    if (r < 0)
        return r;
    l->size += (off_t)l->line.len;
    l->written += (off_t)l->line.len;
    *ret_id = l->last_id = id;
    l->outstanding++;
    return 0;
}

int ledger_settle(struct ledger *l, uint64_t id, const char *error, struct err *err)
{
    struct json_out j = begin_line(l, *error ? "failed" : "done", id);
    json_text_if(&j, "error", error);
    end_line(&j);
    int r = append(l, err);
    if (r < 0)
        return r;
    l->size += (off_t)l->line.len;
    l->written += (off_t)l->line.len;
    if (!*error && l->outstanding > 0)
        l->outstanding--;
    return 0;
}

void ledger_close(struct ledger *l)
{
    close_fd(l->file);
    l->file = -1;
    free(l->path);
    free(l->full_path);
    l->path = l->full_path = NULL;
    buf_free(&l->line);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What a shard left, opened and verified. */
#include "evidence/shard_evidence.h"

#include "artifacts/tree.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/program.h"
#include "evidence/run_folder.h"
#include "evidence/spool.h"
#include "record/run_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_folder(struct shard_evidence *s, struct err *err)
{
    int r = run_folder_open(s->path, &s->dir, &s->log_fd, err);
    if (r < 0)
        return r;
    if (run_lock_is_held(s->dir))
        return err_set(err, -EBUSY, "%s: its runner is still at work", s->path);
    r = tree_list(s->dir, NULL, &s->files, err);
    return r < 0 ? err_prefix(err, "%s", s->path) : 0;
}

static int read_manifest(struct shard_evidence *s, struct err *err)
{
    autobuf struct buf text = {0};
    int r = bundle_read(s->bundle, MANIFEST_NAME, SIZE_MAX, &text, NULL, err);
    if (r == 0)
        r = manifest_parse(buf_str(&text), text.len, &s->files, err);
    return r < 0 ? err_prefix(err, "%s", s->path), r : 0;
}

static int open_bundle(struct shard_evidence *s, const char *room, bool *ret_failed_here, struct err *err)
{
    static const struct bundle_wanted wanted[] = {{.path = MANIFEST_NAME, .max_tail = INT64_MAX},
                                                  {.path = EVLOG_NAME, .max_tail = INT64_MAX},
                                                  {.path = LEDGER_NAME, .max_tail = INT64_MAX}};
    *ret_failed_here = true;
    s->log_fd = spool_open_in(room, err);
    if (s->log_fd < 0)
        return s->log_fd;
    autofree char *helper = helper_path("muster-bundle");
    const struct bundle_check_options options = {
        .container = true, .wanted = wanted, .n_wanted = ARRAY_LEN(wanted), .stream = s->log_fd, .folder = -1};
    int r = bundle_open(helper, s->path, &options, &s->bundle, err);
    *ret_failed_here = r != -ENOENT && r != -EINVAL && r != -EILSEQ;
    if (r < 0)
        return r;
    *ret_failed_here = false;
    r = read_manifest(s, err);
    if (r == 0 && !bundle_has(s->bundle, EVLOG_NAME))
        r = err_set(err, -EINVAL, "%s: the bundle has no file %s", s->path, EVLOG_NAME);
    return r;
}

int shard_evidence_open(struct shard_evidence *s, const char *path, const char *room, bool *ret_failed_here,
                        struct err *err)
{
    *s = (struct shard_evidence){.path = path, .dir = -1, .log_fd = -1};
    struct stat st;
    *ret_failed_here = false;
    if (stat(path, &st) < 0)
        return err_errno(err, -errno, "%s", path);
    return S_ISDIR(st.st_mode) ? open_folder(s, err) : open_bundle(s, room, ret_failed_here, err);
}

struct evlog_input shard_evidence_log(const struct shard_evidence *s)
{
    return s->bundle ? evlog_input_bundle(s->bundle) : evlog_input_file(&s->log_fd);
}

static int read_ledger(const struct shard_evidence *s, struct ledger_read *ret_read, struct err *err)
{
    if (!s->bundle)
        return ledger_read(s->dir, ret_read, err);
    *ret_read = (struct ledger_read){0};
    autobuf struct buf text = {0};
    if (!bundle_has(s->bundle, LEDGER_NAME))
        return 0;
    int r = bundle_read(s->bundle, LEDGER_NAME, SIZE_MAX, &text, NULL, err);
    if (r == 0)
        ledger_read_mem(buf_str(&text), text.len, ret_read);
    return r;
}

static int append_item(struct ledger *into, const struct ledger_item *item, struct err *err)
{
    uint64_t id;
    int r = ledger_defer(into, &item->entry, &id, err);
    if (r == 0 && (item->done || *item->error))
        r = ledger_settle(into, id, item->done ? "" : item->error, err);
    return r;
}

int shard_evidence_ledger(const struct shard_evidence *s, struct ledger *into, struct err *err)
{
    struct ledger_read read;
    int r = read_ledger(s, &read, err);
    if (r == 0 && read.n_damages > 0)
        r = err_set(err, -EILSEQ, "%s: line %zu: %s", LEDGER_NAME, read.damages[0].line, read.damages[0].what);
    for (size_t i = 0; r == 0 && i < read.n; i++)
        r = append_item(into, &read.items[i], err);
    ledger_read_free(&read);
    return r < 0 ? err_prefix(err, "%s", s->path) : 0;
}

void shard_evidence_close(struct shard_evidence *s)
{
    if (s->bundle)
        bundle_close(s->bundle);
    close_fd(s->dir);
    close_fd(s->log_fd);
    manifest_free(&s->files);
    s->bundle = NULL;
    s->dir = s->log_fd = -1;
}

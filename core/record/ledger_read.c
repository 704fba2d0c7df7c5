/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger's reader: trusts no line, and loses none. */
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "record/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void damage(struct ledger_read *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void damage(struct ledger_read *r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    autofree char *text = xvasprintf(fmt, ap);
    va_end(ap);
    GROW(r->damages, r->n_damages, r->cap_damages);
    r->damages[r->n_damages++] = (struct ledger_damage){r->lines, arena_strdup(&r->arena, text)};
}

static int by_id(const void *key, const void *item)
{
    uint64_t a = *(const uint64_t *)key, b = ((const struct ledger_item *)item)->id;
    return a < b ? -1 : a > b;
}

static struct ledger_item *find(const struct ledger_read *r, uint64_t id)
{
    return r->n ? bsearch(&id, r->items, r->n, sizeof *r->items, by_id) : NULL;
}

static const char *string_of(struct ledger_read *r, const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text ? arena_strdup(&r->arena, text) : NULL;
}

static void take_defer(struct ledger_read *r, const json_t *line, uint64_t id)
{
    const json_t *attempt = json_object_get(line, "attempt");
    const struct ledger_entry e = {.case_id = string_of(r, line, "case"),
                                   .attempt = (uint32_t)json_integer_value(attempt),
                                   .plugin_path = string_of(r, line, "plugin"),
                                   .cleanup = string_of(r, line, "cleanup"),
                                   .payload = string_of(r, line, "payload")};
    if (!e.case_id || !e.plugin_path || !e.cleanup || !e.payload || !json_is_integer(attempt) ||
        json_integer_value(attempt) < 0 || json_integer_value(attempt) > UINT32_MAX) {
        damage(r, "entry %" PRIu64 " lacks a field, or one has the wrong type", id);
        return;
    }
    if (r->n > 0 && id <= r->items[r->n - 1].id) {
        damage(r, "entry %" PRIu64 " comes after entry %" PRIu64, id, r->items[r->n - 1].id);
        return;
    }
    GROW(r->items, r->n, r->cap);
    r->items[r->n++] = (struct ledger_item){.id = id, .entry = e, .error = ""};
    r->n_outstanding++;
}

static void take_settled(struct ledger_read *r, const json_t *line, uint64_t id, bool done)
{
    struct ledger_item *item = find(r, id);
    if (!item) {
        damage(r, "entry %" PRIu64 " is settled but was never made", id);
        return;
    }
    if (item->done) /* for good, whatever is said of it later */
        return;
    const char *error = done ? "" : string_of(r, line, "error");
    item->error = error ? error : "it failed";
    item->done = done;
    r->n_outstanding -= done;
}

static void take_object(struct ledger_read *r, const json_t *line)
{
    const json_t *version = json_object_get(line, "v"), *id = json_object_get(line, "id");
    const char *op = json_string_value(json_object_get(line, "op"));
    if (!json_is_integer(version) || !op || !json_is_integer(id) || json_integer_value(id) <= 0)
        damage(r, "this is no line of a ledger");
    else if (json_integer_value(version) != 1)
        damage(r, "version %" JSON_INTEGER_FORMAT " of the ledger is not known: update muster",
               json_integer_value(version));
    else if (strcmp(op, "defer") == 0)
        take_defer(r, line, (uint64_t)json_integer_value(id));
    else if (strcmp(op, "done") == 0 || strcmp(op, "failed") == 0)
        take_settled(r, line, (uint64_t)json_integer_value(id), *op == 'd');
    else
        damage(r, "operation \"%s\" is not known: update muster", op);
}

static void take_line(struct ledger_read *r, const char *text, size_t len)
{
    r->lines++;
    json_error_t error;
    json_t *line = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (line)
        take_object(r, line);
    else
        damage(r, "this is no JSON: %s", error.text);
    json_decref(line);
}

void ledger_read_mem(const char *text, size_t len, struct ledger_read *ret_read)
{
    *ret_read = (struct ledger_read){0};
    const char *p = text, *end = text + len;
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        if (!newline)
            break;
        take_line(ret_read, p, (size_t)(newline - p));
        p = newline + 1;
    }
    ret_read->cut = end - p;
    ret_read->whole = (off_t)len - ret_read->cut;
}

int ledger_read(int dir, struct ledger_read *ret_read, struct err *err)
{
    *ret_read = (struct ledger_read){0};
    autobuf struct buf text = {0};
    autoclose int fd = openat(dir, LEDGER_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? 0 : err_errno(err, -errno, "%s", LEDGER_NAME);
    int r = io_read_fd(fd, SIZE_MAX, &text);
    if (r < 0)
        return err_errno(err, r, "%s", LEDGER_NAME);
    ledger_read_mem(buf_str(&text), text.len, ret_read);
    return 0;
}

void ledger_read_free(struct ledger_read *r)
{
    free(r->items);
    free(r->damages);
    arena_free(&r->arena);
    *r = (struct ledger_read){0};
}

int ledger_drop_cut(int dir, struct ledger_read *r, struct err *err)
{
    if (r->cut == 0)
        return 0;
    autoclose int fd = openat(dir, LEDGER_NAME, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || ftruncate(fd, r->whole) < 0)
        return err_errno(err, -errno, "%s", LEDGER_NAME);
    r->cut = 0;
    return 0;
}

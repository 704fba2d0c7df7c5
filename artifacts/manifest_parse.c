/* SPDX-License-Identifier: Apache-2.0 */
/* MANIFEST.json, read: strictly, since it decides what the rest of a bundle must be. */
#include "artifacts/manifest.h"

#include "base/cleanup.h"
#include "base/clock.h"

#include <jansson.h>
#include <string.h>

static void json_cleanup(json_t **j)
{
    json_decref(*j);
}
#define autojson __attribute__((cleanup(json_cleanup)))

static const char *string_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static bool is_sha256(const char *s)
{
    return s && strlen(s) == DIGEST_HEX - 1 && strspn(s, "0123456789abcdef") == DIGEST_HEX - 1;
}

static int from_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes of a "path" or a "path_hex", or NULL. */
static char *path_of(const json_t *entry)
{
    const char *path = string_of(entry, "path"), *hex = string_of(entry, "path_hex");
    if (path && !hex)
        return *path ? xstrdup(path) : NULL;
    if (!hex || path || !*hex || strlen(hex) % 2)
        return NULL;
    autofree char *bytes = xcalloc(strlen(hex) / 2 + 1, 1);
    for (size_t i = 0; hex[2 * i]; i++) {
        int high = from_hex(hex[2 * i]), low = from_hex(hex[2 * i + 1]);
        if (high < 0 || low < 0 || (high | low) == 0)
            return NULL;
        bytes[i] = (char)(high << 4 | low);
    }
    return steal_ptr(&bytes);
}

/* False: no list of extents as they may be. What follows from each other is checked by who writes it again. */
static bool parse_data(struct manifest *m, const json_t *list, int64_t size, struct extents *ret)
{
    size_t n = json_array_size(list), i;
    const json_t *pair;
    if (n == 0 || n > EXTENTS_MAX || m->format == BUNDLE_ZIP)
        return false;
    struct extent *items = arena_alloc(&m->strings, n * sizeof *items);
    int64_t end = -1, bytes = 0;
    json_array_foreach(list, i, pair)
    {
        int64_t offset = json_integer_value(json_array_get(pair, 0)),
                length = json_integer_value(json_array_get(pair, 1));
        if (offset <= end || length <= 0 || offset > size || length > size - offset)
            return false;
        items[i] = (struct extent){offset, length};
        end = offset + length;
        bytes += length;
    }
    *ret = (struct extents){items, n, bytes};
    return bytes < size;
}

static int parse_file(struct manifest *m, size_t at, const json_t *entry, struct err *err)
{
    autofree char *path = path_of(entry);
    const char *sha256 = string_of(entry, "sha256");
    const json_t *size = json_object_get(entry, "size");
    if (!path || !is_sha256(sha256) || !json_is_integer(size) || json_integer_value(size) < 0 ||
        json_integer_value(size) > manifest_size_max)
        return err_set(err, -EINVAL, "files[%zu] has no proper path, size and sha256", at);
    if (m->n_files > 0 && strcmp(m->files[m->n_files - 1].path, path) >= 0)
        return err_set(err, -EINVAL, "files[%zu] is out of order or listed twice", at);
    const json_t *data = json_object_get(entry, "data");
    struct extents extents = {0};
    bool is_log = strcmp(path, "events.jsonl") == 0; /* its lines are read from a pipe as they come */
    if (data && (is_log || !parse_data(m, data, json_integer_value(size), &extents)))
        return err_set(err, -EINVAL, "files[%zu] has no proper data", at);
    struct manifest_file *f = manifest_add_file(m, path);
    f->size = json_integer_value(size);
    f->data = extents;
    memcpy(f->sha256, sha256, DIGEST_HEX);
    return 0;
}

static int parse_omitted(struct manifest *m, size_t at, const json_t *entry, struct err *err)
{
    autofree char *path = path_of(entry);
    const char *kind = string_of(entry, "kind");
    if (!path || !kind)
        return err_set(err, -EINVAL, "omitted[%zu] has no proper path and kind", at);
    manifest_add_omitted(m, path, arena_strdup(&m->strings, kind));
    return 0;
}

static int parse_lists(struct manifest *m, const json_t *root, struct err *err)
{
    const json_t *files = json_object_get(root, "files"), *omitted = json_object_get(root, "omitted");
    if (!json_is_array(files) || !json_is_array(omitted))
        return err_set(err, -EINVAL, "\"files\" and \"omitted\" must be arrays");
    size_t i;
    const json_t *entry;
    json_array_foreach(files, i, entry)
    {
        int r = parse_file(m, i, entry, err);
        if (r < 0)
            return r;
    }
    json_array_foreach(omitted, i, entry)
    {
        int r = parse_omitted(m, i, entry, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static int parse_head(struct manifest *m, const json_t *root, struct err *err)
{
    const json_t *version = json_object_get(root, "version"), *writer = json_object_get(root, "writer");
    if (!json_is_integer(version) || json_integer_value(version) < 1)
        return err_set(err, -EINVAL, "it has no \"version\"");
    if (json_integer_value(version) > MANIFEST_VERSION_SPARSE)
        return err_set(err, -EINVAL, "its version is %lld, this muster reads versions up to %d",
                       (long long)json_integer_value(version), MANIFEST_VERSION_SPARSE);
    const char *run = string_of(root, "run"), *created = string_of(root, "created");
    const char *format = string_of(root, "format"), *head = string_of(root, "head");
    const char *archiver = string_of(writer, "archiver"), *compressor = string_of(writer, "compressor");
    int64_t created_ns;
    if (!run || !archiver || !compressor || !head || (*head && !is_sha256(head)))
        return err_set(err, -EINVAL, "it has no proper \"run\", \"head\" and \"writer\"");
    /* The years that nanoseconds since 1970 can count in 64 bits. */
    if (!created || strncmp(created, "1970", 4) < 0 || strncmp(created, "2261", 4) > 0 ||
        clock_parse_rfc3339(created, &created_ns) < 0)
        return err_set(err, -EINVAL, "it has no proper \"created\"");
    if (!format || bundle_format_parse(format, &m->format) < 0)
        return err_set(err, -EINVAL, "it has no proper \"format\"");
    m->run = arena_strdup(&m->strings, run);
    m->head = arena_strdup(&m->strings, head);
    m->archiver = arena_strdup(&m->strings, archiver);
    m->compressor = arena_strdup(&m->strings, compressor);
    m->created = created_ns / NS_PER_S;
    return 0;
}

/* Whatever the fields above leave open (white space, further members, another spelling, the seal) shows here. */
static int check_spelling(const struct manifest *m, const char *text, size_t len, struct err *err)
{
    autobuf struct buf again = {0};
    manifest_render(m, &again);
    if (again.len == len && memcmp(again.data, text, len) == 0)
        return 0;
    size_t at = 0, line = 1;
    while (at < len && at < again.len && again.data[at] == text[at])
        line += text[at++] == '\n';
    return err_set(err, -EINVAL, "it was changed: line %zu is not as its writer leaves it, or the seal is another's",
                   line);
}

int manifest_parse(const char *text, size_t len, struct manifest *ret, struct err *err)
{
    json_error_t at;
    autojson json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &at);
    if (!root)
        return err_set(err, -EINVAL, "line %d, column %d: %s", at.line, at.column, at.text);
    automanifest struct manifest m = {0};
    int r = parse_head(&m, root, err);
    if (r == 0)
        r = parse_lists(&m, root, err);
    if (r == 0)
        r = check_spelling(&m, text, len, err);
    if (r < 0)
        return r;
    *ret = m;
    m = (struct manifest){0};
    return 0;
}

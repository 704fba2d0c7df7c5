/* SPDX-License-Identifier: Apache-2.0 */
/* MANIFEST.json, written. */
#include "artifacts/manifest.h"

#include "base/clock.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

void manifest_free(struct manifest *m)
{
    free(m->files);
    free(m->omitted);
    arena_free(&m->strings);
    *m = (struct manifest){0};
}

struct manifest_file *manifest_add_file(struct manifest *m, const char *path)
{
    GROW(m->files, m->n_files, m->cap_files);
    struct manifest_file *f = &m->files[m->n_files++];
    *f = (struct manifest_file){.path = arena_strdup(&m->strings, path)};
    return f;
}

void manifest_add_omitted(struct manifest *m, const char *path, const char *kind)
{
    GROW(m->omitted, m->n_omitted, m->cap_omitted);
    m->omitted[m->n_omitted++] = (struct manifest_omitted){arena_strdup(&m->strings, path), kind};
}

static void add_field(struct buf *out, const char *name, const char *value)
{
    buf_addf(out, "\"%s\":", name);
    json_add_string(out, value, strlen(value));
}

/* JSON holds UTF-8 only, and a replaced byte could not be found again: such a path is written in hex. */
static void add_path(struct buf *out, const char *path)
{
    if (utf8_valid(path, strlen(path))) {
        add_field(out, "path", path);
        return;
    }
    buf_adds(out, "\"path_hex\":\"");
    for (const char *p = path; *p; p++)
        buf_addf(out, "%02x", (unsigned char)*p);
    buf_addc(out, '"');
}

static bool has_sparse(const struct manifest *m)
{
    for (size_t i = 0; i < m->n_files; i++)
        if (m->files[i].data.n > 0)
            return true;
    return false;
}

static void add_data(struct buf *out, const struct extents *data)
{
    for (size_t i = 0; i < data->n; i++)
        buf_addf(out, "%s[%lld,%lld]", i ? "," : ",\"data\":[", (long long)data->items[i].offset,
                 (long long)data->items[i].length);
    if (data->n > 0)
        buf_addc(out, ']');
}

static void add_head(const struct manifest *m, struct buf *out)
{
    char created[32];
    clock_rfc3339(m->created * NS_PER_S, created, sizeof created);
    buf_addf(out, "{\"version\":%d,\n", has_sparse(m) ? MANIFEST_VERSION_SPARSE : MANIFEST_VERSION);
    add_field(out, "run", m->run);
    buf_adds(out, ",\n");
    add_field(out, "created", created);
    buf_adds(out, ",\n");
    add_field(out, "format", bundle_format_name(m->format));
    buf_adds(out, ",\n");
    add_field(out, "head", m->head);
    buf_adds(out, ",\n\"writer\":{");
    add_field(out, "archiver", m->archiver);
    buf_addc(out, ',');
    add_field(out, "compressor", m->compressor);
    buf_adds(out, "},\n");
}

static void add_seal(struct buf *out, size_t start)
{
    char hex[DIGEST_HEX];
    autodigest struct digest *d = digest_new();
    digest_add(d, out->data + start, out->len - start);
    digest_end(d, hex);
    buf_addf(out, "\"seal\":\"%s\"}\n", hex);
}

void manifest_render(const struct manifest *m, struct buf *out)
{
    size_t start = out->len;
    add_head(m, out);
    buf_adds(out, "\"files\":[");
    for (size_t i = 0; i < m->n_files; i++) {
        buf_adds(out, i ? ",\n{" : "\n{");
        add_path(out, m->files[i].path);
        buf_addf(out, ",\"size\":%lld", (long long)m->files[i].size);
        add_data(out, &m->files[i].data);
        buf_addf(out, ",\"sha256\":\"%s\"}", m->files[i].sha256);
    }
    buf_adds(out, "],\n\"omitted\":[");
    for (size_t i = 0; i < m->n_omitted; i++) {
        buf_adds(out, i ? ",\n{" : "\n{");
        add_path(out, m->omitted[i].path);
        buf_addc(out, ',');
        add_field(out, "kind", m->omitted[i].kind);
        buf_addc(out, '}');
    }
    buf_adds(out, "],\n");
    add_seal(out, start);
}

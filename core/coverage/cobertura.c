/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that were run, as Cobertura's XML. */
#include "coverage/cobertura.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "report/xml_writer.h"

#include <string.h>

struct line_counts lcov_counts(const struct lcov *l)
{
    struct line_counts sum = {0};
    for (size_t i = 0; i < l->n; i++) {
        sum.lines += l->files[i].n;
        sum.covered += l->files[i].n_covered;
    }
    return sum;
}

static void add_rates(struct xml_writer *xml, struct line_counts n)
{
    xml_attributef(xml, "line-rate", "%.6g", n.lines ? (double)n.covered / (double)n.lines : 0);
    xml_attribute(xml, "branch-rate", "0");
    xml_attribute(xml, "complexity", "0");
}

static const char *below(const char *path, const char *root)
{
    size_t n = strlen(root);
    return strncmp(path, root, n) == 0 && path[n] == '/' ? path + n + 1 : path;
}

static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) : 0;
}

static bool is_beside(const char *a, const char *b)
{
    size_t n = folder_length(a);
    return n == folder_length(b) && memcmp(a, b, n) == 0;
}

static void add_file(struct xml_writer *xml, const struct lcov_file *f, const char *root)
{
    const char *path = below(f->path, root), *slash = strrchr(path, '/');
    xml_start(xml, "class");
    xml_attribute(xml, "name", slash ? slash + 1 : path);
    xml_attribute(xml, "filename", path);
    add_rates(xml, (struct line_counts){f->n, f->n_covered});
    xml_start(xml, "methods");
    xml_end(xml);
    xml_start(xml, "lines");
    for (size_t i = 0; i < f->n; i++) {
        xml_start(xml, "line");
        xml_attributef(xml, "number", "%llu", (unsigned long long)f->lines[i].number);
        xml_attributef(xml, "hits", "%llu", (unsigned long long)f->lines[i].hits);
        xml_end(xml);
    }
    xml_end(xml);
    xml_end(xml);
}

/* The files of one folder stand side by side, as LLVM sorts them. Returns how many they are. */
static size_t add_package(struct xml_writer *xml, const struct lcov *l, size_t from, const char *root)
{
    size_t n = 0;
    while (from + n < l->n && is_beside(l->files[from].path, l->files[from + n].path))
        n++;
    const struct lcov some = {.files = l->files + from, .n = n};
    const char *path = below(l->files[from].path, root);
    autofree char *name = xstrndup(path, folder_length(path));
    xml_start(xml, "package");
    xml_attribute(xml, "name", name);
    add_rates(xml, lcov_counts(&some));
    xml_start(xml, "classes");
    for (size_t i = 0; i < n; i++)
        add_file(xml, &some.files[i], root);
    xml_end(xml);
    xml_end(xml);
    return n;
}

static void add_head(struct xml_writer *xml, const struct lcov *l, const char *root, int64_t now)
{
    struct line_counts n = lcov_counts(l);
    add_rates(xml, n);
    xml_attributef(xml, "lines-covered", "%zu", n.covered);
    xml_attributef(xml, "lines-valid", "%zu", n.lines);
    xml_attribute(xml, "branches-covered", "0");
    xml_attribute(xml, "branches-valid", "0");
    xml_attributef(xml, "timestamp", "%lld", (long long)now);
    xml_attribute(xml, "version", "muster");
    xml_start(xml, "sources");
    xml_start(xml, "source");
    xml_text(xml, root, strlen(root));
    xml_end(xml);
    xml_end(xml);
}

int cobertura_write(const struct lcov *l, const char *root, int64_t now, struct output *out, struct err *err)
{
    struct xml_writer *xml;
    int r = xml_begin(out, &xml, err);
    if (r < 0)
        return r;
    xml_start(xml, "coverage");
    add_head(xml, l, root, now);
    xml_start(xml, "packages");
    for (size_t i = 0; i < l->n;) {
        i += add_package(xml, l, i, root);
        xml_flush(xml);
        output_step(out);
    }
    xml_end(xml);
    xml_end(xml);
    xml_finish(xml);
    r = output_flush(out);
    return r < 0 ? err_errno(err, r, "writing the XML") : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What `llvm-cov export -format=lcov` says of lines. */
#include "coverage/lcov.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <string.h>

static void begin_file(struct lcov *l, const char *path, size_t len)
{
    GROW(l->files, l->n, l->cap);
    l->files[l->n++] = (struct lcov_file){.path = xstrndup(path, len)};
}

/* "12,3": line 12 was run 3 times. */
static void add_line(struct lcov_file *f, const char *text)
{
    char *end;
    struct lcov_line line = {.number = strtoull(text, &end, 10)};
    if (*end != ',')
        return;
    line.hits = strtoull(end + 1, NULL, 10);
    GROW(f->lines, f->n, f->cap);
    f->lines[f->n++] = line;
    f->n_covered += line.hits > 0;
}

static void take(struct lcov *l, const char *line, size_t len)
{
    if (strncmp(line, "SF:", 3) == 0)
        begin_file(l, line + 3, len - 3);
    else if (strncmp(line, "DA:", 3) == 0 && l->n > 0)
        add_line(&l->files[l->n - 1], line + 3);
}

void lcov_parse(const char *text, size_t len, struct lcov *ret)
{
    *ret = (struct lcov){0};
    autofree char *copy = xstrndup(text, len);
    for (char *p = copy, *next; *p; p = next) {
        size_t n = strcspn(p, "\n");
        next = p + n + (p[n] == '\n');
        p[n] = '\0';
        take(ret, p, n);
    }
}

void lcov_free(struct lcov *l)
{
    for (size_t i = 0; i < l->n; i++) {
        free(l->files[i].path);
        free(l->files[i].lines);
    }
    free(l->files);
    *l = (struct lcov){0};
}

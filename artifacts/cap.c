/* SPDX-License-Identifier: Apache-2.0 */
/* The cap of an attempt's artifacts. */
#include "artifacts/cap.h"

#include "artifacts/collect.h"
#include "artifacts/tree.h"
#include "base/cleanup.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_files(const char *component, size_t len)
{
    static const char plain[] = ARTIFACT_FILES, numbered[] = ARTIFACT_FILES "-";
    return (len == strlen(plain) && memcmp(component, plain, len) == 0) ||
           (len > strlen(numbered) && memcmp(component, numbered, strlen(numbered)) == 0);
}

/* The length of "cases/<case>/attempt-N/" or "fixtures/<instance>/[start-N/]", of an artifact; 0 for another file. */
static size_t folder_of_artifact(const char *path)
{
    bool fixture = strncmp(path, "fixtures/", strlen("fixtures/")) == 0;
    if (!fixture && strncmp(path, "cases/", strlen("cases/")) != 0)
        return 0;
    const char *p = path;
    for (int i = 0; i <= 3; i++) {
        size_t len = strcspn(p, "/");
        if (!p[len])
            return 0;
        if (is_files(p, len) && i >= (fixture ? 2 : 3))
            return (size_t)(p - path);
        p += len + 1;
    }
    return 0;
}

static int64_t size_of(int dirfd, const char *path, enum bundle_format format)
{
    autoclose int fd = tree_open(dirfd, path);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return 0;
    if (st.st_size > manifest_size_max)
        return INT64_MAX;
    struct arena arena = {0};
    struct extents data = {0};
    if (format != BUNDLE_ZIP)
        extents_of_file(fd, &arena, &data);
    arena_free(&arena);
    return data.n > 0 ? data.bytes : (int64_t)st.st_size;
}

static int compare_omitted(const void *a, const void *b)
{
    return strcmp(((const struct manifest_omitted *)a)->path, ((const struct manifest_omitted *)b)->path);
}

void cap_apply(int run_dirfd, int64_t cap, struct manifest *m)
{
    const char *folder = "";
    size_t folder_len = 0, kept = 0;
    int64_t used = 0;
    for (size_t i = 0; i < m->n_files; i++) {
        const char *path = m->files[i].path;
        size_t len = folder_of_artifact(path);
        if (len > 0 && (len != folder_len || memcmp(path, folder, len) != 0)) {
            folder = path;
            folder_len = len;
            used = 0;
        }
        int64_t size = len > 0 ? size_of(run_dirfd, path, m->format) : 0;
        if (size > cap - used || size == INT64_MAX) {
            manifest_add_omitted(m, path, CAP_OMITTED);
            continue;
        }
        used += size;
        m->files[kept++] = m->files[i];
    }
    m->n_files = kept;
    if (m->n_omitted > 0)
        qsort(m->omitted, m->n_omitted, sizeof *m->omitted, compare_omitted);
}

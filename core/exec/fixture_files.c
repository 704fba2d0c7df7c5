/* SPDX-License-Identifier: Apache-2.0 */
/* Logs in a fixture's artifacts folder. */
#include "exec/fixture_files.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENTRIES_MOST = 1000 };

static bool is_log(const char *name)
{
    size_t n = strlen(name);
    return *name != '.' && n > 4 && strcmp(name + n - 4, ".log") == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct fixture_file *)a)->name, ((const struct fixture_file *)b)->name);
}

void fixture_files_list(int dir, struct fixture_files *ret_files)
{
    *ret_files = (struct fixture_files){0};
    autoclose int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    autoclosedir DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    if (!entries)
        return;
    steal_fd(&fd);
    struct dirent *e;
    for (int left = ENTRIES_MOST; left > 0 && ret_files->n < FIXTURE_FILES_MOST && (e = readdir(entries)); left--) {
        struct stat st;
        if (!is_log(e->d_name) || fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
            continue;
        GROW(ret_files->items, ret_files->n, ret_files->cap);
        ret_files->items[ret_files->n++] = (struct fixture_file){xstrdup(e->d_name), (uint64_t)st.st_size};
    }
    if (ret_files->n > 1)
        qsort(ret_files->items, ret_files->n, sizeof *ret_files->items, by_name);
}

uint64_t fixture_files_size(const struct fixture_files *files, const char *name)
{
    for (size_t i = 0; i < files->n; i++)
        if (strcmp(files->items[i].name, name) == 0)
            return files->items[i].size;
    return 0;
}

void fixture_files_free(struct fixture_files *files)
{
    for (size_t i = 0; i < files->n; i++)
        free(files->items[i].name);
    free(files->items);
    *files = (struct fixture_files){0};
}

/* It may be something else by now. */
static int open_log(int dir, const char *name)
{
    struct stat st;
    autoclose int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        return -errno;
    return S_ISREG(st.st_mode) ? steal_fd(&fd) : -EINVAL;
}

void fixture_file_read(int dir, const char *name, uint64_t from, uint64_t to, size_t most, struct buf *out)
{
    autoclose int fd = open_log(dir, name);
    from = to - from > most ? to - most : from;
    while (fd >= 0 && from < to) {
        char some[4096];
        size_t wanted = to - from < sizeof some ? (size_t)(to - from) : sizeof some;
        ssize_t n = pread(fd, some, wanted, (off_t)from);
        if (n <= 0)
            return;
        buf_add(out, some, (size_t)n);
        from += (uint64_t)n;
    }
}

static int copy_file(int dir, const struct fixture_file *file, int into)
{
    enum { CHUNK = 1 << 20 };
    autoclose int from = open_log(dir, file->name);
    if (from < 0)
        return from;
    autoclose int to = openat(into, file->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (to < 0)
        return -errno;
    autofree char *chunk = xmalloc(CHUNK);
    for (uint64_t left = file->size; left > 0;) { /* no more than that: it may grow faster than it is copied */
        ssize_t n = read(from, chunk, left < CHUNK ? (size_t)left : CHUNK);
        if (n <= 0)
            return n < 0 ? -errno : 0;
        int r = io_write_all(to, chunk, (size_t)n);
        if (r < 0)
            return r;
        left -= (uint64_t)n;
    }
    return 0;
}

int fixture_files_copy(int dir, int into)
{
    struct fixture_files files;
    int first = 0;
    fixture_files_list(dir, &files);
    for (size_t i = 0; i < files.n; i++) {
        int r = copy_file(dir, &files.items[i], into);
        first = first < 0 ? first : r;
    }
    fixture_files_free(&files);
    return first;
}

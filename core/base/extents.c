/* SPDX-License-Identifier: Apache-2.0 */
/* Extents, asked of the file system. */
#include "base/extents.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct list {
    struct extent items[EXTENTS_MAX];
    size_t n;
    int64_t gap; /* holes below this count as data */
};

/* Joins what stands closer together than the gap. */
static void join(struct list *l)
{
    size_t kept = 0;
    for (size_t i = 1; i < l->n; i++) {
        struct extent *last = &l->items[kept];
        if (l->items[i].offset - (last->offset + last->length) < l->gap)
            last->length = l->items[i].offset + l->items[i].length - last->offset;
        else
            l->items[++kept] = l->items[i];
    }
    l->n = l->n > 0 ? kept + 1 : 0;
}

static void add(struct list *l, int64_t offset, int64_t length)
{
    enum { FIRST_GAP = 4096 };
    struct extent *last = l->n > 0 ? &l->items[l->n - 1] : NULL;
    if (last && offset - (last->offset + last->length) < l->gap) {
        last->length = offset + length - last->offset;
        return;
    }
    while (l->n == EXTENTS_MAX) {
        l->gap = l->gap > 0 ? l->gap * 2 : FIRST_GAP;
        join(l);
    }
    l->items[l->n++] = (struct extent){offset, length};
}

/* False: the file system does not tell. */
static bool list_data(int fd, int64_t size, struct list *l)
{
    for (int64_t at = 0; at < size;) {
        off_t data = lseek(fd, at, SEEK_DATA);
        if (data < 0)
            return errno == ENXIO; /* the rest is a hole */
        off_t hole = lseek(fd, data, SEEK_HOLE);
        if (hole < 0)
            return false;
        if (data >= size)
            return true;
        at = hole < size ? hole : size; /* it may have grown meanwhile */
        if (at <= data)
            return false;
        add(l, data, at - data);
    }
    return true;
}

static void take(const struct list *l, int64_t size, struct arena *arena, struct extents *ret)
{
    static const struct extent beginning = {0, EXTENTS_OF_A_HOLE};
    const struct extent *items = l->n > 0 ? l->items : &beginning;
    size_t n = l->n > 0 ? l->n : 1;
    int64_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += items[i].length;
    if (size - bytes < EXTENTS_WORTH)
        return;
    struct extent *copy = arena_alloc(arena, n * sizeof *copy);
    memcpy(copy, items, n * sizeof *copy);
    *ret = (struct extents){copy, n, bytes};
}

void extents_of_file(int fd, struct arena *arena, struct extents *ret)
{
    enum { BLOCK = 512 };
    struct stat st;
    *ret = (struct extents){0};
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size / BLOCK - st.st_blocks < EXTENTS_WORTH / BLOCK)
        return;
    struct list l = {.n = 0};
    bool told = list_data(fd, st.st_size, &l);
    if (told && lseek(fd, 0, SEEK_SET) == 0)
        take(&l, st.st_size, arena, ret);
    else
        lseek(fd, 0, SEEK_SET);
}

bool extents_equal(const struct extents *a, const struct extents *b)
{
    return a->n == b->n && (a->n == 0 || memcmp(a->items, b->items, a->n * sizeof *a->items) == 0);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Who made which folder. */
#include "slotdir/makers.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void makers_note(struct makers *m, const char *path, const char *who)
{
    GROW(m->items, m->n, m->cap);
    m->items[m->n++] = (struct maker){xstrdup(path), xstrdup(who)};
}

/* A name may be used again by another process, when the first one's folder is gone. */
const char *makers_find(const struct makers *m, const char *path)
{
    for (size_t i = m->n; i-- > 0;)
        if (strcmp(m->items[i].path, path) == 0)
            return m->items[i].who;
    return NULL;
}

static void free_maker(struct maker *m)
{
    free(m->path);
    free(m->who);
}

void makers_forget_gone(struct makers *m)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->n; i++) {
        struct stat st;
        if (lstat(m->items[i].path, &st) < 0 && errno == ENOENT)
            free_maker(&m->items[i]);
        else
            m->items[kept++] = m->items[i];
    }
    m->n = kept;
}

void makers_free(struct makers *m)
{
    for (size_t i = 0; i < m->n; i++)
        free_maker(&m->items[i]);
    free(m->items);
    *m = (struct makers){0};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The files of counters that a run has left. */
#include "coverage/counters.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <fcntl.h>
#include <fts.h>
#include <string.h>
#include <unistd.h>

void paths_free(struct paths *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->items[i]);
    free(p->items);
    *p = (struct paths){0};
}

bool path_ends(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    return n > m && strcmp(path + n - m, ending) == 0;
}

void paths_below(const char *folder, bool (*wanted)(const char *path), struct paths *p)
{
    char *const roots[] = {(char *)folder, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
    for (FTSENT *e; tree && (e = fts_read(tree));) {
        bool file = e->fts_info == FTS_F || e->fts_info == FTS_NSOK;
        if (!file || !wanted(e->fts_path))
            continue;
        GROW(p->items, p->n, p->cap);
        p->items[p->n++] = xstrdup(e->fts_path);
    }
    if (tree)
        fts_close(tree);
}

static bool is_note(const char *path)
{
    return path_ends(path, ".gcno");
}

/* "/build/obj/a.gcda" -> "/build/obj/a.gcno" */
static char *note_of(const char *gcda)
{
    return xasprintf("%.*s.gcno", (int)(strlen(gcda) - strlen(".gcda")), gcda);
}

static size_t common_end(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), same = 0;
    while (same < n && same < m && a[n - 1 - same] == b[m - 1 - same])
        same++;
    return same;
}

/* Of a file with the same name. */
static const char *most_alike(const struct paths *notes, const char *note)
{
    const char *best = NULL, *name = strrchr(note, '/');
    size_t longest = strlen(name) - 1;
    for (size_t i = 0; i < notes->n; i++) {
        size_t same = common_end(notes->items[i], note);
        if (same > longest) {
            longest = same;
            best = notes->items[i];
        }
    }
    return best;
}

size_t counters_link_notes(const char *counters, const char *objects, const struct paths *gcda, const char **ret_first)
{
    autopaths notes = {0};
    autofree char *searched = objects && *objects ? realpath(objects, NULL) : NULL;
    size_t missing = 0;
    if (searched)
        paths_below(searched, is_note, &notes);
    for (size_t i = 0; i < gcda->n; i++) {
        autofree char *link = note_of(gcda->items[i]);
        const char *own = link + strlen(counters);
        const char *note = access(own, R_OK) == 0 ? own : most_alike(&notes, own);
        if (note && symlink(note, link) == 0)
            continue;
        if (missing++ == 0)
            *ret_first = gcda->items[i] + strlen(counters);
    }
    return missing;
}

bool counters_are_of_clang(const char *gcda)
{
    static const char mark[8] = {'a', 'd', 'c', 'g',
                                 '*', '8', '0', '4'}; /* the version of gcov 4.8, as LLVM keeps it */
    char head[sizeof mark];
    autoclose int fd = open(gcda, O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, head, sizeof head) == sizeof head && memcmp(head, mark, sizeof mark) == 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What is left, found by removing. */
#include "slotdir/left.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/remove_tree.h"
#include "slotdir/temp_base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { LINES_MAX = 5, STEPS_MAX = 5000 }; /* steps of all removals: some milliseconds */

struct listing {
    const struct makers *makers;
    const struct left_beside *beside; /* NULL: nothing is passed over, and a few steps are made */
    struct buf *lines;
    size_t n;
    uint64_t steps;
};

static bool a_few(void *data, uint64_t steps)
{
    struct listing *l = data;
    (void)steps;
    return l->steps++ < STEPS_MAX;
}

static bool while_asked(void *data, uint64_t steps)
{
    struct listing *l = data;
    (void)steps;
    return !l->beside->go_on || l->beside->go_on(l->beside->data, l->steps++);
}

static void add(struct listing *l, const char *path, int error, const char *who)
{
    if (l->n++ >= LINES_MAX)
        return;
    buf_addf(l->lines, "%s: %s", path, error == -ECANCELED ? "not removed to the end" : strerror(-error));
    if (who)
        buf_addf(l->lines, " (left by %s)", who);
    buf_addc(l->lines, '\n');
}

static bool stays(const struct listing *l, const char *path)
{
    for (size_t i = 0; l->beside && i < l->beside->n_stay; i++)
        if (strcmp(l->beside->stay[i], path) == 0)
            return true;
    return false;
}

static void look_at(struct listing *l, int dir, const char *base, const char *name)
{
    autofree char *path = xasprintf("%s/%s", base, name);
    if (stays(l, path))
        return;
    struct removal r = {.go_on = l->beside ? while_asked : a_few, .data = l};
    int error = remove_tree(dir, name, &r);
    autofree char *left = r.left ? xasprintf("%s/%s", base, r.left) : NULL;
    if (error < 0)
        add(l, left ? left : path, left ? r.error : error, makers_find(l->makers, path));
    free(r.left);
}

/* Returns whether there is something to be told of. */
static bool look_into(struct listing *l, const char *base)
{
    autoclosedir DIR *dir = opendir(base);
    size_t before = l->n;
    if (!dir) {
        if (errno != ENOENT)
            add(l, base, -errno, NULL);
        return l->n > before;
    }
    for (struct dirent *e; (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && strcmp(e->d_name, TEMP_BASE_MARK) != 0)
            look_at(l, dirfd(dir), base, e->d_name);
    return l->n > before;
}

static void say_how_many_more(const struct listing *l)
{
    if (l->n > LINES_MAX)
        buf_addf(l->lines, "and %zu more\n", l->n - LINES_MAX);
}

void left_list(const struct workspace *w, const struct makers *makers, struct buf *lines)
{
    struct listing l = {.makers = makers, .lines = lines};
    autofree char *slots = xasprintf("%s/.slots", w->run_path);
    if (w->temp_base && !look_into(&l, w->temp_base)) {
        struct removal r = {.go_on = a_few, .data = &l};
        int error = temp_base_discard(w->temp_base, &r);
        if (error < 0)
            add(&l, w->temp_base, error, NULL);
        free(r.left);
    }
    if (!look_into(&l, slots)) {
        struct removal r = {.go_on = a_few, .data = &l};
        int error = remove_tree(w->run_dir, WORKSPACE_SLOTS, &r);
        if (error < 0)
            add(&l, slots, error, NULL);
        free(r.left);
    }
    say_how_many_more(&l);
}

void left_list_beside(const struct workspace *w, const struct makers *makers, const struct left_beside *o,
                      struct buf *lines)
{
    struct listing l = {.makers = makers, .beside = o, .lines = lines};
    autofree char *slots = xasprintf("%s/" WORKSPACE_SLOTS, w->run_path);
    look_into(&l, w->temp_base);
    look_into(&l, slots);
    say_how_many_more(&l);
}

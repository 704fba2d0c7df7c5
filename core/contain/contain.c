/* SPDX-License-Identifier: Apache-2.0 */
/* The outer side of containment. */
#include "contain/contain.h"

#include "base/cleanup.h"
#include "contain/group_tree.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* ---- choices ---------------------------------------------------------------------------------------------------- */

static int unnoticed(void)
{
    int choice = 0;
    for (int i = 0; rungs[i]; i++)
        if (!rungs[i]->noticed)
            choice |= 1 << i;
    return choice;
}

int containment_parse(const char *name, int *ret_choice)
{
    int choice = strcmp(name, "auto") == 0 ? unnoticed() : 0;
    for (int i = 0; rungs[i]; i++)
        if (strcmp(name, rungs[i]->word) == 0 || strcmp(name, rungs[i]->family) == 0)
            choice |= 1 << i;
    if (choice == 0)
        return -EINVAL;
    *ret_choice = choice;
    return 0;
}

const char *containment_words(void)
{
    static char words[256];
    size_t n = (size_t)snprintf(words, sizeof words, "auto");
    const char *family = "";
    for (int i = 0; rungs[i]; i++) {
        if (strcmp(family, rungs[i]->family) != 0)
            n += (size_t)snprintf(words + n, sizeof words - n, ", %s", rungs[i]->family);
        family = rungs[i]->family;
        if (strcmp(family, rungs[i]->word) != 0)
            n += (size_t)snprintf(words + n, sizeof words - n, ", %s", rungs[i]->word);
    }
    return words;
}

/* ---- a run's ---------------------------------------------------------------------------------------------------- */

static bool is_spared(const struct containment_set *set, unsigned slot)
{
    for (size_t i = 0; i < set->n_spared; i++)
        if (set->spared[i] == slot)
            return true;
    return false;
}

/* All has ended in order by now; what has not (a monitor that somebody stopped, say) must not keep the groups. */
static void close_containment(struct containment *c, unsigned slots, const struct containment_set *set)
{
    for (unsigned i = 0; c->base >= 0 && i < slots; i++) {
        if (is_spared(set, i))
            continue;
        if (!c->rung->is_empty(c->base, i))
            c->rung->kill(c->base, i);
        group_close_slot(c->base, i);
    }
    if (set->n_spared == 0) {
        group_close_run(c->base_path, c->base, 0);
    } else {
        close_fd(c->base);
        free(c->base_path);
    }
    c->base_path = NULL;
    c->base = -1;
}

static int open_rung(struct containment_set *set, int i, struct err *err)
{
    struct containment_entry *e = &set->entries[i];
    e->containment = (struct containment){.rung = rungs[i], .base = -1};
    int r = rungs[i]->open ? rungs[i]->open(&e->containment, set->run_id, err) : 0;
    if (r == 0 && rungs[i]->probed)
        r = set->probe(set->probe_data, rungs[i], err);
    if (r < 0)
        close_containment(&e->containment, 1, set);
    return r;
}

static int try_rung(struct containment_set *set, int i)
{
    struct containment_entry *e = &set->entries[i];
    if (e->state == RUNG_UNTRIED) {
        autoerr struct err err = {0};
        int r = open_rung(set, i, &err);
        e->state = r < 0 ? RUNG_REFUSED : RUNG_OPEN;
        e->why_not = r < 0 ? xstrdup(err_text(&err)) : NULL;
    }
    return e->state == RUNG_OPEN ? 0 : -ENOTSUP;
}

static int try_choice(struct containment_set *set, int choice)
{
    for (int i = 0; rungs[i]; i++)
        if ((choice & 1 << i) && try_rung(set, i) == 0)
            return i;
    return -ENOTSUP;
}

/* A namespace stands in what holds processes without being noticed, if that has groups: either ends what the other
 * lost. */
static void give_holder(struct containment_set *set, int i)
{
    struct containment *c = &set->entries[i].containment;
    int holder = c->rung->noticed && !c->holder ? try_choice(set, unnoticed()) : -1;
    if (holder >= 0 && set->entries[holder].containment.base >= 0)
        c->holder = &set->entries[holder].containment;
}

int containment_open(struct containment_set *set, int choice, const char *run_id, containment_probe probe, void *data,
                     struct err *err)
{
    size_t n = 0;
    while (rungs[n])
        n++;
    *set = (struct containment_set){
        .run_id = xstrdup(run_id), .probe = probe, .probe_data = data, .entries = xcalloc(n, sizeof *set->entries)};
    for (size_t i = 0; i < n; i++)
        set->entries[i].containment.base = -1;
    choice = choice ? choice : unnoticed();
    int i = try_choice(set, choice);
    if (i < 0) {
        err_set(err, i, "%s", set->entries[__builtin_ctz((unsigned)choice)].why_not);
        containment_close(set, 0);
        return i;
    }
    give_holder(set, i);
    set->usual = &set->entries[i].containment;
    return 0;
}

void containment_add(struct containment_set *set, int choice)
{
    int i = choice ? try_choice(set, choice) : -1;
    if (i >= 0)
        give_holder(set, i);
}

const struct containment *containment_for(const struct containment_set *set, int choice, const char **ret_why)
{
    if (choice == 0)
        return set->usual;
    for (int i = 0; rungs[i]; i++)
        if ((choice & 1 << i) && set->entries[i].state == RUNG_OPEN)
            return &set->entries[i].containment;
    const char *why = set->entries[__builtin_ctz((unsigned)choice)].why_not;
    *ret_why = why ? why : "no such containment was prepared";
    return NULL;
}

void containment_spare(struct containment_set *set, unsigned slot)
{
    GROW(set->spared, set->n_spared, set->cap_spared);
    set->spared[set->n_spared++] = slot;
}

size_t containment_locks(const struct containment_set *set, int ret_fds[CONTAINMENT_PATHS_MAX])
{
    size_t n = 0;
    for (int i = 0; rungs[i] && n < CONTAINMENT_PATHS_MAX; i++)
        if (set->entries[i].containment.base >= 0)
            ret_fds[n++] = set->entries[i].containment.base;
    return n;
}

void containment_close(struct containment_set *set, unsigned slots)
{
    for (int i = 0; set->entries && rungs[i]; i++) {
        close_containment(&set->entries[i].containment, slots, set);
        free(set->entries[i].why_not);
    }
    free(set->entries);
    free(set->run_id);
    free(set->spared);
    *set = (struct containment_set){0};
}

size_t containment_paths(const struct containment_set *set, const char *ret_paths[CONTAINMENT_PATHS_MAX])
{
    size_t n = 0;
    for (int i = 0; rungs[i] && n < CONTAINMENT_PATHS_MAX; i++)
        if (set->entries[i].containment.base_path)
            ret_paths[n++] = set->entries[i].containment.base_path;
    return n;
}

/* ---- a slot's --------------------------------------------------------------------------------------------------- */

const struct containment *containment_groups(const struct containment *c)
{
    return c->base >= 0 ? c : c->holder;
}

int containment_slot_dir(const struct containment *c, unsigned slot, struct err *err)
{
    const struct containment *g = containment_groups(c);
    if (!g)
        return NO_GROUP;
    int fd = group_open_slot(g->base, slot);
    return fd < 0 ? err_errno(err, fd == NO_GROUP ? -EACCES : fd, "making a cgroup for slot %u", slot) : fd;
}

void containment_kill(const struct containment *c, unsigned slot)
{
    const struct containment *g = containment_groups(c);
    if (g)
        g->rung->kill(g->base, slot);
}

void containment_renew(const struct containment *c, unsigned slot)
{
    /* Recent kernels end whatever is born by CLONE_INTO_CGROUP in a cgroup that was ever told to kill (seen on 6.18:
     * they count the kills of a cgroup, and compare the new one's count with that of the parent's cgroup). */
    const struct containment *g = containment_groups(c);
    char path[GROUP_PATH];
    group_slot_path(slot, "", path);
    if (g)
        group_remove(g->base, path);
}

bool containment_is_empty(const struct containment *c, unsigned slot)
{
    const struct containment *g = containment_groups(c);
    return !g || g->rung->is_empty(g->base, slot);
}

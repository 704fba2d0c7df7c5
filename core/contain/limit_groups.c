/* SPDX-License-Identifier: Apache-2.0 */
/* Memory and pid limits through cgroup controllers. */
#include "contain/limit_groups.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "contain/group_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SMALL_FILE = 64 * 1024 };

struct controller {
    const char *name;
    bool usable;
    int v1; /* the run's group in its hierarchy, or -1: the slots' own groups of v2 */
    char *v1_path;
    char why_not[160];
};

struct resources {
    const struct containment_set *set;
    const struct containment *v2; /* the run's groups of v2, or NULL */
    struct controller memory, pids;
    struct counts {
        uint64_t kills, refused;
    } * before; /* of each slot's group of v2, which lives on */
    unsigned n_before;
};

/* The number after a word in a file of "word number" lines; 0 when it isn't there. */
static uint64_t count_at(int dir, const char *path, const char *word)
{
    autobuf struct buf text = {0};
    if (io_read_file(dir, path, SMALL_FILE, &text) < 0)
        return 0;
    size_t length = strlen(word);
    for (const char *line = buf_str(&text); line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, word, length) == 0 && line[length] == ' ')
            return strtoull(line + length, NULL, 10);
    }
    return 0;
}

/* A controller is given to groups from the top: by our own group to the run's, and by that to the slots'. */
static bool open_v2(const struct containment *v2, const char *name)
{
    if (!v2)
        return false;
    char order[32];
    snprintf(order, sizeof order, "+%s", name);
    group_write(v2->base, "../cgroup.subtree_control", order); /* it may have it already */
    return group_write(v2->base, "cgroup.subtree_control", order) == 0;
}

static const struct containment *find_v2(const struct containment *c)
{
    const struct containment *groups = containment_groups(c);
    return groups && groups->rung == &rung_cgroup2 ? groups : NULL;
}

static void open_controller(struct controller *c, const char *name, const struct containment *v2, const char *run_id)
{
    *c = (struct controller){.name = name, .v1 = -1};
    if ((c->usable = open_v2(v2, name)))
        return;
    autofree char *own = group_own(name);
    if (!own) {
        snprintf(c->why_not, sizeof c->why_not, "no %s controller of cgroups can be had here", name);
        return;
    }
    int e = group_open_run(own, run_id, &c->v1_path, &c->v1);
    c->usable = e == 0;
    if (e < 0)
        snprintf(c->why_not, sizeof c->why_not, "no group with the %s controller can be made: %s", name, strerror(-e));
}

struct resources *resources_open(const struct containment_set *set, const char *run_id)
{
    struct resources *r = xcalloc(1, sizeof *r);
    r->set = set;
    r->v2 = find_v2(set->usual);
    open_controller(&r->memory, "memory", r->v2, run_id);
    open_controller(&r->pids, "pids", r->v2, run_id);
    return r;
}

size_t resources_paths(const struct resources *r, const char *ret_paths[RESOURCES_PATHS_MAX])
{
    size_t n = 0;
    if (r && r->memory.v1 >= 0)
        ret_paths[n++] = r->memory.v1_path;
    if (r && r->pids.v1 >= 0)
        ret_paths[n++] = r->pids.v1_path;
    return n;
}

void resources_close(struct resources *r, unsigned slots)
{
    if (!r)
        return;
    group_close_run(r->memory.v1_path, r->memory.v1, slots);
    group_close_run(r->pids.v1_path, r->pids.v1, slots);
    free(r->before);
    free(r);
}

const char *resources_lack(const struct resources *r, const struct limits *limits)
{
    const struct controller *all[] = {limits->memory_bytes ? &r->memory : NULL, limits->pids ? &r->pids : NULL};
    const char *why = NULL;
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (all[i] && !all[i]->usable)
            return all[i]->why_not;
        /* Of v2 it is the slot's own group that limits: who asks for a containment without it has none. */
        const struct containment *c = all[i] ? containment_for(r->set, limits->containment, &why) : NULL;
        if (c && all[i]->v1 < 0 && find_v2(c) != r->v2)
            return "the containment that it asks for has no cgroup v2, which would hold its limits";
    }
    return NULL;
}

/* The directory of the slot's group, and the path of a file in it. */
static int file_of(const struct resources *r, const struct controller *c, unsigned slot, const char *file,
                   char ret_path[GROUP_PATH])
{
    group_slot_path(slot, file, ret_path);
    return c->v1 >= 0 ? c->v1 : r->v2->base;
}

static int set_limit(struct resources *r, const struct controller *c, unsigned slot, const char *file, uint64_t limit)
{
    char path[GROUP_PATH], text[32];
    int dir = file_of(r, c, slot, file, path);
    snprintf(text, sizeof text, "%llu", (unsigned long long)limit);
    return group_write(dir, path, text);
}

/* A new group in the hierarchy of v1: its counters are at zero. */
static int make_v1(const struct controller *c, unsigned slot)
{
    char name[GROUP_PATH];
    group_slot_path(slot, "", name);
    group_remove(c->v1, name);
    return mkdirat(c->v1, name, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

static struct counts *counts_before(struct resources *r, unsigned slot)
{
    if (slot >= r->n_before) {
        r->before = xreallocarray(r->before, slot + 1, sizeof *r->before);
        memset(r->before + r->n_before, 0, (slot + 1 - r->n_before) * sizeof *r->before);
        r->n_before = slot + 1;
    }
    return &r->before[slot];
}

static uint64_t count_of(const struct resources *r, const struct controller *c, unsigned slot, const char *file,
                         const char *word)
{
    char path[GROUP_PATH];
    int dir = file_of(r, c, slot, file, path);
    return count_at(dir, path, word);
}

static int limit_memory(struct resources *r, unsigned slot, uint64_t bytes)
{
    const struct controller *c = &r->memory;
    if (c->v1 < 0) {
        counts_before(r, slot)->kills = count_of(r, c, slot, "memory.events", "oom_kill");
        set_limit(r, c, slot, "memory.swap.max", 0); /* not there without swap */
        return set_limit(r, c, slot, "memory.max", bytes);
    }
    int e = make_v1(c, slot);
    if (e == 0)
        e = set_limit(r, c, slot, "memory.limit_in_bytes", bytes);
    if (e == 0)
        set_limit(r, c, slot, "memory.memsw.limit_in_bytes", bytes); /* not there without accounting of swap */
    return e;
}

static int limit_pids(struct resources *r, unsigned slot, uint64_t n)
{
    const struct controller *c = &r->pids;
    if (c->v1 < 0) {
        counts_before(r, slot)->refused = count_of(r, c, slot, "pids.events", "max");
        return set_limit(r, c, slot, "pids.max", n + 1); /* the monitor is one of them */
    }
    int e = make_v1(c, slot);
    return e < 0 ? e : set_limit(r, c, slot, "pids.max", n);
}

int resources_begin(struct resources *r, unsigned slot, const struct limits *limits, struct err *err)
{
    int e = limits->memory_bytes ? limit_memory(r, slot, limits->memory_bytes) : 0;
    if (e < 0)
        return err_errno(err, e, "limiting its memory");
    e = limits->pids ? limit_pids(r, slot, limits->pids) : 0;
    return e < 0 ? err_errno(err, e, "limiting its processes") : 0;
}

struct message_list resources_groups(const struct resources *r, unsigned slot, const struct limits *limits,
                                     struct arena *arena)
{
    const struct controller *all[] = {limits->memory_bytes ? &r->memory : NULL, limits->pids ? &r->pids : NULL};
    struct message_list list = {.items = arena_alloc(arena, ARRAY_LEN(all) * sizeof *list.items)};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (!all[i] || all[i]->v1 < 0)
            continue;
        autofree char *path = xasprintf("%s/%u/cgroup.procs", all[i]->v1_path, slot);
        list.items[list.n++] = arena_strdup(arena, path);
    }
    return list;
}

static bool was_out_of_memory(struct resources *r, unsigned slot)
{
    if (r->memory.v1 >= 0)
        return count_of(r, &r->memory, slot, "memory.oom_control", "oom_kill") > 0;
    char path[GROUP_PATH];
    int dir = file_of(r, &r->memory, slot, "memory.max", path);
    group_write(dir, path, "max");
    dir = file_of(r, &r->memory, slot, "memory.swap.max", path);
    group_write(dir, path, "max");
    return count_of(r, &r->memory, slot, "memory.events", "oom_kill") > counts_before(r, slot)->kills;
}

struct resources_seen resources_end(struct resources *r, unsigned slot, const struct limits *limits)
{
    struct resources_seen seen = {0};
    if (limits->memory_bytes)
        seen.out_of_memory = was_out_of_memory(r, slot);
    if (!limits->pids)
        return seen;
    seen.refused = count_of(r, &r->pids, slot, "pids.events", "max");
    if (r->pids.v1 < 0) {
        char path[GROUP_PATH];
        int dir = file_of(r, &r->pids, slot, "pids.max", path);
        group_write(dir, path, "max");
        uint64_t before = counts_before(r, slot)->refused;
        seen.refused = seen.refused > before ? seen.refused - before : 0;
    }
    return seen;
}

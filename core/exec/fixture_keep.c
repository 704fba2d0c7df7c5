/* SPDX-License-Identifier: Apache-2.0 */
/* Services that stay when the run is over. */
#include "exec/fixture_keep.h"

#include "artifacts/collect.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/pids.h"
#include "contain/orphans.h"
#include "exec/fixture_orders.h"
#include "exec/keeper.h"
#include "exec/shown_values.h"
#include "slotdir/kept_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* To everybody whose cleanups are kept: what he would have been told by a janitor of the run. */
static struct kept_user *list_users(const struct fixtures *f, struct arena *arena, size_t *ret_n)
{
    struct kept_user *users = arena_alloc(arena, (f->n_kept_cases + f->n) * sizeof *users);
    size_t n = 0;
    for (size_t i = 0; i < f->n_kept_cases; i++) {
        struct fixture_published p;
        fixtures_published(f, f->kept_cases[i], arena, &p);
        users[n++] = (struct kept_user){f->selection->cases[f->kept_cases[i]].id, p.texts, p.of};
    }
    for (size_t k = 0; k < f->n; k++) {
        struct fixture_published p;
        if (f->items[k].state != FIXTURE_READY || !slot_has_deferred(f->items[k].slot))
            continue;
        fixture_published(&f->items[k], arena, &p);
        users[n++] = (struct kept_user){f->items[k].id, p.texts, p.of};
    }
    *ret_n = n;
    return users;
}

/* Of a program that the process kit has started, its keeper is watched, whose one child it is. */
static pid_t program_of(pid_t watched)
{
    autofree char *comm_path = xasprintf("/proc/%d/comm", (int)watched);
    autofree char *children_path = xasprintf("/proc/%d/task/%d/children", (int)watched, (int)watched);
    autobuf struct buf comm = {0}, children = {0};
    if (io_read_file(AT_FDCWD, comm_path, 64, &comm) < 0 || strcmp(buf_str(&comm), "muster-keeper\n") != 0)
        return watched;
    bool known = io_read_file(AT_FDCWD, children_path, 4096, &children) == 0;
    return known ? (pid_t)strtol(buf_str(&children), NULL, 10) : 0;
}

/* What is needed to use it, of what is known to be no secret. */
static char *describe(const struct fixture_run *it)
{
    autobuf struct buf shown = {0}, others = {0};
    for (size_t i = 0; i < it->n_pairs; i++) {
        autobuf struct buf value = {0};
        if (shown_value_add(&value, it->pairs[i].key, it->pairs[i].value))
            buf_addf(&shown, "%s%s %s", shown.len ? ", " : "", it->pairs[i].key, buf_str(&value));
        else
            buf_addf(&others, "%s%s", others.len ? ", " : "", it->pairs[i].key);
    }
    for (size_t i = 0; i < it->n_watches; i++) {
        pid_t watched = pidfd_pid(it->watches[i].pidfd), pid = watched > 0 ? program_of(watched) : 0;
        if (pid > 0)
            buf_addf(&shown, "%sprocess %d", shown.len ? ", " : "", (int)pid);
        if (pid > 0 && *it->watches[i].what)
            buf_addf(&shown, " (%s)", it->watches[i].what);
    }
    if (others.len > 0)
        buf_addf(&shown, "%sand what is not shown: %s", shown.len ? ", " : "", buf_str(&others));
    return buf_steal(&shown);
}

static struct kept_service *list_services(const struct fixtures *f, struct arena *arena, size_t *ret_n)
{
    struct kept_service *services = arena_alloc(arena, (f->n + 1) * sizeof *services);
    size_t n = 0;
    for (size_t k = 0; k < f->n; k++) {
        struct fixture_run *it = &f->items[k];
        struct slot_ends ends;
        if (it->state != FIXTURE_READY)
            continue;
        slot_lend(it->slot, &ends);
        autofree char *shown = describe(it);
        services[n++] = (struct kept_service){.label = it->plan->label,
                                              .shown = arena_strdup(arena, shown ? shown : ""),
                                              .monitor = ends.monitor,
                                              .channel = ends.channel,
                                              .out = ends.out,
                                              .err = ends.err,
                                              .teardown_ns = fixture_teardown_limit(it)};
    }
    *ret_n = n;
    return services;
}

static void say(const struct fixture_run *it, const char *level, const char *text)
{
    struct event e = {.type = EVENT_FIXTURE_LOG, .fixture_log = {it->plan->label, it->starts, level, "", 0, text}};
    fixture_emit(it, &e);
}

/* What its programs have logged so far is evidence of the run; the rest follows when it has ended. They go on writing,
 * so that it is a copy: a bundle is of files that stand still. */
static void copy_logs(struct fixture_run *it, int evidence, int artifacts)
{
    struct fixture_files files;
    fixture_files_list(artifacts, &files);
    int r = files.n > 0 && mkdirat(evidence, ARTIFACT_FILES, 0700) < 0 ? -errno : 0;
    if (files.n > 0 && r == 0) {
        autoclose int into = openat(evidence, ARTIFACT_FILES, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        r = into < 0 ? -errno : fixture_files_copy(artifacts, into);
    }
    if (r < 0) {
        autofree char *text = xasprintf("its logs could not be copied: %s", strerror(-r));
        say(it, "warning", text);
    }
    fixture_files_free(&files);
}

static void keep_files(struct fixture_run *it)
{
    const struct slot_shared *shared = it->fixtures->shared;
    autobuf struct buf path = {0};
    char *temp, *artifacts;
    slot_folders(it->slot, &temp, &artifacts);
    artifact_fixture_path(&path, it->plan->label, it->starts);
    autoclose int evidence =
        shared->keep_output ? workspace_fixture_dir(shared->workspace, it->plan->label, it->starts) : -1;
    autoclose int from = open(artifacts, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (evidence >= 0 && from >= 0)
        copy_logs(it, evidence, from);
    int r = kept_files_mark(artifacts, buf_str(&path));
    if (r < 0) {
        autofree char *text =
            xasprintf("what it writes from here on can't be noted for its evidence: %s", strerror(-r));
        say(it, "warning", text);
    }
}

static void hold(struct kept_rooms *rooms, const char *label, const char *user)
{
    for (size_t i = 0; i < 2; i++) {
        GROW(rooms->held, rooms->n_held, rooms->cap_held);
        rooms->held[rooms->n_held++] = xstrdup(i == 0 ? label : user);
    }
}

/* That it is kept, and for whom: so that it is known when it has ended before its time. */
static void note_users(const struct keeper_options *o, size_t service, struct kept_rooms *rooms)
{
    const char *label = o->services[service].label;
    hold(rooms, label, "");
    for (size_t i = 0; i < o->n_users; i++) {
        bool uses = false;
        for (uint32_t t = 0; t < o->users[i].published.n / 3 && !uses; t++)
            uses = strcmp(o->users[i].of[t], label) == 0;
        if (uses)
            hold(rooms, label, o->users[i].id);
    }
}

static void describe_all(const struct keeper_options *o, struct kept_rooms *rooms)
{
    autobuf struct buf names = {0}, shown = {0};
    for (size_t i = 0; i < o->n_services; i++) {
        buf_addf(&names, "%s%s", i ? ", " : "", o->services[i].label);
        if (*o->services[i].shown)
            buf_addf(&shown, "%s: %s\n", o->services[i].label, o->services[i].shown);
        note_users(o, i, rooms);
    }
    rooms->names = buf_steal(&names);
    rooms->shown = buf_steal(&shown);
}

static void leave(struct fixture_run *it, struct kept_rooms *rooms)
{
    struct slot_ends ends;
    say(it, "info", "kept: it lives on after the run, until muster cleanup");
    keep_files(it);
    rooms->slots[rooms->n++] = slot_number(it->slot);
    slot_lend(it->slot, &ends);
    orphans_spare(ends.monitor_pid);
    slot_leave(it->slot);
    it->state = FIXTURE_IDLE;
}

int fixtures_keep(struct fixtures *f, const struct containment_set *containment, const char *folder,
                  struct kept_rooms *ret_rooms, struct err *err)
{
    int locks[CONTAINMENT_PATHS_MAX];
    struct arena arena = {0};
    autofree char *slots = xasprintf("%s/" WORKSPACE_SLOTS, f->shared->workspace ? f->shared->workspace->run_path : "");
    struct keeper_options o = {
        .folder = folder, .slots = slots, .locks = locks, .n_locks = containment_locks(containment, locks)};
    bool any = false;
    for (size_t k = 0; k < f->n; k++)
        any = any || f->items[k].state == FIXTURE_READY;
    if (!any)
        return 0;
    if (getpid() == 1)
        return err_set(err, -EPERM, "muster is process 1 of its container, which ends with it");
    o.users = list_users(f, &arena, &o.n_users);
    o.services = list_services(f, &arena, &o.n_services);
    struct keeper_begun keeper;
    int r = keeper_start(&o, &keeper, err);
    if (r == 0) {
        orphans_spare(keeper.pid);
        describe_all(&o, ret_rooms);
        ret_rooms->slots = xcalloc(o.n_services, sizeof *ret_rooms->slots);
        for (size_t k = 0; k < f->n; k++)
            if (f->items[k].state == FIXTURE_READY)
                leave(&f->items[k], ret_rooms);
        close_fd(keeper.waits);
    }
    arena_free(&arena);
    return r;
}

void kept_rooms_free(struct kept_rooms *rooms)
{
    for (size_t i = 0; i < rooms->n_held; i++)
        free(rooms->held[i]);
    free(rooms->held);
    free(rooms->names);
    free(rooms->shown);
    free(rooms->slots);
    *rooms = (struct kept_rooms){0};
}

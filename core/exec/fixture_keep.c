/* SPDX-License-Identifier: Apache-2.0 */
/* Services that stay when the run is over. */
#include "exec/fixture_keep.h"

#include "artifacts/collect.h"
#include "base/cleanup.h"
#include "contain/orphans.h"
#include "exec/fixture_orders.h"
#include "exec/keeper.h"
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
        struct msg_attempt order = {0};
        fixtures_order(f, f->kept_cases[i], arena, &order);
        users[n++] = (struct kept_user){f->selection->cases[f->kept_cases[i]].id, order.fixtures};
    }
    for (size_t k = 0; k < f->n; k++) {
        struct msg_attempt order = {0};
        if (f->items[k].state != FIXTURE_READY || !slot_has_deferred(f->items[k].slot))
            continue;
        fixture_order(&f->items[k], arena, &order);
        users[n++] = (struct kept_user){f->items[k].id, order.fixtures};
    }
    *ret_n = n;
    return users;
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
        services[n++] = (struct kept_service){.label = it->plan->label,
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
    if (files.n > 0 && mkdirat(evidence, ARTIFACT_FILES, 0700) == 0) {
        autoclose int into = openat(evidence, ARTIFACT_FILES, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int r = into < 0 ? -errno : fixture_files_copy(artifacts, into);
        if (r < 0)
            say(it, "warning", "its logs could not be copied");
    }
    fixture_files_free(&files);
}

static void keep_files(struct fixture_run *it)
{
    const struct slot_shared *shared = it->fixtures->shared;
    autobuf struct buf path = {0};
    char *temp, *artifacts;
    if (!shared->keep_output)
        return;
    slot_folders(it->slot, &temp, &artifacts);
    artifact_fixture_path(&path, it->plan->label, it->starts);
    autoclose int evidence = workspace_fixture_dir(shared->workspace, it->plan->label, it->starts);
    autoclose int from = open(artifacts, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (evidence < 0 || from < 0)
        return;
    copy_logs(it, evidence, from);
    if (kept_files_mark(artifacts, buf_str(&path)) < 0)
        say(it, "warning", "what it writes from here on can't be noted for its evidence");
}

static void leave(struct fixture_run *it, struct kept_rooms *rooms)
{
    struct slot_ends ends;
    say(it, "info", "kept: it lives on after the run, until muster cleanup");
    keep_files(it);
    fixture_set_text(&rooms->names,
                     xasprintf("%s%s%s", rooms->names ? rooms->names : "", rooms->names ? ", " : "", it->plan->label));
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
    struct keeper_options o = {.folder = folder, .locks = locks, .n_locks = containment_locks(containment, locks)};
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
    free(rooms->names);
    free(rooms->slots);
    *rooms = (struct kept_rooms){0};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A slot's folders: what an attempt left in them is kept, set aside, or named; and where we write what is ours. */
#include "exec/slot_folders.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "exec/slot_leaks.h"
#include "exec/slot_state.h"
#include "slotdir/folder.h"
#include "slotdir/on_failure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void slot_choose_folders(struct slot *s)
{
    free(s->temp_dir);
    free(s->artifacts_dir);
    s->temp_dir = workspace_temp_dir(s->shared->workspace, s->number, s->generation);
    s->artifacts_dir = workspace_artifacts_dir(s->shared->workspace, s->number, s->generation);
    s->generation++;
}

/* The folder of what is kept, made when it is first needed; or a negative errno. */
static int attempt_dir(struct slot *s)
{
    if (!s->shared->keep_output)
        return -ECANCELED;
    if (s->attempt.dir < 0)
        s->attempt.dir = s->owner->open_dir ? s->owner->open_dir(s->owner_data, &s->attempt.task)
                                            : workspace_attempt_dir(s->shared->workspace, s->attempt.task.case_id,
                                                                    s->attempt.task.attempt);
    return s->attempt.dir;
}

int slot_open_file(void *slot, const char *name)
{
    int dir = attempt_dir(slot);
    return dir < 0 ? dir : workspace_open_file(dir, name);
}

/* Whoever removes it later knows whose it is. */
static void note_maker(const struct slot *s, const char *path)
{
    const struct slot_task *t = &s->attempt.task;
    if (!s->shared->sweeper)
        return;
    autofree char *who = xasprintf("%s attempt %u", t->case_id, t->attempt);
    makers_note(&s->shared->sweeper->makers, path, who);
}

static void leave_to_sweeper(const struct slot *s, const char *path)
{
    note_maker(s, path);
    if (s->shared->sweeper)
        sweeper_wake(s->shared->sweeper);
}

static void look_at_size(struct slot *s, uint64_t bytes)
{
    uint64_t cap = s->shared->artifacts_cap;
    if (!cap || bytes <= cap || !s->shared->keep_output)
        return;
    autofree char *text = xasprintf("its artifacts are %llu bytes in all: the bundle leaves out what is above %llu "
                                    "(--artifacts-cap); the run's folder has all of it",
                                    (unsigned long long)bytes, (unsigned long long)cap);
    slot_log(s, "warning", text);
}

/* At the run's end. */
static void have_modes_changed(const struct slot *s)
{
    if (s->shared->sweeper)
        s->shared->sweeper->barred = true;
}

void slot_take_folders(struct slot *s, const struct msg_folders *m)
{
    leaks_take_files(s, m);
    look_at_size(s, m->artifact_bytes);
    s->attempt.worn = s->attempt.worn || m->worn;
    if (m->barred)
        have_modes_changed(s);
    if (*m->aside)
        leave_to_sweeper(s, m->aside);
}

/* Out of the next attempt's way; when that can't be done, the next one gets another. */
static void set_aside(struct slot *s, const char *path)
{
    autofree char *aside = NULL;
    if (folder_set_aside(path, &aside) < 0)
        s->attempt.worn = true;
    else if (aside)
        leave_to_sweeper(s, aside);
}

/* By the end of its name. "": nobody knows. */
static const char *media_type_of(const char *name)
{
    static const char *const types[][2] = {{".txt", "text/plain"}, {".html", "text/html"}, {".png", "image/png"}};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t n = strlen(types[i][0]);
        if (length > n && strcmp(name + length - n, types[i][0]) == 0)
            return types[i][1];
    }
    return "";
}

/* It died over it, or ended badly: what was written for that case is an artifact like any other from now on. */
static void tell_of_last_words(struct slot *s)
{
    enum { MOST = 16 };
    struct on_failure_file files[MOST];
    struct arena arena = {0};
    size_t n = s->attempt.janitor ? 0 : on_failure_list(s->artifacts_dir, &arena, files, MOST);
    for (size_t i = 0; i < n; i++) {
        struct event e = {.type = EVENT_ATTEMPT_ARTIFACT,
                          .attempt_artifact = {s->attempt.task.case_id, s->attempt.task.attempt, files[i].name,
                                               media_type_of(files[i].name), (int64_t)files[i].bytes}};
        slot_emit(s, &e);
    }
    arena_free(&arena);
}

static void keep_artifacts(struct slot *s)
{
    int dir = attempt_dir(s);
    if (dir >= 0)
        tell_of_last_words(s);
    int r = dir < 0 ? dir : workspace_keep(s->artifacts_dir, dir);
    if (r == 0 || r == -ENOENT) /* the scenario has removed it */
        return;
    if (r != -ECANCELED) {
        autofree char *text = xasprintf("its artifacts could not be kept: %s", strerror(-r));
        slot_log(s, "error", text);
    }
    set_aside(s, s->artifacts_dir);
}

/* Nobody looks into them any more: the monitor is gone. */
static void look_ourselves(struct slot *s)
{
    if (folder_holds_something(s->artifacts_dir)) {
        have_modes_changed(s);
        keep_artifacts(s);
    }
    if (folder_holds_something(s->temp_dir))
        set_aside(s, s->temp_dir);
}

bool slot_part_with_folders(struct slot *s)
{
    if (s->monitor.socket.fd < 0)
        look_ourselves(s);
    else if (s->attempt.artifacts)
        keep_artifacts(s);
    bool good = !s->attempt.worn;
    s->attempt.worn = false;
    if (!good) {
        note_maker(s, s->temp_dir);
        note_maker(s, s->artifacts_dir);
        slot_choose_folders(s);
    }
    return good;
}

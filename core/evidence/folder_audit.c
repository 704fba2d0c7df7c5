/* SPDX-License-Identifier: Apache-2.0 */
/* The folders of attempts against what the run tells of them. */
#include "evidence/folder_audit.h"

#include "artifacts/collect.h"
#include "base/cleanup.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct audit {
    const struct run_model *model;
    folder_changed changed;
    void *data;
};

/* What stands in one folder: `path` is its path in the run's, "" for that itself. */
struct place {
    int dir;
    const char *path;
    const struct model_case *c;
    const struct model_attempt *attempt;
    const char *label; /* of a fixture */
    int64_t start;
};

static void tell(const struct audit *a, const char *path, const char *name, const char *what)
{
    autofree char *whole = *path ? xasprintf("%s/%s", path, name) : xstrdup(name);
    a->changed(a->data, whole, what);
}

static void tell_foreign(const struct audit *a, const struct place *at, const char *name)
{
    tell(a, at->path, name, "the run has not made it");
}

/* Opens a folder and looks at each of its entries. */
static void each_entry(const struct audit *a, const struct place *at, const char *name,
                       void (*look)(const struct audit *a, const struct place *at, const char *name))
{
    autofree char *path = *at->path ? xasprintf("%s/%s", at->path, name) : xstrdup(name);
    autoclose int fd = openat(at->dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
        a->changed(a->data, path, "the run has made a folder there, and it is none");
    autoclosedir DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    if (!entries)
        return;
    struct place inside = *at;
    inside.dir = steal_fd(&fd);
    inside.path = path;
    for (struct dirent *e; (e = readdir(entries));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            look(a, &inside, e->d_name);
}

static bool is_scenario_files(const char *name)
{
    size_t n = strlen(ARTIFACT_FILES);
    return strncmp(name, ARTIFACT_FILES, n) == 0 && (name[n] == '\0' || name[n] == '-');
}

static bool is_of_cleanups(const char *name)
{
    return strcmp(name, "cleanup-stdout.log") == 0 || strcmp(name, "cleanup-stderr.log") == 0;
}

static void look_into_attempt(const struct audit *a, const struct place *at, const char *name)
{
    const struct model_attempt *t = at->attempt;
    const struct model_detail *d = model_attempt_detail(t);
    bool known = (strcmp(name, "stdout.log") == 0 && t->stdout_bytes > 0) ||
                 (strcmp(name, "stderr.log") == 0 && t->stderr_bytes > 0) || is_of_cleanups(name) ||
                 (strcmp(name, "crash.txt") == 0 && d->crashed) || (strcmp(name, "timeout.txt") == 0 && d->timed_out) ||
                 is_scenario_files(name);
    if (!known)
        tell_foreign(a, at, name);
}

/* "attempt-1", and no other spelling of its number. */
static bool is_numbered(const char *name, const char *word, int64_t number)
{
    autofree char *own = xasprintf("%s-%lld", word, (long long)number);
    return strcmp(name, own) == 0;
}

static void look_into_case(const struct audit *a, const struct place *at, const char *name)
{
    struct place inside = *at;
    for (const struct model_attempt *t = at->c->first; t && !inside.attempt; t = t->next)
        if (is_numbered(name, "attempt", t->number))
            inside.attempt = t;
    if (inside.attempt)
        each_entry(a, &inside, name, look_into_attempt);
    else
        tell_foreign(a, at, name);
}

/* A long id's folder has a hash in place of its end. */
static const struct model_case *find_cut(const struct run_model *model, const char *name)
{
    for (size_t i = 0; i < model->n_cases; i++) {
        autobuf struct buf component = {0};
        if (strlen(model->cases[i]->id) < COMPONENT_MAX / 3) /* escaped, it is thrice as long at the most */
            continue;
        artifact_component(&component, model->cases[i]->id);
        if (strcmp(buf_str(&component), name) == 0)
            return model->cases[i];
    }
    return NULL;
}

static void look_into_cases(const struct audit *a, const struct place *at, const char *name)
{
    autobuf struct buf id = {0};
    struct place inside = *at;
    int r = artifact_case(name, strlen(name), &id);
    inside.c = r == 0 ? model_case_find(a->model, buf_str(&id)) : r == -ENAMETOOLONG ? find_cut(a->model, name) : NULL;
    if (inside.c)
        each_entry(a, &inside, name, look_into_case);
    else
        tell_foreign(a, at, name);
}

/* What one start of a fixture has left: `at->start` is its number. */
static void look_into_fixture(const struct audit *a, const struct place *at, const char *name)
{
    const struct model_fixture *f = model_fixture_find(a->model, at->label, at->start);
    bool known =
        f && (is_of_cleanups(name) || is_scenario_files(name) || strcmp(name, "crash.txt") == 0 ||
              strcmp(name, "timeout.txt") == 0 || strcmp(name, "stdout.log") == 0 || strcmp(name, "stderr.log") == 0);
    struct place inside = *at;
    if (known)
        return;
    for (size_t i = 0; at->start == 1 && i < a->model->n_fixtures; i++)
        if (strcmp(a->model->fixtures[i].label, at->label) == 0 && a->model->fixtures[i].start > 1 &&
            is_numbered(name, "start", a->model->fixtures[i].start))
            inside.start = a->model->fixtures[i].start;
    if (inside.start > 1 && at->start == 1)
        each_entry(a, &inside, name, look_into_fixture);
    else
        tell_foreign(a, at, name);
}

static void look_into_fixtures(const struct audit *a, const struct place *at, const char *name)
{
    struct place inside = *at;
    inside.start = 1;
    for (size_t i = 0; i < a->model->n_fixtures && !inside.label; i++) {
        autobuf struct buf component = {0};
        artifact_component(&component, a->model->fixtures[i].label);
        if (strcmp(buf_str(&component), name) == 0)
            inside.label = a->model->fixtures[i].label;
    }
    if (inside.label)
        each_entry(a, &inside, name, look_into_fixture);
    else
        tell_foreign(a, at, name);
}

/* Its length is in the log. */
static void look_at_output(const struct audit *a, int dir, const char *path, int64_t printed)
{
    struct stat st;
    autofree char *what = NULL;
    if (printed == 0)
        return;
    if (fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
        what = xasprintf("it is gone: %lld bytes were printed", (long long)printed);
    else if (!S_ISREG(st.st_mode))
        what = xstrdup("the run has written a file there, and it is none");
    else if (st.st_size != printed)
        what = xasprintf("it has %lld bytes, of %lld that were printed", (long long)st.st_size, (long long)printed);
    if (what)
        a->changed(a->data, path, what);
}

static void look_at_outputs(const struct audit *a, int dir, const struct model_case *c, const struct model_attempt *t)
{
    /* One that was cut has another length; one that could not be written made the attempt an error. */
    if (!t->ended || t->output_cut || t->verdict == VERDICT_ERROR || t->stdout_bytes + t->stderr_bytes == 0)
        return;
    autobuf struct buf out = {0}, err = {0};
    artifact_path(&out, c->id, (uint32_t)t->number);
    buf_add(&err, out.data, out.len);
    buf_adds(&out, "/stdout.log");
    buf_adds(&err, "/stderr.log");
    look_at_output(a, dir, buf_str(&out), t->stdout_bytes);
    look_at_output(a, dir, buf_str(&err), t->stderr_bytes);
}

bool folder_audit_is_of(const struct model_case *c, enum artifacts_policy policy)
{
    bool any_bad = false;
    for (const struct model_attempt *t = c->first; t; t = t->next)
        any_bad = any_bad || (t->ended && verdict_is_bad((enum verdict)t->verdict));
    return c->ended && (policy == ARTIFACTS_ALWAYS || (policy == ARTIFACTS_ON_FAILURE && any_bad));
}

void folder_audit(int dir, const struct run_model *model, enum artifacts_policy policy, folder_changed changed,
                  void *data)
{
    const struct audit a = {model, changed, data};
    const struct place top = {.dir = dir, .path = ""};
    each_entry(&a, &top, "cases", look_into_cases);
    each_entry(&a, &top, "fixtures", look_into_fixtures);
    for (size_t i = 0; i < model->n_cases; i++) {
        const struct model_case *c = model->cases[i];
        for (const struct model_attempt *t = folder_audit_is_of(c, policy) ? c->first : NULL; t; t = t->next)
            look_at_outputs(&a, dir, c, t);
    }
}

void folder_audit_length(int dir, const char *name, int64_t bytes, folder_changed changed, void *data)
{
    struct stat st;
    bool there = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
    if (there ? S_ISREG(st.st_mode) && st.st_size == bytes && bytes > 0 : bytes == 0)
        return;
    autofree char *what = there ? xasprintf("it has %lld bytes, of %lld that the run has written",
                                            (long long)st.st_size, (long long)bytes)
                                : xstrdup("it is gone");
    changed(data, name, what);
}

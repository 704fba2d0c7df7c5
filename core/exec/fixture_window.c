/* SPDX-License-Identifier: Apache-2.0 */
/* Windows into the logs of services. */
#include "exec/fixture_window.h"

#include "artifacts/collect.h"
#include "base/cleanup.h"
#include "exec/fixture_log.h"
#include "exec/fixture_state.h"

#include <fcntl.h>

/* A folder may be anything by the time that it is opened. */
static void open_files(struct fixture_run *it)
{
    char *temp, *artifacts;
    slot_folders(it->slot, &temp, &artifacts);
    if (it->files < 0)
        it->files = open(artifacts, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

void fixture_windows_open(struct fixtures *f, size_t i)
{
    const struct case_fixtures *needs = fixtures_needs(f, i);
    for (uint32_t k = 0; needs && k < needs->n_shared; k++) {
        struct fixture_run *it = &f->items[needs->shared[k]];
        struct fixture_window w = {.of_case = (uint32_t)i, .instance = needs->shared[k], .start = it->starts};
        slot_printed(it->slot, &w.out, &w.err);
        open_files(it);
        fixture_files_list(it->files, &w.files);
        GROW(f->windows, f->n_windows, f->cap_windows);
        f->windows[f->n_windows++] = w;
    }
}

void fixture_windows_close(struct fixtures *f, size_t i)
{
    size_t kept = 0;
    for (size_t k = 0; k < f->n_windows; k++) {
        if (f->windows[k].of_case == i)
            fixture_files_free(&f->windows[k].files);
        else
            f->windows[kept++] = f->windows[k];
    }
    f->n_windows = kept;
}

/* A part of a file of the fixture's folder. */
struct grown {
    const char *folder; /* "" or "files/" */
    const char *name;
    uint64_t from, to;
    struct string_list output;
    bool cut;
};

static void tell(const struct fixture_run *it, const struct fixture_window *w, uint32_t attempt, const struct grown *g)
{
    autobuf struct buf path = {0};
    artifact_fixture_path(&path, it->plan->label, it->starts);
    buf_addf(&path, "/%s%s", g->folder, g->name);
    struct event e = {.type = EVENT_ATTEMPT_SERVICE,
                      .attempt_service = {.case_id = it->fixtures->selection->cases[w->of_case].id,
                                          .attempt = attempt,
                                          .fixture = it->plan->label,
                                          .start = it->starts,
                                          .file = buf_str(&path),
                                          .from = (int64_t)g->from,
                                          .bytes = (int64_t)(g->to - g->from),
                                          .output = g->output,
                                          .cut = g->cut}};
    fixture_emit(it, &e);
}

static void tell_printed(const struct fixture_run *it, const struct fixture_window *w, uint32_t attempt,
                         const char *name, uint64_t from, uint64_t to)
{
    struct arena arena = {0};
    struct grown g = {.folder = "", .name = name, .from = from, .to = to};
    if (to != from) {
        g.output = fixture_output_since(it, name, from, &arena, &g.cut);
        tell(it, w, attempt, &g);
    }
    arena_free(&arena);
}

/* One that has become smaller was begun anew. */
static void tell_files(const struct fixture_run *it, const struct fixture_window *w, uint32_t attempt)
{
    struct arena arena = {0};
    struct fixture_files now;
    fixture_files_list(it->files, &now);
    for (size_t k = 0; k < now.n; k++) {
        struct grown g = {.folder = ARTIFACT_FILES "/", .name = now.items[k].name, .to = now.items[k].size};
        g.from = fixture_files_size(&w->files, g.name);
        if (g.from == g.to)
            continue;
        g.from = g.from > g.to ? 0 : g.from;
        g.output = fixture_file_output(it, g.name, g.from, g.to, &arena);
        tell(it, w, attempt, &g);
    }
    fixture_files_free(&now);
    arena_free(&arena);
}

void fixtures_tell_output(struct fixtures *f, size_t i, uint32_t attempt)
{
    for (size_t k = 0; k < f->n_windows; k++) {
        const struct fixture_window *w = &f->windows[k];
        struct fixture_run *it = &f->items[w->instance];
        uint64_t out, err;
        if (w->of_case != i || w->start != it->starts)
            continue;
        slot_printed(it->slot, &out, &err);
        tell_printed(it, w, attempt, "stdout.log", w->out, out);
        tell_printed(it, w, attempt, "stderr.log", w->err, err);
        tell_files(it, w, attempt);
    }
}

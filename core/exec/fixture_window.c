/* SPDX-License-Identifier: Apache-2.0 */
/* Windows into the logs of services. */
#include "exec/fixture_window.h"

#include "artifacts/collect.h"
#include "base/cleanup.h"
#include "exec/fixture_log.h"
#include "exec/fixture_state.h"

void fixture_windows_open(struct fixtures *f, size_t i)
{
    const struct case_fixtures *needs = fixtures_needs(f, i);
    for (uint32_t k = 0; needs && k < needs->n_shared; k++) {
        struct fixture_run *it = &f->items[needs->shared[k]];
        struct fixture_window w = {.of_case = (uint32_t)i, .instance = needs->shared[k], .start = it->starts};
        slot_printed(it->slot, &w.out, &w.err);
        GROW(f->windows, f->n_windows, f->cap_windows);
        f->windows[f->n_windows++] = w;
    }
}

void fixture_windows_close(struct fixtures *f, size_t i)
{
    size_t kept = 0;
    for (size_t k = 0; k < f->n_windows; k++)
        if (f->windows[k].of_case != i)
            f->windows[kept++] = f->windows[k];
    f->n_windows = kept;
}

static void tell(const struct fixture_run *it, const struct fixture_window *w, uint32_t attempt, const char *name,
                 uint64_t from, uint64_t to)
{
    if (to == from)
        return;
    struct arena arena = {0};
    autobuf struct buf path = {0};
    bool cut;
    const struct string_list output = fixture_output_since(it, name, from, &arena, &cut);
    artifact_fixture_path(&path, it->plan->label, it->starts);
    buf_addf(&path, "/%s", name);
    struct event e = {.type = EVENT_ATTEMPT_SERVICE,
                      .attempt_service = {.case_id = it->fixtures->selection->cases[w->of_case].id,
                                          .attempt = attempt,
                                          .fixture = it->plan->label,
                                          .start = it->starts,
                                          .file = buf_str(&path),
                                          .from = (int64_t)from,
                                          .bytes = (int64_t)(to - from),
                                          .output = output,
                                          .cut = cut}};
    fixture_emit(it, &e);
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
        tell(it, w, attempt, "stdout.log", w->out, out);
        tell(it, w, attempt, "stderr.log", w->err, err);
    }
}

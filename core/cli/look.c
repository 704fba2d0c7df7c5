/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into one past run. */
#include "cli/look.h"

#include "base/cleanup.h"
#include "cli/cli.h"
#include "cli/rerun_text.h"
#include "evidence/past_run.h"
#include "report/pick.h"

struct looking {
    const struct look_wish *wish;
    struct look look;
    struct buf out;
};

static int render(void *data, const struct run_model *model, const struct output_reader *source, struct err *err)
{
    (void)model, (void)err;
    struct looking *l = data;
    buf_clear(&l->out);
    l->look.shown.source = source;
    l->wish->render(&l->look, &l->out);
    return 0;
}

static int find_attempt(struct look *look, const char *step, struct err *err)
{
    look->attempt = show_attempt(&look->shown, look->c);
    if (look->shown.attempt > 0 && !look->attempt)
        return err_set(err, -ENOENT, "%s: it has no attempt %lld, of %u", look->c->id, (long long)look->shown.attempt,
                       look->c->n_attempts);
    if (step && !look->attempt)
        return err_set(err, -ENOENT, "%s: it has no attempt, and so no steps", look->c->id);
    return step ? pick_step(look->attempt, step, &look->step, err) : 0;
}

static int find(struct looking *l, struct err *err)
{
    struct look *look = &l->look;
    const char *rest = l->wish->place->rest, *step = NULL;
    int r = 0;
    if (rest)
        r = pick_place(look->shown.model, rest, &look->c, &step, err);
    else if (l->wish->choose)
        r = l->wish->choose(look->shown.model, &look->c, err);
    return r == 0 && look->c ? find_attempt(look, step, err) : r;
}

static int show(struct looking *l, struct past_run *run, struct err *err)
{
    autobuf struct buf rerun = {0}, command = {0};
    struct shown *shown = &l->look.shown;
    if (l->look.c)
        rerun_text_add_case(&rerun, shown->model, l->look.c);
    else
        rerun_text_add(&rerun, shown->model, shown->path);
    rerun_text_add_command(&command, shown->model);
    shown->rerun = buf_str(&rerun);
    shown->command = buf_str(&command);
    int r = past_run_take(run, render, l, err);
    return r == 0 ? render(l, shown->model, &run->source, err) : r;
}

int look_at(const struct look_wish *wish)
{
    autoerr struct err err = {0};
    struct past_run run;
    int r = past_run_open(&run, wish->place->path, &err);
    struct looking l = {
        .wish = wish,
        .look.shown = {
            .model = &run.model, .path = wish->place->path, .is_bundle = run.bundle, .attempt = wish->attempt}};
    if (r == 0)
        r = past_run_check_begun(&run, wish->place->path, &err);
    if (r == 0)
        r = find(&l, &err);
    if (r == 0)
        r = show(&l, &run, &err);
    past_run_close(&run);
    if (r < 0)
        cli_complain("%s", err_text(&err));
    else if (wish->is_data)
        cli_print_data(&l.out);
    else
        cli_print(&l.out);
    buf_free(&l.out);
    return r < 0 ? cli_usage_unless_system(r) : EXIT_OK;
}

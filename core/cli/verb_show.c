/* SPDX-License-Identifier: Apache-2.0 */
/* muster show: a run, a case or a step, from the log of a run. */
#include "base/cleanup.h"
#include "cli/cli.h"
#include "cli/configuring.h"
#include "cli/named_place.h"
#include "cli/named_run.h"
#include "cli/rerun_text.h"
#include "cli/stdout_style.h"
#include "evidence/past_run.h"
#include "report/pick.h"
#include "report/show.h"

#include <string.h>

struct show_settings {
    const char *out;
    int64_t attempt;
    bool json;
    struct configuring configuring;
};

#define AT(member_) offsetof(struct show_settings, member_)

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_INT, 0, "attempt", "N", "Of a case: show this attempt in full. Default: the one that failed it.",
     AT(attempt), NULL},
    {OPTION_FLAG, 0, "json", NULL, "As JSON.", AT(json), NULL},
    OPTION_RUNS_OUT(struct show_settings, out),
    OPTIONS_CONFIGURING(struct show_settings, configuring),
    OPTIONS_END,
};

static const char details[] =
    "Of a run: what was run, the failures by their cause, what was flaky, the\n"
    "summary. Of a case: its attempts with checks, logs, stacks, the end of its\n"
    "output, steps, measurements and files, and the command that runs it again. Of a\n"
    "step, by its number or its name: its checks, and the steps in it.\n\n" RUN_TEXT " Without it,\n"
    "the latest.\n" PLACE_TEXT "\n"
    "  muster show\n"
    "  muster show previous/refund_twice\n"
    "  muster show refund_twice/3\n";

/* What is looked at, and where it goes. */
struct showing {
    const struct show_settings *settings;
    struct style style;
    struct shown shown;
    const struct model_case *c; /* NULL: the run */
    const struct model_attempt *attempt;
    const struct model_step *step; /* NULL: the case */
    struct buf *out;
};

static void add_text(struct showing *w)
{
    if (w->step)
        show_step(w->out, &w->style, &w->shown, w->c, w->attempt, w->step);
    else if (w->c)
        show_case(w->out, &w->style, &w->shown, w->c);
    else
        show_run(w->out, &w->style, &w->shown);
}

static void add_json(struct showing *w)
{
    struct json_out j = {w->out, false};
    if (w->step)
        show_step_json(&j, &w->shown, w->c, w->attempt, w->step);
    else if (w->c)
        show_case_json(&j, &w->shown, w->c);
    else
        show_run_json(&j, &w->shown);
    buf_addc(w->out, '\n');
}

static int render(void *data, const struct run_model *model, const struct output_reader *source, struct err *err)
{
    (void)model, (void)err;
    struct showing *w = data;
    buf_clear(w->out);
    w->shown.source = source;
    if (w->settings->json)
        add_json(w);
    else
        add_text(w);
    return 0;
}

static int pick(struct showing *w, const char *rest, struct err *err)
{
    const char *step;
    int r = pick_place(w->shown.model, rest, &w->c, &step, err);
    if (r < 0)
        return r;
    w->attempt = show_attempt(&w->shown, w->c);
    if (w->settings->attempt > 0 && !w->attempt)
        return err_set(err, -ENOENT, "%s: it has no attempt %lld, of %u", w->c->id, (long long)w->settings->attempt,
                       w->c->n_attempts);
    if (step && !w->attempt)
        return err_set(err, -ENOENT, "%s: it has no attempt, and so no steps", w->c->id);
    return step ? pick_step(w->attempt, step, &w->step, err) : 0;
}

static int show(struct showing *w, struct past_run *run, const char *rest, struct err *err)
{
    autobuf struct buf rerun = {0}, command = {0};
    int r = rest ? pick(w, rest, err) : 0;
    if (r < 0)
        return r;
    if (w->c)
        rerun_text_add_case(&rerun, w->shown.model, w->c);
    else
        rerun_text_add(&rerun, w->shown.model, w->shown.path);
    rerun_text_add_command(&command, w->shown.model);
    w->shown.rerun = buf_str(&rerun);
    w->shown.command = buf_str(&command);
    r = past_run_take(run, render, w, err);
    return r == 0 ? render(w, w->shown.model, &run->source, err) : r;
}

static int look(const struct show_settings *s, const struct named_place *place)
{
    autoerr struct err err = {0};
    autobuf struct buf out = {0};
    struct past_run run;
    int r = past_run_open(&run, place->path, &err);
    struct showing w = {
        .settings = s,
        .style = stdout_style(),
        .shown = {.model = &run.model, .path = place->path, .is_bundle = run.bundle, .attempt = s->attempt},
        .out = &out};
    if (r == 0)
        r = show(&w, &run, place->rest, &err);
    past_run_close(&run);
    if (r < 0) {
        cli_complain("%s", err_text(&err));
        return cli_usage_unless_system(r);
    }
    if (s->json)
        cli_print_data(&out);
    else
        cli_print(&out);
    return EXIT_OK;
}

static int main_show(const struct verb *verb, int argc, char **argv)
{
    struct show_settings s = {.out = "muster-out"};
    struct option_list operands = {0};
    struct named_place place = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status)) {
        if (operands.n > 1)
            status = cli_usage(verb, "one run, case or step at a time");
        else
            status = named_place_find(operands.n ? operands.items[0] : NULL, s.out, &place);
        if (status == EXIT_OK)
            status = look(&s, &place);
    }
    named_place_free(&place);
    option_list_free(&operands);
    return status;
}

const struct verb verb_show = {.name = "show",
                               .usage = "show [OPTION]... [RUN[/CASE[/STEP]]]",
                               .summary = "Look at a run, a case or a step.",
                               .details = details,
                               .options = options,
                               .main = main_show};

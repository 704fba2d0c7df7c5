/* SPDX-License-Identifier: Apache-2.0 */
/* muster show: a run, a case or a step, from the log of a run. */
#include "cli/cli.h"
#include "cli/configuring.h"
#include "cli/look.h"
#include "cli/named_run.h"
#include "cli/stdout_style.h"

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

static void render_text(const struct look *look, struct buf *out)
{
    const struct style style = stdout_style();
    if (look->step)
        show_step(out, &style, &look->shown, look->c, look->attempt, look->step);
    else if (look->c)
        show_case(out, &style, &look->shown, look->c);
    else
        show_run(out, &style, &look->shown);
}

static void render_json(const struct look *look, struct buf *out)
{
    struct json_out j = {out, false};
    if (look->step)
        show_step_json(&j, &look->shown, look->c, look->attempt, look->step);
    else if (look->c)
        show_case_json(&j, &look->shown, look->c);
    else
        show_run_json(&j, &look->shown);
    buf_addc(out, '\n');
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
        const struct look_wish wish = {
            .place = &place, .attempt = s.attempt, .is_data = s.json, .render = s.json ? render_json : render_text};
        if (status == EXIT_OK)
            status = look_at(&wish);
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

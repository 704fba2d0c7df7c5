/* SPDX-License-Identifier: Apache-2.0 */
/* muster explain: all evidence of one failure on a page. */
#include "base/cleanup.h"
#include "cli/cli.h"
#include "cli/configuring.h"
#include "cli/look.h"
#include "cli/named_run.h"
#include "report/explain.h"

struct explain_settings {
    const char *out;
    int64_t attempt;
    struct configuring configuring;
};

#define AT(member_) offsetof(struct explain_settings, member_)

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_INT, 0, "attempt", "N", "Explain this attempt. Default: the one that failed it.", AT(attempt), NULL},
    OPTION_RUNS_OUT(struct explain_settings, out),
    OPTIONS_CONFIGURING(struct explain_settings, configuring),
    OPTIONS_END,
};

static const char details[] =
    "A page of Markdown, for an issue or a chat: what was checked and what it was,\n"
    "stacks, steps, logs, the end of the output, what services printed meanwhile,\n"
    "what ran at the same time, files, and the command that runs it again. Texts of\n"
    "the scenario are quoted, so that none is taken for Markdown or HTML; secrets are\n"
    "hidden as in the run itself.\n\n" RUN_TEXT " Without it,\n"
    "the latest.\n" PLACE_TEXT "Without a CASE it is the one that failed, if there is only one.\n";

static int choose_failure(const struct run_model *model, const struct model_case **ret_case, struct err *err)
{
    enum { MOST_NAMED = 3 };
    autobuf struct buf named = {0};
    size_t n = 0;
    for (size_t i = 0; i < model->n_cases; i++) {
        const struct model_case *c = model->cases[i];
        if (!c->ended || !verdict_is_bad((enum verdict)c->verdict))
            continue;
        if (n++ < MOST_NAMED)
            buf_addf(&named, "%s%s", n > 1 ? ", " : "", c->id);
        *ret_case = c;
    }
    if (n == 0)
        return err_set(err, -ENOENT, "run %s: no scenario failed: name the one to explain", model->run_id);
    if (n > MOST_NAMED)
        buf_addf(&named, " and %zu more", n - MOST_NAMED);
    return n == 1 ? 0 : err_set(err, -EINVAL, "run %s: which one? %zu failed: %s", model->run_id, n, buf_str(&named));
}

static void render(const struct look *look, struct buf *out)
{
    explain_case(out, &look->shown, look->c);
}

static int main_explain(const struct verb *verb, int argc, char **argv)
{
    struct explain_settings s = {.out = "muster-out"};
    struct option_list operands = {0};
    struct named_place place = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status)) {
        if (operands.n > 1)
            status = cli_usage(verb, "one case at a time");
        else
            status = named_place_find(operands.n ? operands.items[0] : NULL, s.out, &place);
        const struct look_wish wish = {
            .place = &place, .attempt = s.attempt, .choose = choose_failure, .render = render};
        if (status == EXIT_OK)
            status = look_at(&wish);
    }
    named_place_free(&place);
    option_list_free(&operands);
    return status;
}

const struct verb verb_explain = {.name = "explain",
                                  .usage = "explain [OPTION]... [[RUN/]CASE]",
                                  .summary = "Put all evidence of one failure on a page of Markdown.",
                                  .details = details,
                                  .options = options,
                                  .main = main_explain};

/* SPDX-License-Identifier: Apache-2.0 */
/* muster compare: what is another in this run than in that one. */
#include "base/cleanup.h"
#include "base/number.h"
#include "cli/cli.h"
#include "cli/configuring.h"
#include "cli/named_run.h"
#include "cli/stdout_style.h"
#include "evidence/past_run.h"
#include "report/compare.h"

#include <string.h>

struct compare_settings {
    const char *out, *slower;
    struct compare_rule rule;
    bool json;
    struct configuring configuring;
};

#define AT(member_) offsetof(struct compare_settings, member_)

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_STRING, 0, "slower", "RATIO", "What counts as slower: so many times the time. Default: 1.5.", AT(slower),
     NULL},
    {OPTION_DURATION, 0, "least", "TIME", "And at least so much more. Default: 100ms.", AT(rule.least_ns), NULL},
    {OPTION_FLAG, 0, "json", NULL, "As JSON.", AT(json), NULL},
    OPTION_RUNS_OUT(struct compare_settings, out),
    OPTIONS_CONFIGURING(struct compare_settings, configuring),
    OPTIONS_END,
};

static const char details[] = "BEFORE and NOW are runs: folders, bundles, or, below --out, ids or the\n"
                              "beginnings of them, latest, previous (also -1, -2 ...). Without NOW it is the\n"
                              "latest, without both the previous one and the latest. Scenarios are compared by\n"
                              "their ids. One that passed both times is slower when it took --slower times as\n"
                              "long and --least more: one measurement each, so look twice.\n\n"
                              "Status 1: something fails now that did not before (broken, or new and failing).\n";

static int parse_ratio(const struct verb *verb, struct compare_settings *s)
{
    if (!s->slower)
        return EXIT_OK;
    if (!number_parse(s->slower, &s->rule.ratio) || s->rule.ratio < 1)
        return cli_usage(verb, "--slower %s: it takes a number from 1 on, as 1.5", s->slower);
    return EXIT_OK;
}

static void warn_of_cut(const struct past_run *run, const char *path)
{
    if (!run->is_whole)
        cli_complain("warning: %s: the log ends before the run did", path);
}

static int compare_opened(const struct past_run *before, const struct past_run *now, const struct compare_settings *s)
{
    autobuf struct buf out = {0};
    struct comparison c;
    compare_runs(&before->model, &now->model, s->rule, &c);
    if (s->json) {
        struct json_out j = {&out, false};
        comparison_json(&j, &c);
        buf_addc(&out, '\n');
        cli_print_data(&out);
    } else {
        const struct style style = stdout_style();
        comparison_add(&out, &style, &c);
        cli_print(&out);
    }
    int status = comparison_is_worse(&c) ? EXIT_FAILED : EXIT_OK;
    comparison_free(&c);
    return status;
}

static int compare(const char *before_path, const char *now_path, const struct compare_settings *s)
{
    autoerr struct err err = {0};
    struct past_run before, now;
    int status, r = past_run_open(&before, before_path, &err), second = past_run_open(&now, now_path, r ? NULL : &err);
    if (r == 0)
        r = second;
    if (r == 0)
        r = past_run_check_begun(&before, before_path, &err);
    if (r == 0)
        r = past_run_check_begun(&now, now_path, &err);
    if (r < 0) {
        cli_complain("%s", err_text(&err));
        status = cli_usage_unless_system(r);
    } else {
        warn_of_cut(&before, before_path);
        warn_of_cut(&now, now_path);
        status = compare_opened(&before, &now, s);
    }
    past_run_close(&before);
    past_run_close(&now);
    return status;
}

static int main_compare(const struct verb *verb, int argc, char **argv)
{
    struct compare_settings s = {.out = "muster-out", .rule = COMPARE_RULE_DEFAULT};
    struct option_list operands = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status)) {
        status = operands.n > 2 ? cli_usage(verb, "two runs at a time") : parse_ratio(verb, &s);
        autofree char *before = NULL, *now = NULL;
        if (status == EXIT_OK)
            before = named_run(operands.n > 0 ? operands.items[0] : "previous", s.out, &status);
        if (before)
            now = named_run(operands.n > 1 ? operands.items[1] : NULL, s.out, &status);
        if (now)
            status = compare(before, now, &s);
    }
    option_list_free(&operands);
    return status;
}

const struct verb verb_compare = {.name = "compare",
                                  .usage = "compare [OPTION]... [BEFORE [NOW]]",
                                  .summary = "Tell what fails, passes or takes longer than in another run.",
                                  .details = details,
                                  .options = options,
                                  .main = main_compare};

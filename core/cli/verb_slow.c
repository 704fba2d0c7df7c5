/* SPDX-License-Identifier: Apache-2.0 */
/* muster slow: which scenarios take long. */
#include "cli/cli.h"
#include "cli/history_view.h"
#include "cli/stdout_style.h"
#include "report/history_rows.h"

struct slow_settings {
    struct history_view view;
    bool grown;
};

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_FLAG, 0, "grown", NULL, "Only what takes longer lately than before.", offsetof(struct slow_settings, grown),
     NULL},
    OPTIONS_HISTORY_VIEW(struct slow_settings, view, "The last N times of each scenario, 1 to 50. Default: 50."),
    OPTIONS_END,
};

static const char details[] = "The median of a scenario's times, what 95 % of them stay within, and the\n"
                              "longest; the slowest first. 'lately' tells how many times longer the median of\n"
                              "the last 5 is than that of those before, where it is 1.5 times and 100 ms at\n"
                              "least, and there are 10. ID is that of a scenario, or a part, as of 'muster\n"
                              "run'; without one, all.\n";

static void add_text(void *data, const struct history_case *cases, size_t n, struct buf *out)
{
    const struct slow_settings *s = data;
    const struct style style = stdout_style();
    struct slow_rows rows = slow_rows_make(cases, n, (size_t)s->view.window, s->grown);
    slow_rows_add(out, &style, &rows, (size_t)s->view.limit);
    slow_rows_free(&rows);
}

static void add_json(void *data, const struct history_case *cases, size_t n, struct json_out *j)
{
    const struct slow_settings *s = data;
    struct slow_rows rows = slow_rows_make(cases, n, (size_t)s->view.window, s->grown);
    slow_rows_json(j, &rows);
    slow_rows_free(&rows);
}

static int main_slow(const struct verb *verb, int argc, char **argv)
{
    struct slow_settings s = {.view = HISTORY_VIEW_INIT(CASE_TIMES)};
    struct option_list ids = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &ids, &status))
        status = history_view(verb, &s.view, &ids, CASE_TIMES, &(struct history_printing){add_text, add_json, &s});
    option_list_free(&ids);
    return status;
}

const struct verb verb_slow = {.name = "slow",
                               .usage = "slow [OPTION]... [ID]...",
                               .summary = "Tell which scenarios take long, and which take longer lately.",
                               .details = details,
                               .options = options,
                               .main = main_slow};

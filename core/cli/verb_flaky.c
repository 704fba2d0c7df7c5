/* SPDX-License-Identifier: Apache-2.0 */
/* muster flaky: which scenarios can't be relied on. */
#include "cli/cli.h"
#include "cli/history_view.h"
#include "cli/stdout_style.h"
#include "report/history_rows.h"

struct flaky_settings {
    struct history_view view;
};

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    OPTIONS_HISTORY_VIEW(struct flaky_settings, view, "The last N results of each scenario, 1 to 100. Default: 100."),
    OPTIONS_END,
};

static const char details[] = "Flaky is what passed on a retry (R), or failed (F, E, T, C) and passed in a\n"
                              "later run: how often, of how many runs, and between which rates that lies with\n"
                              "a probability of 95 % (Wilson). The surest come first. What has failed ever\n"
                              "since is failing, and no part of the rate: it may be broken, which is another\n"
                              "thing. ID is that of a scenario, or a part, as of 'muster run'; without one,\n"
                              "all.\n";

static void add_text(void *data, const struct history_case *cases, size_t n, struct buf *out)
{
    const struct flaky_settings *s = data;
    const struct style style = stdout_style();
    struct flaky_rows rows = flaky_rows_make(cases, n, (size_t)s->view.window);
    flaky_rows_add(out, &style, &rows, (size_t)s->view.limit);
    flaky_rows_free(&rows);
}

static void add_json(void *data, const struct history_case *cases, size_t n, struct json_out *j)
{
    const struct flaky_settings *s = data;
    struct flaky_rows rows = flaky_rows_make(cases, n, (size_t)s->view.window);
    flaky_rows_json(j, &rows);
    flaky_rows_free(&rows);
}

static int main_flaky(const struct verb *verb, int argc, char **argv)
{
    struct flaky_settings s = {.view = HISTORY_VIEW_INIT(CASE_RESULTS)};
    struct option_list ids = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &ids, &status))
        status = history_view(verb, &s.view, &ids, CASE_RESULTS, &(struct history_printing){add_text, add_json, &s});
    option_list_free(&ids);
    return status;
}

const struct verb verb_flaky = {.name = "flaky",
                                .usage = "flaky [OPTION]... [ID]...",
                                .summary = "Tell which scenarios are flaky, and how sure that is.",
                                .details = details,
                                .options = options,
                                .main = main_flaky};

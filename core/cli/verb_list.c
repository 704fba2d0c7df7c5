/* SPDX-License-Identifier: Apache-2.0 */
/* muster list: what would run. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/configured.h"
#include "cli/plugin_json.h"
#include "cli/plugins.h"
#include "cli/select_options.h"
#include "cli/shard_option.h"
#include "plan/fixtures.h"
#include "plan/schedule.h"
#include "record/history.h"

#include <string.h>

struct list_settings {
    struct selecting selecting;
    struct shard shard;
    const char *history;
    bool json;
};

static const struct option options[] = {
    OPTIONS_SELECTING(struct list_settings, selecting),
    {OPTION_GROUP, 0, NULL, NULL, "Listing", 0, NULL},
    {OPTION_FLAG, 0, "json", NULL, "As JSON, with all that is known of each scenario.",
     offsetof(struct list_settings, json), NULL},
    {OPTION_STRING, 0, "history", "FILE",
     "For --shard: where durations are remembered, or none. Default: .muster/history.db.",
     offsetof(struct list_settings, history), NULL},
    {OPTION_DURATION, 0, "load-timeout", "TIME", "For loading one plugin, or one table. Default: 10s.",
     offsetof(struct list_settings, selecting.load_timeout_ns), NULL},
    OPTIONS_CONFIGURING(struct list_settings, selecting.configuring),
    OPTIONS_END,
};

/* [{"name":"plan","type":"str","value":"pro"}, ...] */
static void add_params(struct buf *out, const struct scenario_info *s, const struct case_plan *plan)
{
    buf_adds(out, ",\"params\":[");
    for (uint32_t i = 0; i < s->params.n; i++) {
        buf_adds(out, i ? ",{" : "{");
        json_add_pair(out, "name", s->params.items[i].name);
        buf_addc(out, ',');
        json_add_pair(out, "type", value_type_name(s->params.items[i].type));
        buf_addc(out, ',');
        json_add_pair(out, "value", plan->values[i]);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

static void add_scenario(struct buf *out, const struct catalogue *c, const struct case_plan *plan)
{
    const struct scenario_info *s = &c->scenarios[plan->scenario];
    buf_addc(out, '{');
    json_add_pair(out, "id", plan->id);
    buf_addc(out, ',');
    json_add_pair(out, "scenario", s->id);
    buf_addc(out, ',');
    json_add_pair(out, "plugin", c->plugins[s->plugin].name);
    buf_addc(out, ',');
    json_add_pair(out, "summary", s->summary);
    buf_addc(out, ',');
    json_add_pair(out, "file", s->file);
    buf_addf(out, ",\"line\":%u,\"markers\":[", s->line);
    for (uint32_t i = 0; i < s->n_markers; i++) {
        if (i)
            buf_addc(out, ',');
        json_add_string(out, s->markers[i].text, strlen(s->markers[i].text));
    }
    buf_addc(out, ']');
    add_params(out, s, plan);
    buf_addc(out, ',');
    json_add_texts(out, "needs", s->needs);
    buf_addc(out, ',');
    json_add_texts(out, "uses", s->uses);
    if (plan->limits.body_ns == NEVER)
        buf_adds(out, ",\"timeout_ms\":null");
    else
        buf_addf(out, ",\"timeout_ms\":%lld", (long long)(plan->limits.body_ns / NS_PER_MS));
    buf_addf(out, ",\"retries\":%u,\"skip\":", plan->limits.retries);
    if (plan->skip_reason)
        json_add_string(out, plan->skip_reason, strlen(plan->skip_reason));
    else
        buf_adds(out, "null");
    buf_addc(out, '}');
}

static void list_json(struct buf *out, const struct found *f, const struct selection *s)
{
    buf_adds(out, "{\"version\":1,\"plugins\":[");
    const char *before = "\n";
    for (size_t i = 0; i < f->catalogue.n_plugins; i++) {
        if (f->catalogue.plugins[i].provider)
            continue;
        buf_adds(out, before);
        json_open_plugin(out, &f->catalogue.plugins[i]);
        buf_addf(out, ",\"scenarios\":%u}", f->catalogue.plugins[i].count);
        before = ",\n";
    }
    buf_adds(out, "],\n\"refused\":");
    json_add_refused(out, &f->hosts);
    buf_adds(out, ",\n\"scenarios\":[");
    for (size_t i = 0; i < s->n_cases; i++) {
        buf_adds(out, i ? ",\n" : "\n");
        add_scenario(out, &f->catalogue, &s->cases[i]);
    }
    buf_adds(out, "]}\n");
}

/* Cases of one scenario stand together. */
static size_t count_scenarios(const struct selection *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_cases; i++)
        n += i == 0 || s->cases[i].scenario != s->cases[i - 1].scenario;
    return n;
}

static void add_for_terminal(struct buf *out, const char *text)
{
    terminal_add(out, text, strlen(text));
}

static void list_plain(struct buf *out, const struct found *f, const struct selection *s)
{
    uint32_t plugin = UINT32_MAX;
    for (size_t i = 0; i < s->n_cases; i++) {
        const struct scenario_info *sc = &f->catalogue.scenarios[s->cases[i].scenario];
        if (sc->plugin != plugin) {
            const struct plugin_info *p = &f->catalogue.plugins[sc->plugin];
            if (plugin != UINT32_MAX)
                buf_addc(out, '\n');
            add_for_terminal(out, p->name);
            buf_addc(out, ' ');
            add_for_terminal(out, p->version);
            buf_adds(out, " (");
            add_for_terminal(out, p->path);
            buf_adds(out, ")\n");
            plugin = sc->plugin;
        }
        buf_adds(out, "  ");
        add_for_terminal(out, s->cases[i].id);
        for (uint32_t k = 0; k < sc->n_markers; k++) {
            buf_adds(out, k ? ", " : "  [");
            add_for_terminal(out, sc->markers[k].text);
        }
        buf_adds(out, sc->n_markers ? "]\n" : "\n");
        bool same = i + 1 < s->n_cases && s->cases[i + 1].scenario == s->cases[i].scenario;
        if (*sc->summary && !same) { /* below the last of its cases */
            buf_adds(out, "      ");
            add_for_terminal(out, sc->summary);
            buf_addc(out, '\n');
        }
    }
    size_t scenarios = count_scenarios(s);
    buf_adds(out, s->n_cases ? "\n" : "");
    if (scenarios < s->n_cases)
        buf_addf(out, "%zu cases of ", s->n_cases);
    buf_addf(out, "%zu scenario%s, %zu deselected\n", scenarios, scenarios == 1 ? "" : "s", s->n_deselected);
}

/* What `muster run` would refuse to begin is refused here as well. */
static int check_plan(const struct verb *verb, const struct catalogue *c, const struct selection *selection)
{
    autoerr struct err err = {0};
    struct fixture_plan fixtures;
    struct schedule *schedule;
    autofree uint32_t *sequence = xcalloc(selection->n_cases + 1, sizeof *sequence);
    for (size_t i = 0; i < selection->n_cases; i++)
        sequence[i] = (uint32_t)i;
    if (fixtures_plan(c, selection, &fixtures, &err) < 0) {
        cli_complain("%s", err_text(&err));
        return EXIT_USAGE;
    }
    fixtures_free(&fixtures);
    if (schedule_new(c, selection, sequence, 1, &schedule, &err) < 0)
        return cli_usage(verb, "%s", err_text(&err));
    schedule_free(schedule);
    return EXIT_OK;
}

static int list_found(const struct verb *verb, const struct list_settings *s, struct found *f)
{
    autoselection struct selection selection = {0};
    int status = cli_select(verb, f, &s->selecting, &selection);
    if (status != EXIT_OK) {
        cli_complain_of_refused(f);
        return status;
    }
    struct sharding sharding;
    shard_option_apply(s->shard, strcmp(s->history, "none") == 0 ? NULL : s->history, &selection, &sharding);
    status = check_plan(verb, &f->catalogue, &selection);
    if (status != EXIT_OK)
        return status;
    autobuf struct buf out = {0};
    if (s->json) {
        list_json(&out, f, &selection);
        cli_print_data(&out);
    } else {
        list_plain(&out, f, &selection);
        sharding_describe(&sharding, &selection, &out);
        cli_print(&out);
    }
    cli_complain_of_refused(f);
    if (f->n_refused == 0 && sharding.n_whole == 0)
        cli_complain_of_nothing(f);
    return f->n_refused > 0 ? EXIT_PLUGIN : sharding.n_whole == 0 ? EXIT_NOTHING : EXIT_OK;
}

static int main_list(const struct verb *verb, int argc, char **argv)
{
    struct list_settings s = {.selecting = SELECTING_INIT, .history = HISTORY_DEFAULT};
    struct option_list operands = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status) &&
        (status = shard_option_choose(verb, s.selecting.shard, &s.shard)) == EXIT_OK) {
        autoerr struct err err = {0};
        const struct find_options find = {.run_id = "list",
                                          .load_timeout_ns = s.selecting.load_timeout_ns,
                                          .packs = s.selecting.packs,
                                          .plugins = configured_plugins(),
                                          .target_file = s.selecting.target};
        struct found found;
        status = EXIT_RUNNER;
        int r = find_start(&found, &find, &err);
        if (r == 0)
            r = cli_find_plugins(&found, &find, &operands, &status, &err);
        if (r < 0)
            cli_complain("%s", err_text(&err));
        else
            status = list_found(verb, &s, &found);
        found_free(&found);
    }
    option_list_free(&operands);
    selecting_free(&s.selecting);
    return status;
}

const struct verb verb_list = {.name = "list",
                               .usage = "list [OPTION]... [PATH|ID]...",
                               .summary = "List scenarios, without running them.",
                               .options = options,
                               .main = main_list};

/* SPDX-License-Identifier: Apache-2.0 */
/* muster inspect: all that the runner sees in a plugin, and every reason to refuse it. */
#include "base/clock.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/plugin_json.h"
#include "cli/plugins.h"
#include "cli/select_options.h"
#include "plan/fixtures.h"

#include <errno.h>
#include <string.h>

struct inspect_settings {
    struct selecting selecting;
    bool json;
};

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_FLAG, 0, "json", NULL, "As JSON.", offsetof(struct inspect_settings, json), NULL},
    {OPTION_DURATION, 0, "load-timeout", "TIME", "For loading one plugin. Default: 10s.",
     offsetof(struct inspect_settings, selecting.load_timeout_ns), NULL},
    OPTION_OWN_MARKER(struct inspect_settings, selecting),
    OPTIONS_END,
};

static void add_line(struct buf *out, const char *label, const char *text)
{
    buf_addf(out, "  %-10s ", label);
    terminal_add(out, text, strlen(text));
    buf_addc(out, '\n');
}

static void add_limit(struct buf *out, const char *label, uint32_t ms)
{
    if (ms)
        buf_addf(out, "      %-10s %u ms\n", label, ms);
}

static void add_words(struct buf *out, const char *label, const char *const *items)
{
    for (size_t i = 0; items[i]; i++) {
        buf_addf(out, "      %-10s ", label);
        terminal_add(out, items[i], strlen(items[i]));
        buf_addc(out, '\n');
    }
}

static void add_params(struct buf *out, const struct param_list *params)
{
    for (uint32_t i = 0; i < params->n; i++) {
        const struct param_info *p = &params->items[i];
        buf_addf(out, "      %-10s %s %s", "parameter", value_type_name(p->type), p->name);
        if (p->fallback) {
            buf_adds(out, " = ");
            terminal_add(out, p->fallback, strlen(p->fallback));
        }
        if (*p->summary) {
            buf_adds(out, ": ");
            terminal_add(out, p->summary, strlen(p->summary));
        }
        buf_addc(out, '\n');
    }
}

static void add_tables(struct buf *out, const struct scenario_info *s)
{
    for (uint32_t i = 0; i < s->n_tables; i++) {
        const struct table_info *t = &s->tables[i];
        buf_addf(out, "      %-10s", "table");
        for (uint32_t k = 0; k < t->n_columns; k++)
            buf_addf(out, "%s %s", k ? "," : "", t->columns[k]);
        buf_adds(out, t->n_columns ? ": " : " ");
        if (t->n_rows > 0 || !*t->file)
            buf_addf(out, "%llu row%s", (unsigned long long)t->n_rows, t->n_rows == 1 ? "" : "s");
        if (*t->file) {
            buf_adds(out, t->n_rows > 0 ? ", and those of " : "the rows of ");
            terminal_add(out, t->file, strlen(t->file));
        }
        buf_addc(out, '\n');
    }
}

/* The name, where it stands, and its summary. */
static void add_heading(struct buf *out, const char *name, const char *file, uint32_t line, const char *summary)
{
    buf_adds(out, "    ");
    terminal_add(out, name, strlen(name));
    if (*file) {
        buf_adds(out, "  (");
        terminal_add(out, file, strlen(file));
        buf_addf(out, ":%u)", line);
    }
    buf_addc(out, '\n');
    if (*summary) {
        buf_adds(out, "      ");
        terminal_add(out, summary, strlen(summary));
        buf_addc(out, '\n');
    }
}

static void add_fixture(struct buf *out, const struct fixture_info *f)
{
    add_heading(out, f->name, f->file, f->line, f->summary);
    buf_addf(out, "      %-10s %s\n", "scope", fixture_scope_name(f->scope));
    add_params(out, &f->params);
    add_words(out, "uses", f->uses);
    add_limit(out, "set-up", f->setup_timeout_ms);
    add_limit(out, "ready", f->ready_timeout_ms);
    add_limit(out, "tear-down", f->teardown_timeout_ms);
    add_limit(out, "health", f->health_interval_ms);
}

static void add_step(struct buf *out, const struct step_info *s)
{
    add_heading(out, s->name, s->file, s->line, s->summary);
    add_params(out, &s->params);
    if (s->returns != TYPE_NONE)
        buf_addf(out, "      %-10s %s\n", "returns", value_type_name(s->returns));
    add_words(out, "needs", s->needs);
    add_words(out, "uses", s->uses);
    add_limit(out, "timeout", s->timeout_ms);
}

static void add_cleanup(struct buf *out, const struct cleanup_info *c)
{
    add_heading(out, c->name, "", 0, "");
    add_limit(out, "timeout", c->timeout_ms);
}

static void add_scenario(struct buf *out, const struct scenario_info *s)
{
    add_heading(out, s->id, s->file, s->line, s->summary);
    for (uint32_t i = 0; i < s->n_markers; i++) {
        buf_adds(out, i ? ", " : "      markers    ");
        terminal_add(out, s->markers[i].text, strlen(s->markers[i].text));
    }
    if (s->n_markers)
        buf_addc(out, '\n');
    add_words(out, "needs", s->needs);
    add_words(out, "uses", s->uses);
    add_params(out, &s->params);
    add_tables(out, s);
    add_limit(out, "set-up", s->setup_timeout_ms);
    add_limit(out, "timeout", s->timeout_ms);
    add_limit(out, "tear-down", s->teardown_timeout_ms);
    if (s->reruns)
        buf_addf(out, "      reruns     %u, the first after %u ms\n", s->reruns, s->rerun_delay_ms);
}

static void add_plugin(struct buf *out, const struct catalogue *c, const struct plugin_info *p)
{
    terminal_add(out, p->path, strlen(p->path));
    buf_addc(out, '\n');
    add_line(out, "plugin", p->name);
    add_line(out, "version", p->version);
    if (*p->summary)
        add_line(out, "summary", p->summary);
    buf_addf(out, "  %-10s 1.%u\n", "interface", p->abi_minor);
    add_line(out, "attempts",
             p->fresh ? "spawned fresh: loading it starts threads, or it asks for it" : "forked from its host");
    for (size_t i = 0; p->thresholds[i]; i++)
        add_line(out, "threshold", p->thresholds[i]);
    buf_addf(out, "  %-10s %u\n", "scenarios", p->count);
    for (uint32_t i = p->first; i < p->first + p->count; i++)
        add_scenario(out, &c->scenarios[i]);
    if (p->n_fixtures > 0)
        buf_addf(out, "  %-10s %u\n", "fixtures", p->n_fixtures);
    for (uint32_t i = p->first_fixture; i < p->first_fixture + p->n_fixtures; i++)
        add_fixture(out, &c->fixtures[i]);
    if (p->n_steps > 0)
        buf_addf(out, "  %-10s %u\n", "steps", p->n_steps);
    for (uint32_t i = p->first_step; i < p->first_step + p->n_steps; i++)
        add_step(out, &c->steps[i]);
    if (p->n_cleanups > 0)
        buf_addf(out, "  %-10s %u\n", "cleanups", p->n_cleanups);
    for (uint32_t i = p->first_cleanup; i < p->first_cleanup + p->n_cleanups; i++)
        add_cleanup(out, &c->cleanups[i]);
}

static void print_json(const struct found *f)
{
    autobuf struct buf out = {0};
    const char *before = "\n";
    buf_adds(&out, "{\"version\":1,\"plugins\":[");
    for (size_t i = 0; i < f->catalogue.n_plugins; i++) {
        if (f->catalogue.plugins[i].provider)
            continue;
        buf_adds(&out, before);
        json_add_plugin(&out, &f->catalogue, &f->catalogue.plugins[i]);
        before = ",\n";
    }
    buf_adds(&out, "],\n\"refused\":");
    json_add_refused(&out, &f->hosts);
    buf_adds(&out, "}\n");
    cli_print_data(&out);
}

static void print_plain(const struct found *f)
{
    autobuf struct buf out = {0};
    for (size_t i = 0; i < f->catalogue.n_plugins; i++)
        if (!f->catalogue.plugins[i].provider)
            add_plugin(&out, &f->catalogue, &f->catalogue.plugins[i]);
    for (size_t i = 0; i < f->hosts.n; i++) {
        const struct host *h = f->hosts.items[i];
        if (!find_is_refused(h))
            continue;
        terminal_add(&out, h->path, strlen(h->path));
        buf_addc(&out, '\n');
        add_line(&out, "refused", h->reason);
        add_line(&out, "because", h->text);
    }
    cli_print(&out);
}

static int inspect(const struct found *f, const struct inspect_settings *s)
{
    (s->json ? print_json : print_plain)(f);
    size_t mistakes = cli_complain_of_markers(f, &s->selecting);
    return f->n_refused > 0 ? EXIT_PLUGIN : mistakes > 0 ? EXIT_USAGE : EXIT_OK;
}

static int main_inspect(const struct verb *verb, int argc, char **argv)
{
    struct inspect_settings s = {.selecting = SELECTING_INIT};
    struct option_list operands = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status)) {
        autoerr struct err err = {0};
        const struct find_options find = {.run_id = "inspect", .load_timeout_ns = s.selecting.load_timeout_ns};
        struct found found;
        status = EXIT_RUNNER;
        if (operands.n == 0) {
            status = cli_usage(verb, "which plugin?");
        } else {
            int r = find_start(&found, &find, &err);
            if (r == 0)
                r = cli_find_plugins(&found, &find, &operands, &status, &err);
            if (r == 0 && found.ids.n > 0) {
                r = err_set(&err, -ENOENT, "%s: no such file", found.ids.items[0]);
                status = EXIT_USAGE;
            }
            if (r < 0)
                cli_complain("%s", err_text(&err));
            else
                status = inspect(&found, &s);
            found_free(&found);
        }
    }
    option_list_free(&operands);
    selecting_free(&s.selecting);
    return status;
}

const struct verb verb_inspect = {.name = "inspect",
                                  .usage = "inspect [OPTION]... FILE...",
                                  .summary = "Show what the runner sees in a plugin, or why it refuses it.",
                                  .options = options,
                                  .main = main_inspect};

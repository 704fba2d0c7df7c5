/* SPDX-License-Identifier: Apache-2.0 */
/* muster steps: the step functions that scenarios written as data can call. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/plugin_json.h"
#include "cli/plugins.h"
#include "plan/glob.h"

#include <stdlib.h>
#include <string.h>

struct steps_settings {
    int64_t load_timeout_ns;
    bool json;
};

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_FLAG, 0, "json", NULL, "As JSON, with all that is known of each step.",
     offsetof(struct steps_settings, json), NULL},
    {OPTION_DURATION, 0, "load-timeout", "TIME", "For loading one plugin. Default: 10s.",
     offsetof(struct steps_settings, load_timeout_ns), NULL},
    OPTIONS_END,
};

static void add_for_terminal(struct buf *out, const char *text)
{
    terminal_add(out, text, strlen(text));
}

/* A fallback as a file of YAML would have it. */
static void add_fallback(struct buf *out, const struct param_info *p)
{
    buf_adds(out, " = ");
    if (p->type == TYPE_STR)
        json_add_string(out, p->fallback, strlen(p->fallback));
    else
        add_for_terminal(out, p->fallback);
}

/* create_workload(name: str, image: str = "web", ports: json = []) -> json */
static void add_signature(struct buf *out, const struct step_info *s)
{
    add_for_terminal(out, s->name);
    buf_addc(out, '(');
    for (uint32_t i = 0; i < s->params.n; i++) {
        const struct param_info *p = &s->params.items[i];
        buf_addf(out, "%s%s: %s", i ? ", " : "", p->name, value_type_name(p->type));
        if (p->fallback)
            add_fallback(out, p);
    }
    buf_addc(out, ')');
    if (s->returns != TYPE_NONE)
        buf_addf(out, " -> %s", value_type_name(s->returns));
}

static void add_indented(struct buf *out, const char *text)
{
    buf_adds(out, "      ");
    add_for_terminal(out, text);
    buf_addc(out, '\n');
}

static void print_plain(struct buf *out, const struct catalogue *c, const struct step_info *const *steps, size_t n)
{
    const struct plugin_info *plugin = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct step_info *s = steps[i];
        if (plugin != &c->plugins[s->plugin]) {
            buf_adds(out, plugin ? "\n" : "");
            plugin = &c->plugins[s->plugin];
            add_for_terminal(out, plugin->name);
            buf_addc(out, ' ');
            add_for_terminal(out, plugin->version);
            buf_adds(out, " (");
            add_for_terminal(out, plugin->path);
            buf_adds(out, ")\n");
        }
        buf_adds(out, "  ");
        add_signature(out, s);
        buf_addc(out, '\n');
        if (*s->summary)
            add_indented(out, s->summary);
        for (uint32_t k = 0; k < s->params.n; k++) {
            if (!*s->params.items[k].summary)
                continue;
            autofree char *line = xasprintf("%s: %s", s->params.items[k].name, s->params.items[k].summary);
            add_indented(out, line);
        }
        for (size_t k = 0; s->needs[k]; k++) {
            autofree char *line = xasprintf("needs %s", s->needs[k]);
            add_indented(out, line);
        }
        for (size_t k = 0; s->uses[k]; k++) {
            autofree char *line = xasprintf("uses %s", s->uses[k]);
            add_indented(out, line);
        }
    }
    buf_addf(out, "%s%zu step%s\n", n ? "\n" : "", n, n == 1 ? "" : "s");
}

static void print_json(struct buf *out, const struct catalogue *c, const struct step_info *const *steps, size_t n)
{
    buf_adds(out, "{\"version\":1,\"steps\":[");
    for (size_t i = 0; i < n; i++) {
        buf_adds(out, i ? ",\n" : "\n");
        json_add_step(out, c, steps[i]);
    }
    buf_adds(out, "]}\n");
}

static bool is_wanted(const struct step_info *s, const struct option_list *patterns)
{
    for (size_t i = 0; i < patterns->n; i++)
        if (glob_match(patterns->items[i], s->name, strlen(s->name)))
            return true;
    return patterns->n == 0;
}

static int by_plugin_and_name(const void *a, const void *b)
{
    const struct step_info *l = *(const struct step_info *const *)a, *r = *(const struct step_info *const *)b;
    return l->plugin != r->plugin ? (l->plugin > r->plugin) - (l->plugin < r->plugin) : strcmp(l->name, r->name);
}

static int print_found(const struct steps_settings *s, const struct found *f)
{
    const struct catalogue *c = &f->catalogue;
    autofree const struct step_info **steps = xcalloc(c->n_steps + 1, sizeof *steps);
    size_t n = 0;
    for (size_t i = 0; i < c->n_steps; i++)
        if (is_wanted(&c->steps[i], &f->ids))
            steps[n++] = &c->steps[i];
    qsort(steps, n, sizeof *steps, by_plugin_and_name);
    autobuf struct buf out = {0};
    if (s->json) {
        print_json(&out, c, steps, n);
        cli_print_data(&out);
    } else {
        print_plain(&out, c, steps, n);
        cli_print(&out);
    }
    cli_complain_of_refused(f);
    return f->n_refused > 0 ? EXIT_PLUGIN : n == 0 ? EXIT_NOTHING : EXIT_OK;
}

static int main_steps(const struct verb *verb, int argc, char **argv)
{
    struct steps_settings s = {.load_timeout_ns = 10 * NS_PER_S};
    struct option_list operands = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status)) {
        autoerr struct err err = {0};
        const struct find_options find = {
            .run_id = "steps", .load_timeout_ns = s.load_timeout_ns, .without_data = true};
        struct found found;
        status = EXIT_RUNNER;
        int r = find_start(&found, &find, &err);
        if (r == 0)
            r = cli_find_plugins(&found, &find, &operands, &status, &err);
        if (r < 0)
            cli_complain("%s", err_text(&err));
        else
            status = print_found(&s, &found);
        found_free(&found);
    }
    option_list_free(&operands);
    return status;
}

const struct verb verb_steps = {.name = "steps",
                                .usage = "steps [OPTION]... [PATH|NAME]...",
                                .summary = "List the step functions that scenarios written as data can call.",
                                .options = options,
                                .main = main_steps};

/* SPDX-License-Identifier: Apache-2.0 */
/* muster config: what is set for runs, and by what. */
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/configured.h"
#include "cli/configuring.h"
#include "cli/run_options.h"

#include <string.h>

struct config_settings {
    struct configuring configuring;
    bool json;
};

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_FLAG, 0, "json", NULL, "As JSON.", offsetof(struct config_settings, json), NULL},
    OPTIONS_CONFIGURING(struct config_settings, configuring),
    OPTIONS_END,
};

/* Of an option that takes one value, only the last counts. */
static bool counts(const struct option_values *values, size_t i)
{
    if (values->items[i].option->kind == OPTION_LIST)
        return true;
    for (size_t k = i + 1; k < values->n; k++)
        if (values->items[k].option == values->items[i].option)
            return false;
    return true;
}

/* What a variable hands to the target may be a secret, and the log of a CI server is read by many. */
static const char *shown(const struct option_value *v, struct buf *out)
{
    const char *equals = strchr(v->value, '=');
    bool hidden =
        strncmp(v->from, "MUSTER_", 7) == 0 && strcmp(v->option->name, "set") == 0 && equals && equals[1] != '@';
    if (!hidden)
        return v->value;
    buf_clear(out);
    buf_add(out, v->value, (size_t)(equals + 1 - v->value));
    buf_adds(out, "(not shown)");
    return buf_str(out);
}

static void add_row(struct buf *out, const char *name, const char *value, const char *from)
{
    size_t start = out->len;
    buf_addf(out, "%-18s ", name);
    terminal_add(out, value, strlen(value));
    while (out->len - start < 48)
        buf_addc(out, ' ');
    buf_adds(out, " ");
    terminal_add(out, from, strlen(from));
    buf_addc(out, '\n');
}

static void show(const struct option_values *values)
{
    autobuf struct buf out = {0}, text = {0};
    const struct option_list *plugins = configured_plugins();
    buf_addf(&out, "%s\n\n", configured_file() ? configured_file() : "no " CONFIG_FILE " here or above");
    for (size_t i = 0; i < values->n; i++)
        if (counts(values, i))
            add_row(&out, values->items[i].option->name, shown(&values->items[i], &text), values->items[i].from);
    for (size_t i = 0; i < plugins->n; i++)
        add_row(&out, "plugins", plugins->items[i], configured_file());
    buf_addf(&out, "%sEverything else has its default: 'muster run --help'.\n", values->n + plugins->n > 0 ? "\n" : "");
    cli_print(&out);
}

static void add_text(struct buf *out, const char *text)
{
    json_add_string(out, text, strlen(text));
}

static void show_json(const struct option_values *values)
{
    autobuf struct buf out = {0}, text = {0};
    const struct option_list *plugins = configured_plugins(), *profiles = configured_profiles();
    buf_adds(&out, "{\"file\":");
    if (configured_file())
        add_text(&out, configured_file());
    else
        buf_adds(&out, "null");
    buf_adds(&out, ",\"profiles\":[");
    for (size_t i = 0; i < profiles->n; i++) {
        buf_adds(&out, i ? "," : "");
        add_text(&out, profiles->items[i]);
    }
    buf_adds(&out, "],\"plugins\":[");
    for (size_t i = 0; i < plugins->n; i++) {
        buf_adds(&out, i ? "," : "");
        add_text(&out, plugins->items[i]);
    }
    buf_adds(&out, "],\"settings\":[");
    const char *comma = "";
    for (size_t i = 0; i < values->n; i++) {
        if (!counts(values, i))
            continue;
        buf_addf(&out, "%s{\"option\":", comma);
        add_text(&out, values->items[i].option->name);
        buf_adds(&out, ",\"value\":");
        add_text(&out, shown(&values->items[i], &text));
        buf_adds(&out, ",\"from\":");
        add_text(&out, values->items[i].from);
        buf_addc(&out, '}');
        comma = ",";
    }
    buf_adds(&out, "]}\n");
    cli_print_data(&out);
}

/* Whether a run would take it: the values are set in a run's settings, which are thrown away. */
static int check(const struct verb *verb, const struct option_values *values)
{
    autoerr struct err err = {0};
    struct run_settings scratch = {.jobs = 1};
    int r = options_apply(values, &scratch, &err);
    run_settings_free(&scratch);
    return r < 0 ? cli_usage(verb, "%s", err_text(&err)) : EXIT_OK;
}

static int main_config(const struct verb *verb, int argc, char **argv)
{
    struct config_settings s = {0};
    struct option_list operands = {0};
    struct option_values values = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status)) {
        autoerr struct err err = {0};
        status = EXIT_OK;
        if (operands.n > 0)
            status = cli_usage(verb, "it takes no argument: %s", operands.items[0]);
        else if (configured_values(run_options, &values, &err) < 0)
            status = cli_usage(verb, "%s", err_text(&err));
        else
            status = check(verb, &values);
        if (status == EXIT_OK && s.json)
            show_json(&values);
        else if (status == EXIT_OK)
            show(&values);
    }
    option_values_free(&values);
    option_list_free(&operands);
    return status;
}

static const char details[] = "What counts, from weak to strong: the defaults; muster.yaml, found upwards\n"
                              "from the working directory; its profile; variables MUSTER_OPTION_NAME; the\n"
                              "command line.\n";

const struct verb verb_config = {.name = "config",
                                 .usage = "config [OPTION]...",
                                 .summary = "Show what is configured, and where it is said.",
                                 .details = details,
                                 .options = options,
                                 .main = main_config};

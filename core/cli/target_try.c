/* SPDX-License-Identifier: Apache-2.0 */
/* A target file against the running platform: `muster run` of the scenario that asks it. */
#include "cli/target_try.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char plugin_name[] = "target-check.so", scenario_id[] = "target.check";

/* The plugin that has the fixture; NULL: none. */
static const struct plugin_info *find_provider(const struct catalogue *c, const char *fixture)
{
    for (size_t i = 0; i < c->n_fixtures; i++)
        if (strcmp(c->fixtures[i].name, fixture) == 0)
            return &c->plugins[c->fixtures[i].plugin];
    return NULL;
}

bool target_try_prepare(struct target_try *try, const struct found *f, struct err *err)
{
    const char *fixture = run_target_fixture(&f->target);
    if (!fixture)
        return run_target_check_values(&f->target, err) == 0;
    const struct plugin_info *provider = find_provider(&f->catalogue, fixture);
    if (provider)
        try->plugin = xstrdup(provider->path);
    else
        err_set(err, -ENOENT,
                "no plugin that was found has the fixture %s, which the values of the target come from: name its "
                "plugin as a PATH, or give the values, as with --set url=...",
                fixture);
    return provider != NULL;
}

static void add_each(struct option_list *words, const char *option, const struct option_list *values)
{
    for (size_t i = 0; i < values->n; i++) {
        option_list_add(words, option);
        option_list_add(words, values->items[i]);
    }
}

int target_try_run(const struct target_try *try)
{
    autofree char *tool = find_tool(plugin_name);
    if (!tool) {
        cli_complain("%s is missing in the installation: it asks the platform", plugin_name);
        return EXIT_RUNNER;
    }
    struct option_list words = {0};
    const char *const first[] = {"run", "--verbose", "--history", "none", "--target", try->file};
    for (size_t i = 0; i < ARRAY_LEN(first); i++)
        option_list_add(&words, first[i]);
    add_each(&words, "--set", try->set);
    add_each(&words, "--secret", try->secret_sources);
    if (try->out) {
        option_list_add(&words, "--out");
        option_list_add(&words, try->out);
    }
    if (try->plugin)
        option_list_add(&words, try->plugin);
    option_list_add(&words, tool);
    option_list_add(&words, scenario_id);
    int n = (int)words.n;
    option_list_add(&words, NULL);
    int status = verb_run.main(&verb_run, n, (char **)(uintptr_t)words.items);
    option_list_free(&words);
    return status;
}

void target_try_free(struct target_try *try)
{
    free(try->plugin);
    *try = (struct target_try){0};
}

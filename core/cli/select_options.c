/* SPDX-License-Identifier: Apache-2.0 */
/* Selecting, for run and list. */
#include "cli/select_options.h"

#include "base/machine_error.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "contain/contain.h"
#include "plan/known.h"
#include "tables/json.h"

#define MUSTER_NO_SHORT_NAMES
#include <muster/muster.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What this runner's hosts offer: a scenario that needs something else is skipped, not run. */
#define ID(id_, name_) MUSTER_EXT_##id_,
static const char *const capabilities[] = {MUSTER_EXTENSIONS(ID)};
#undef ID

static bool was_told(const char *const *told, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(told[i], name) == 0)
            return true;
    return false;
}

/* Any marker is allowed; a limit that is missing for a slip of the pen weakens a test in silence. Once for each name.
 */
static void warn_of_markers(const struct catalogue *c)
{
    const char **told = NULL;
    size_t n = 0, cap = 0;
    for (uint32_t i = 0; i < c->n_scenarios; i++) {
        const struct scenario_info *s = &c->scenarios[i];
        for (uint32_t k = 0; k < s->n_markers; k++) {
            const struct marker *m = &s->markers[k];
            const char *meant = known_meant(m->name);
            if (!meant || was_told(told, n, m->name))
                continue;
            cli_complain("%s: marker %s: muster does nothing for %s; did you mean %s?", s->id, m->text, m->name, meant);
            GROW(told, n, cap);
            told[n++] = m->name;
        }
    }
    free(told);
}

int cli_select(const struct verb *verb, struct found *f, const struct selecting *s, struct selection *ret_selection)
{
    autoerr struct err err = {0};
    warn_of_markers(&f->catalogue);
    char today[16];
    time_t now = time(NULL);
    struct tm tm;
    strftime(today, sizeof today, "%Y-%m-%d", gmtime_r(&now, &tm));
    const struct select_options o = {.today = today,
                                     .where = f->default_folders
                                                  ? "in the folders of MUSTER_PLUGIN_PATH and of the installation "
                                                    "(no PATH was given)"
                                                  : NULL,
                                     .ids = f->ids.items,
                                     .n_ids = f->ids.n,
                                     .markers = s->markers,
                                     .keywords = s->keywords,
                                     .capabilities = capabilities,
                                     .n_capabilities = ARRAY_LEN(capabilities),
                                     .check_json = json_text_check,
                                     .tables = run_tables_of,
                                     .tables_data = &f->tables,
                                     .limits = {.timeout_ns = s->timeout_ns,
                                                .retries = s->retries,
                                                .retry_delay_ns = s->retry_delay_ns,
                                                .backoff = 2.0,
                                                .retry_on = (uint32_t)s->retry_on,
                                                .containment_parse = containment_parse,
                                                .containment_words = containment_words}};
    int e = run_tables_init(&f->tables, &f->catalogue, s->data.items, s->data.n, table_fetch, &f->table_helper, &err);
    if (e == 0)
        e = select_cases(&f->catalogue, &o, ret_selection, &err);
    if (e == -EINTR) {
        cli_complain("%s", err_text(&err));
        return EXIT_INTERRUPTED;
    }
    if (e < 0) {
        if (f->catalogue.n_scenarios == 0 && f->n_refused > 0) {
            cli_complain("no plugin could be loaded: nothing to select from");
            return EXIT_PLUGIN;
        }
        if (is_machine_error(e)) {
            cli_complain("%s", err_text(&err));
            return EXIT_RUNNER;
        }
        return cli_usage(verb, "%s", err_text(&err));
    }
    return EXIT_OK;
}

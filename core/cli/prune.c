/* SPDX-License-Identifier: Apache-2.0 */
/* Old runs go, and some stay. */
#include "cli/prune.h"

#include "base/cleanup.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/named_run.h"
#include "evidence/run_pruning.h"
#include "report/style.h"

#include <errno.h>

static bool is_bounded(const struct retention_rule *rule)
{
    return rule->runs >= 0 || rule->age_ns >= 0 || rule->bytes >= 0;
}

bool prune_is_asked(const struct prune_settings *s)
{
    return s->prune || s->pin.n > 0 || s->unpin.n > 0;
}

int prune_check(const struct verb *verb, const struct prune_settings *s)
{
    if (s->prune && !is_bounded(&s->rule))
        return cli_usage(verb, "--prune: by which bound? --keep-runs N, --keep-age TIME or --keep-size SIZE");
    return EXIT_OK;
}

static int pin_all(const struct option_list *names, const char *out, bool pinned)
{
    for (size_t i = 0; i < names->n; i++) {
        autoerr struct err err = {0};
        int status = EXIT_OK;
        autofree char *path = named_run(names->items[i], out, &status);
        if (!path)
            return status;
        int r = run_pin(path, pinned, &err);
        if (r < 0) {
            cli_complain("%s", err_text(&err));
            return cli_usage_unless_system(r);
        }
    }
    return EXIT_OK;
}

/* One that stays within all bounds is not worth a line. */
static bool is_worth_telling(const struct retention_item *item)
{
    return item->goes || item->why != RETENTION_WITHIN;
}

static void say(const struct run_pruning *p, const char *out, bool dry_run)
{
    static const struct style plain = {0};
    autobuf struct buf text = {0};
    size_t removed = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct pruned_run *run = &p->runs[i];
        removed += run->item.goes;
        if (!is_worth_telling(&run->item))
            continue;
        buf_addf(&text, "%s ", !run->item.goes ? "kept" : dry_run ? "would remove" : "removed");
        autofree char *path = xasprintf("%s/%s", out, run->name);
        style_continued(&text, &plain, path);
        buf_addf(&text, ": %s\n", retention_text(run->item.why));
    }
    buf_addf(&text, "%zu run%s %s, %zu kept\n", removed, removed == 1 ? "" : "s", dry_run ? "would go" : "removed",
             p->n - removed);
    cli_print(&text);
}

static void say_json(const struct run_pruning *p, bool dry_run)
{
    autobuf struct buf text = {0};
    struct json_out j = {&text, false};
    json_open(&j, NULL, '{');
    json_bool(&j, "dryRun", dry_run);
    json_open(&j, "runs", '[');
    for (size_t i = 0; i < p->n; i++) {
        json_open(&j, NULL, '{');
        json_text(&j, "name", p->runs[i].name);
        json_bool(&j, "removed", p->runs[i].item.goes);
        json_text(&j, "why", retention_text(p->runs[i].item.why));
        if (p->runs[i].item.bytes > 0)
            json_int(&j, "bytes", p->runs[i].item.bytes);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    buf_addc(&text, '\n');
    cli_print_data(&text);
}

static int prune(const struct prune_settings *s, const char *out, bool json)
{
    autoerr struct err err = {0};
    struct run_pruning p;
    int r = run_pruning_plan(&p, out, &s->rule, &err), status = EXIT_OK;
    const bool is_there = r != -ENOENT; /* before the first run there is no folder, and nothing to remove */
    if (r < 0 && is_there) {
        status = cli_usage_unless_system(r);
    } else {
        if (!is_there)
            cli_complain("%s: no run is there: 'muster run' makes one, --out names another folder", out);
        if (is_there && !s->dry_run && run_pruning_do(&p, out, &err) < 0)
            status = EXIT_RUNNER;
        if (json)
            say_json(&p, s->dry_run);
        else
            say(&p, out, s->dry_run);
    }
    if (status != EXIT_OK)
        cli_complain("%s", err_text(&err));
    run_pruning_free(&p);
    return status;
}

int prune_runs(const struct prune_settings *s, const char *out, bool json)
{
    int status = pin_all(&s->pin, out, true);
    if (status == EXIT_OK)
        status = pin_all(&s->unpin, out, false);
    return status == EXIT_OK && s->prune ? prune(s, out, json) : status;
}

static size_t count_gone(const struct run_pruning *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        n += p->runs[i].item.goes;
    return n;
}

void prune_after_run(const struct retention_rule *rule, const char *out, bool quiet)
{
    autoerr struct err err = {0};
    struct run_pruning p;
    if (!is_bounded(rule))
        return;
    if (run_pruning_plan(&p, out, rule, &err) < 0 || run_pruning_do(&p, out, &err) < 0)
        cli_complain("warning: old runs: %s", err_text(&err));
    size_t gone = count_gone(&p);
    autobuf struct buf text = {0};
    buf_addf(&text, "     Removed %zu old run%s\n", gone, gone == 1 ? "" : "s");
    if (gone > 0 && !quiet)
        cli_print(&text);
    run_pruning_free(&p);
}

void prune_settings_free(struct prune_settings *s)
{
    option_list_free(&s->pin);
    option_list_free(&s->unpin);
}

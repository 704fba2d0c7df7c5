/* SPDX-License-Identifier: Apache-2.0 */
/* Runs in a list. */
#include "report/run_rows.h"

#include "base/clock.h"

#include <string.h>

struct run_row run_row_of(const struct run_model *m, const char *name)
{
    return (struct run_row){.name = name,
                            .status = model_status(m),
                            .started_at = m->started_at,
                            .duration_ns = m->started ? m->duration_ns : -1,
                            .exit_status = m->ended ? m->exit_status : -1,
                            .cases = m->n_cases,
                            .passed = m->verdicts[VERDICT_PASSED] + m->verdicts[VERDICT_FLAKY],
                            .bad = model_bad(m),
                            .flaky = m->verdicts[VERDICT_FLAKY],
                            .skipped = m->verdicts[VERDICT_SKIPPED],
                            .not_run = model_not_run(m)};
}

void run_row_age(struct buf *out, int64_t ns)
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{365 * 86400LL, "y"}, {86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    int64_t s = ns / NS_PER_S;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        int64_t n = s / units[i].seconds;
        if (n <= 0)
            continue;
        buf_addf(out, "%lld %s ago", (long long)n, units[i].name);
        return;
    }
    buf_adds(out, "now");
}

static enum colour status_colour(const char *status)
{
    if (strcmp(status, "PASSED") == 0)
        return COLOUR_GREEN;
    return strcmp(status, "FAILED") == 0 || strcmp(status, RUN_ROW_DAMAGED) == 0 ? COLOUR_RED : COLOUR_YELLOW;
}

/* What deviates most, of how many. */
static void add_counts(struct buf *out, const struct run_row *row)
{
    const struct {
        size_t n;
        const char *word;
    } parts[] = {{row->bad, "bad"}, {row->not_run, "not run"}, {row->flaky, "flaky"}, {row->skipped, "skipped"}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].n == 0)
            continue;
        buf_addf(out, "%zu %s of %zu", parts[i].n, parts[i].word, row->cases);
        return;
    }
    buf_addf(out, "%zu passed", row->passed);
}

void run_row_add(struct buf *out, const struct style *style, const struct run_row *row, int64_t now_ns)
{
    autobuf struct buf age = {0};
    int64_t began;
    style_status(out, style, status_colour(row->status), row->status);
    style_seconds(out, style, row->duration_ns);
    if (clock_parse_rfc3339(row->started_at, &began) == 0)
        run_row_age(&age, now_ns - began);
    buf_addf(out, style_is_narrow(style) ? "%s " : "%10s ", buf_str(&age));
    style_continued(out, style, row->name);
    if (strcmp(row->status, RUN_ROW_DAMAGED) != 0) {
        buf_addc(out, ' ');
        add_counts(out, row);
    }
    buf_adds(out, row->pinned ? ", pinned\n" : "\n");
}

void run_row_json(struct json_out *j, const struct run_row *row)
{
    json_text(j, "name", row->name);
    json_text(j, "status", row->status);
    json_text_if(j, "timestamp", row->started_at);
    if (row->duration_ns >= 0)
        json_ms(j, "durationMs", row->duration_ns);
    if (row->exit_status >= 0)
        json_int(j, "exitStatus", row->exit_status);
    json_int(j, "totalScenarios", (int64_t)row->cases);
    json_int(j, "passed", (int64_t)row->passed);
    json_int(j, "failed", (int64_t)row->bad);
    json_int(j, "flaky", (int64_t)row->flaky);
    json_int(j, "skipped", (int64_t)row->skipped);
    json_int(j, "notRun", (int64_t)row->not_run);
    json_bool(j, "pinned", row->pinned);
}

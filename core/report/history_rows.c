/* SPDX-License-Identifier: Apache-2.0 */
/* What the history says of cases, in lines. */
#include "report/history_rows.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_RESULTS = 20 };

static void add_id(struct buf *out, const struct style *style, const char *id, size_t column)
{
    enum { LEAST = 24 };
    size_t room = style->width > column + LEAST ? style->width - column : LEAST;
    if (style->width > 0)
        style_id(out, style, id, room);
    else
        style_continued(out, style, id);
    buf_addc(out, '\n');
}

static void add_more(struct buf *out, size_t n, size_t shown)
{
    if (n > shown)
        buf_addf(out, "and %zu more: --limit 0 shows all\n", n - shown);
}

static size_t cut(size_t n, size_t limit)
{
    return limit > 0 && limit < n ? limit : n;
}

/* ---- flaky ---- */

static int flakiest_first(const void *a, const void *b)
{
    const struct flaky_row *x = a, *y = b;
    int order = (x->rate.low < y->rate.low) - (x->rate.low > y->rate.low);
    return order ? order : strcmp(x->c->id, y->c->id);
}

static int longest_failing_first(const void *a, const void *b)
{
    const struct flaky_row *x = a, *y = b;
    int order = (x->rate.failing < y->rate.failing) - (x->rate.failing > y->rate.failing);
    return order ? order : strcmp(x->c->id, y->c->id);
}

struct flaky_rows flaky_rows_make(const struct history_case *cases, size_t n, size_t window)
{
    struct flaky_rows rows = {.flaky = xcalloc(n + 1, sizeof *rows.flaky),
                              .failing = xcalloc(n + 1, sizeof *rows.failing)};
    for (size_t i = 0; i < n; i++) {
        const struct flaky_row row = {&cases[i], case_rate_of(cases[i].recent, window)};
        if (row.rate.flaky + row.rate.recovered > 0)
            rows.flaky[rows.n_flaky++] = row;
        if (row.rate.failing > 0)
            rows.failing[rows.n_failing++] = row;
    }
    qsort(rows.flaky, rows.n_flaky, sizeof *rows.flaky, flakiest_first);
    qsort(rows.failing, rows.n_failing, sizeof *rows.failing, longest_failing_first);
    return rows;
}

void flaky_rows_free(struct flaky_rows *rows)
{
    free(rows->flaky);
    free(rows->failing);
}

/* The last ones, a point for what passed; as wide as SHOWN_RESULTS. */
static void add_results(struct buf *out, const char *letters)
{
    size_t len = strlen(letters), from = len > SHOWN_RESULTS ? len - SHOWN_RESULTS : 0;
    buf_addf(out, "%*s", (int)(SHOWN_RESULTS - (len - from)), "");
    for (size_t i = from; i < len; i++)
        buf_addc(out, letters[i] == 'P' ? '.' : strchr("FETCR", letters[i]) ? letters[i] : '?');
}

static void add_flaky(struct buf *out, const struct style *style, const struct flaky_row *row)
{
    const struct case_rate *r = &row->rate;
    size_t start = out->len;
    buf_addf(out, "%5.1f %% %5.1f-%5.1f %3zu of %3zu  ", 100 * r->rate, 100 * r->low, 100 * r->high,
             r->flaky + r->recovered, r->runs - r->failing);
    add_results(out, row->c->recent);
    buf_adds(out, "  ");
    add_id(out, style, row->c->id, out->len - start);
}

static void add_failing(struct buf *out, const struct style *style, const struct flaky_row *row)
{
    size_t start = out->len;
    buf_addf(out, "%19s %3zu of %3zu  ", "", row->rate.failing, row->rate.runs);
    add_results(out, row->c->recent);
    buf_adds(out, "  ");
    add_id(out, style, row->c->id, out->len - start);
}

void flaky_rows_add(struct buf *out, const struct style *style, const struct flaky_rows *rows, size_t limit)
{
    size_t flaky = cut(rows->n_flaky, limit), failing = cut(rows->n_failing, limit);
    if (flaky > 0)
        buf_addf(out, " rate   95 %% interval      runs  %-*s  flaky\n", SHOWN_RESULTS, "the last of them");
    for (size_t i = 0; i < flaky; i++)
        add_flaky(out, style, &rows->flaky[i]);
    add_more(out, rows->n_flaky, flaky);
    if (failing > 0)
        buf_addf(out, "%32s  %-*s  failing now\n", "runs", SHOWN_RESULTS, "the last of them");
    for (size_t i = 0; i < failing; i++)
        add_failing(out, style, &rows->failing[i]);
    add_more(out, rows->n_failing, failing);
    if (flaky + failing == 0)
        buf_adds(out, "nothing is flaky, and nothing fails\n");
}

static void add_row_json(struct json_out *j, const struct flaky_row *row)
{
    json_open(j, NULL, '{');
    json_text(j, "id", row->c->id);
    json_int(j, "runs", (int64_t)row->rate.runs);
    json_int(j, "flaky", (int64_t)row->rate.flaky);
    json_int(j, "recovered", (int64_t)row->rate.recovered);
    json_int(j, "failing", (int64_t)row->rate.failing);
    json_number(j, "rate", row->rate.rate);
    json_number(j, "low", row->rate.low);
    json_number(j, "high", row->rate.high);
    json_text(j, "recent", row->c->recent);
    json_close(j, '}');
}

void flaky_rows_json(struct json_out *j, const struct flaky_rows *rows)
{
    json_open(j, "flaky", '[');
    for (size_t i = 0; i < rows->n_flaky; i++)
        add_row_json(j, &rows->flaky[i]);
    json_close(j, ']');
    json_open(j, "failing", '[');
    for (size_t i = 0; i < rows->n_failing; i++)
        add_row_json(j, &rows->failing[i]);
    json_close(j, ']');
}

/* ---- slow ---- */

bool slow_row_has_grown(const struct case_times *t)
{
    return t->lately_ns - t->before_ns >= 100 * NS_PER_MS && 2 * t->lately_ns >= 3 * t->before_ns;
}

static int slowest_first(const void *a, const void *b)
{
    const struct slow_row *x = a, *y = b;
    int order = (x->times.median_ns < y->times.median_ns) - (x->times.median_ns > y->times.median_ns);
    return order ? order : strcmp(x->c->id, y->c->id);
}

struct slow_rows slow_rows_make(const struct history_case *cases, size_t n, size_t window, bool grown)
{
    struct slow_rows rows = {.items = xcalloc(n + 1, sizeof *rows.items)};
    for (size_t i = 0; i < n; i++) {
        const struct slow_row row = {&cases[i], case_times_of(cases[i].times, window)};
        if (row.times.n > 0 && (!grown || slow_row_has_grown(&row.times)))
            rows.items[rows.n++] = row;
    }
    qsort(rows.items, rows.n, sizeof *rows.items, slowest_first);
    return rows;
}

void slow_rows_free(struct slow_rows *rows)
{
    free(rows->items);
}

static void add_slow(struct buf *out, const struct style *style, const struct slow_row *row)
{
    const struct case_times *t = &row->times;
    size_t start = out->len;
    style_seconds(out, style, t->median_ns);
    style_seconds(out, style, t->p95_ns);
    style_seconds(out, style, t->longest_ns);
    buf_addf(out, "%3zu ", t->n);
    if (slow_row_has_grown(t) && t->before_ns > 0)
        buf_addf(out, "x%-5.1f", (double)t->lately_ns / (double)t->before_ns);
    else
        buf_addf(out, "%-6s", slow_row_has_grown(t) ? "new" : "");
    add_id(out, style, row->c->id, out->len - start);
}

void slow_rows_add(struct buf *out, const struct style *style, const struct slow_rows *rows, size_t limit)
{
    size_t shown = cut(rows->n, limit);
    if (shown > 0 && !style_is_narrow(style))
        buf_addf(out, "%12s %12s %12s %4s lately\n", "median", "95 %", "longest", "runs");
    for (size_t i = 0; i < shown; i++)
        add_slow(out, style, &rows->items[i]);
    add_more(out, rows->n, shown);
    if (rows->n == 0)
        buf_adds(out, "nothing is known of how long anything takes, or nothing has grown\n");
}

void slow_rows_json(struct json_out *j, const struct slow_rows *rows)
{
    json_open(j, "slow", '[');
    for (size_t i = 0; i < rows->n; i++) {
        const struct case_times *t = &rows->items[i].times;
        json_open(j, NULL, '{');
        json_text(j, "id", rows->items[i].c->id);
        json_int(j, "runs", (int64_t)t->n);
        json_ms(j, "medianMs", t->median_ns);
        json_ms(j, "p95Ms", t->p95_ns);
        json_ms(j, "longestMs", t->longest_ns);
        if (t->before_ns + t->lately_ns > 0) {
            json_ms(j, "beforeMs", t->before_ns);
            json_ms(j, "latelyMs", t->lately_ns);
        }
        json_bool(j, "grown", slow_row_has_grown(t));
        json_close(j, '}');
    }
    json_close(j, ']');
}

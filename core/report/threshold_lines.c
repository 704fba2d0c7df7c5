/* SPDX-License-Identifier: Apache-2.0 */
#include "report/threshold_lines.h"

#include "base/text.h"
#include "plan/threshold.h"

#include <string.h>

void threshold_add_found(struct buf *out, const struct model_threshold *t)
{
    if (*t->why || t->samples == 0) {
        buf_adds(out, *t->why ? t->why : "nothing recorded this metric");
        return;
    }
    buf_adds(out, "it is ");
    threshold_value_add(out, t->value, t->unit);
    if (t->samples > 1)
        buf_addf(out, ", of %lld samples", (long long)t->samples);
}

void threshold_add_worst(struct buf *out, const struct model_threshold *t)
{
    if (!*t->worst)
        return;
    bool itself = t->worst_value <= t->value && t->worst_value >= t->value; /* of max and min */
    bool several = t->samples > 1 && !itself && strcmp(t->statistic, "count") != 0;
    buf_adds(out, several ? "the worst, " : "recorded by ");
    if (several) {
        threshold_value_add(out, t->worst_value, t->unit);
        buf_adds(out, ", is of ");
    }
    buf_addf(out, "%s, attempt %lld", t->worst, (long long)t->worst_attempt);
}

static void add_line(struct buf *out, const struct style *style, const struct model_threshold *t, bool warns)
{
    autobuf struct buf text = {0}, worst = {0};
    style_status(out, style, warns ? COLOUR_YELLOW : COLOUR_RED, "MISSED");
    buf_addc(out, ' ');
    terminal_add(out, t->text, strlen(t->text));
    if (*t->plugin) {
        buf_adds(out, " of ");
        terminal_add(out, t->plugin, strlen(t->plugin));
    }
    buf_addc(out, '\n');
    threshold_add_found(&text, t);
    style_wrapped(out, style, style_below(style), buf_str(&text));
    threshold_add_worst(&worst, t);
    if (worst.len > 0)
        style_wrapped(out, style, style_below(style), buf_str(&worst));
}

void thresholds_add_missed(struct buf *out, const struct style *style, const struct run_model *model)
{
    for (size_t i = 0; i < model->n_thresholds; i++)
        if (model->thresholds[i].outcome == THRESHOLD_MISSED)
            add_line(out, style, &model->thresholds[i], model->missed_warns);
}

/* ": a < 1, b < 2", the first of many. */
static void add_names(struct buf *out, const struct run_model *m, enum threshold_outcome outcome)
{
    enum { MOST = 4 };
    size_t shown = 0;
    for (size_t i = 0; i < m->n_thresholds; i++) {
        if (m->thresholds[i].outcome != outcome || shown++ >= MOST)
            continue;
        buf_addf(out, "%s%s", shown == 1 ? ": " : ", ", m->thresholds[i].text);
    }
    if (shown > MOST)
        buf_addf(out, " and %zu more", shown - MOST);
}

void thresholds_add_summary(struct buf *out, const struct style *style, const struct run_model *m)
{
    static const struct {
        enum threshold_outcome outcome;
        const char *words;
        bool named;
    } parts[] = {{THRESHOLD_MET, "met", false},
                 {THRESHOLD_MISSED, "missed", false},
                 {THRESHOLD_OFF, "off", false},
                 {THRESHOLD_UNMEASURED, "not measured", true}};
    autobuf struct buf text = {0};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        size_t n = m->outcomes[parts[i].outcome];
        if (n == 0)
            continue;
        buf_addf(&text, "%s%zu %s", text.len ? ", " : " ", n, parts[i].words);
        if (parts[i].named)
            add_names(&text, m, parts[i].outcome);
    }
    if (text.len == 0)
        return;
    size_t missed = model_missed(m);
    style_status(out, style, missed == 0 ? COLOUR_GREEN : m->missed_warns ? COLOUR_YELLOW : COLOUR_RED, "Thresholds");
    size_t column = style_is_narrow(style) ? strlen("Thresholds") : STATUS_COLUMNS;
    style_wrapped_behind(out, style, column, style_below(style), buf_str(&text));
}

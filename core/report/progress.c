/* SPDX-License-Identifier: Apache-2.0 */
/* The progress block's text. */
#include "report/progress.h"

#include "base/clock.h"
#include "base/text.h"

#include <string.h>

/* Known once every slot has had its turn and a second has passed: before, it would only mislead. */
static bool eta(const struct run_model *m, int64_t now_ns, int64_t *ret_ns)
{
    if (m->n_running == 0 || m->n_ended < (size_t)m->jobs || m->n_ended == 0 || m->n_ended >= m->n_cases ||
        now_ns < NS_PER_S)
        return false;
    double each = (double)now_ns / (double)m->n_ended;
    *ret_ns = (int64_t)(each * (double)(m->n_cases - m->n_ended));
    return true;
}

/* Colours are added after the text has been cut to the width, so that no column is counted for them. */
static void add_head(struct buf *out, const struct style *style, const struct run_model *m, int64_t now_ns)
{
    autobuf struct buf line = {0};
    buf_adds(&line, " [ ");
    style_clock(&line, now_ns);
    buf_addf(&line, "] %zu/%zu: ", m->n_ended, m->n_cases);
    if (m->n_running > 0) /* else it cleans up, or waits for a fixture or for a retry */
        buf_addf(&line, "%zu running, ", m->n_running);
    buf_addf(&line, "%zu passed, %zu failed", m->verdicts[VERDICT_PASSED] + m->verdicts[VERDICT_FLAKY], model_bad(m));
    if (m->verdicts[VERDICT_SKIPPED] > 0)
        buf_addf(&line, ", %zu skipped", m->verdicts[VERDICT_SKIPPED]);
    int64_t left;
    if (eta(m, now_ns, &left)) {
        buf_adds(&line, ", ETA ");
        style_clock(&line, left);
    }
    size_t room = style->width > STATUS_COLUMNS + 1 ? style->width - STATUS_COLUMNS - 1 : 0;
    style_status(out, style, model_bad(m) ? COLOUR_RED : COLOUR_GREEN, "Running");
    buf_add(out, line.data, line.len < room ? line.len : room);
}

static void add_running(struct buf *out, const struct style *style, const struct running *slot, int64_t now_ns)
{
    autobuf struct buf line = {0};
    buf_addf(&line, "%*s", STATUS_COLUMNS, "");
    style_seconds(&line, now_ns > slot->started_ns ? now_ns - slot->started_ns : 0);
    terminal_add(&line, slot->c->id, strlen(slot->c->id));
    /* Cut at a character, before the last column: a full line would wrap and the block could not be erased. */
    size_t columns = 0;
    const char *p = line.data, *end = line.data + line.len;
    while (p < end) {
        uint32_t code;
        size_t n = utf8_decode(p, end, &code);
        size_t wide = text_columns(p, n);
        if (columns + wide > style->width - 1)
            break;
        columns += wide;
        p += n;
    }
    buf_add(out, line.data, (size_t)(p - line.data));
}

size_t progress_add(struct buf *out, const struct style *style, const struct run_model *model,
                    const struct running *slots, size_t n_slots, size_t max_lines, int64_t now_ns)
{
    add_head(out, style, model, now_ns);
    size_t lines = 1;
    for (size_t i = 0; i < n_slots && lines < max_lines; i++) {
        if (!slots[i].c)
            continue;
        buf_addc(out, '\n');
        add_running(out, style, &slots[i], now_ns);
        lines++;
    }
    return lines;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The progress block's text. */
#include "report/progress.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
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

/* A full line would be wrapped by some terminals, and the block could not be erased. */
static size_t room_of(const struct style *style)
{
    return style->width > 1 ? style->width - 1 : 1;
}

/* If it has room, with all before it. */
static void add_part(struct buf *line, size_t room, bool *fits, const char *part)
{
    *fits = *fits && line->len + strlen(part) <= room;
    if (*fits)
        buf_adds(line, part);
}

static void add_count(struct buf *line, size_t room, bool *fits, const char *before, size_t n, const char *word)
{
    char part[48];
    snprintf(part, sizeof part, "%s%zu %s", before, n, word);
    add_part(line, room, fits, part);
}

static void add_times(struct buf *line, size_t room, bool *fits, const char *before, int64_t ns, const char *after)
{
    autobuf struct buf part = {0};
    buf_adds(&part, before);
    style_clock(&part, ns);
    buf_adds(&part, after);
    add_part(line, room, fits, buf_str(&part));
}

static size_t passed(const struct run_model *m)
{
    return m->verdicts[VERDICT_PASSED] + m->verdicts[VERDICT_FLAKY];
}

static void add_wide_head(struct buf *line, size_t room, const struct run_model *m, int64_t now_ns)
{
    bool fits = true;
    char done[48];
    int64_t left;
    add_times(line, room, &fits, " [ ", now_ns, "] ");
    snprintf(done, sizeof done, "%zu/%zu: ", m->n_ended, m->n_cases);
    add_part(line, room, &fits, done);
    if (m->n_running > 0) /* else it cleans up, or waits for a fixture or for a retry */
        add_count(line, room, &fits, "", m->n_running, "running, ");
    add_count(line, room, &fits, "", passed(m), "passed");
    add_count(line, room, &fits, ", ", model_bad(m), "failed");
    if (m->verdicts[VERDICT_SKIPPED] > 0)
        add_count(line, room, &fits, ", ", m->verdicts[VERDICT_SKIPPED], "skipped");
    if (eta(m, now_ns, &left))
        add_times(line, room, &fits, ", ETA ", left, "");
}

/* What matters most comes first. */
static void add_narrow_head(struct buf *line, size_t room, const struct run_model *m, int64_t now_ns)
{
    bool fits = true;
    char done[48];
    snprintf(done, sizeof done, " %zu/%zu", m->n_ended, m->n_cases);
    add_part(line, room, &fits, done);
    if (model_bad(m) > 0)
        add_count(line, room, &fits, ", ", model_bad(m), "failed");
    if (m->n_running > 0)
        add_count(line, room, &fits, ", ", m->n_running, "running");
    add_times(line, room, &fits, ", ", now_ns, "");
}

/* Colours are added around text that has been fitted to the width, so that no column is counted for them. */
static size_t add_head(struct buf *out, const struct style *style, const struct run_model *m, int64_t now_ns)
{
    autobuf struct buf line = {0};
    size_t word = style_is_narrow(style) ? strlen("Running") : STATUS_COLUMNS;
    size_t room = room_of(style) > word ? room_of(style) - word : 0;
    if (style_is_narrow(style))
        add_narrow_head(&line, room, m, now_ns);
    else
        add_wide_head(&line, room, m, now_ns);
    style_status(out, style, model_bad(m) ? COLOUR_RED : COLOUR_GREEN, "Running");
    buf_add(out, line.data, line.len);
    return word + line.len;
}

static void end_line(struct buf *out, const struct buf *line, struct progress_lines *lines)
{
    buf_addc(out, '\n');
    buf_add(out, line->data, line->len);
    lines->columns[lines->n++] = text_columns(line->data, line->len);
}

/* How many bytes of [p, end) have room: a character at least. */
static size_t fitting(const char *p, const char *end, size_t room)
{
    size_t columns = 0;
    const char *at = p;
    while (at < end) {
        uint32_t code;
        size_t n = utf8_decode(at, end, &code);
        columns += text_columns(at, n);
        if (columns > room && at > p)
            break;
        at += n;
    }
    return (size_t)(at - p);
}

/* [p, end) in lines of `room` columns with an indentation; returns how many. No lines: they are only counted. */
static size_t add_broken(struct buf *out, const char *p, const char *end, size_t room, struct progress_lines *lines)
{
    enum { INDENT = 2, LEAST = 4 };
    size_t indent = room >= INDENT + LEAST ? INDENT : 0, n = 0;
    for (size_t len; p < end; p += len, n++) {
        autobuf struct buf line = {0};
        len = fitting(p, end, room - indent);
        buf_addf(&line, "%*s", (int)indent, "");
        buf_add(&line, p, len);
        if (lines)
            end_line(out, &line, lines);
    }
    return n;
}

/* Parameters that have no room beside the time go on below it: they are what a case and its neighbours differ in. They
 * are cut where not even the block has room for them. */
static void add_running(struct buf *out, const struct style *style, const struct running *slot, int64_t now_ns,
                        size_t max_lines, struct progress_lines *lines)
{
    autobuf struct buf line = {0}, id = {0};
    style_status(&line, style, COLOUR_NONE, "");
    style_seconds(&line, style, now_ns > slot->started_ns ? now_ns - slot->started_ns : 0);
    size_t room = room_of(style), left = line.len < room ? room - line.len : 0;
    terminal_add(&id, slot->c->id, strlen(slot->c->id));
    char *params = strchr(buf_str(&id), '[');
    const char *end = id.data + id.len;
    if (left > 0 && params && text_columns(params, strlen(params)) > left &&
        lines->n + 1 + add_broken(NULL, params, end, room, NULL) <= max_lines) {
        autofree char *name = xstrndup(id.data, (size_t)(params - id.data));
        style_id(&line, style, name, left);
        end_line(out, &line, lines);
        add_broken(out, params, end, room, lines);
        return;
    }
    if (left > 0)
        style_id(&line, style, slot->c->id, left);
    end_line(out, &line, lines);
}

void progress_add(struct buf *out, const struct style *style, const struct run_model *model,
                  const struct running *slots, size_t n_slots, size_t max_lines, int64_t now_ns,
                  struct progress_lines *ret_lines)
{
    struct progress_lines *lines = ret_lines;
    lines->columns[0] = add_head(out, style, model, now_ns);
    lines->n = 1;
    size_t most = max_lines < PROGRESS_LINES ? max_lines : PROGRESS_LINES;
    for (size_t i = 0; i < n_slots && lines->n < most; i++)
        if (slots[i].c)
            add_running(out, style, &slots[i], now_ns, most, lines);
}

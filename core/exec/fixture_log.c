/* SPDX-License-Identifier: Apache-2.0 */
/* What a fixture says. */
#include "exec/fixture_log.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "exec/fixture_state.h"

#include <string.h>

enum { OUTPUT_LINES = 20, OUTPUT_BYTES = 4 * 1024 };

static void log_text(const struct fixture_run *it, const char *level, const char *file, int64_t line, const char *text)
{
    struct event e = {.type = EVENT_FIXTURE_LOG, .fixture_log = {it->plan->label, it->starts, level, file, line, text}};
    fixture_emit(it, &e);
}

static void log_check(const struct fixture_run *it, const struct event_attempt_check *e)
{
    autobuf struct buf text = {0};
    buf_addf(&text, "check failed: %s", *e->expression ? e->expression : e->message);
    if (*e->actual)
        buf_addf(&text, "\nactual: %s", e->actual);
    if (*e->expected)
        buf_addf(&text, "\nexpected: %s", e->expected);
    if (*e->expression && *e->message)
        buf_addf(&text, "\nmessage: %s", e->message);
    log_text(it, "error", e->file, e->line, buf_str(&text));
}

static void log_list(const struct fixture_run *it, const char *level, const char *first, const struct string_list *list)
{
    autobuf struct buf text = {0};
    buf_adds(&text, first);
    for (size_t i = 0; i < list->n; i++)
        buf_addf(&text, "\n%s", list->items[i]);
    log_text(it, level, "", 0, buf_str(&text));
}

static void log_leaks(const struct fixture_run *it, const struct event_attempt_leaked *e)
{
    autofree char *first = xasprintf("left behind (%s):", e->kind);
    log_list(it, "warning", first, &e->what);
}

static void log_crash(const struct fixture_run *it, const struct event_attempt_crashed *e)
{
    autofree char *first = xasprintf("crashed: %s%s%s", e->signal, *e->address ? " at address " : "", e->address);
    log_list(it, "error", first, &e->stack);
}

static void log_step(const struct fixture_run *it, const struct event_attempt_step *e)
{
    if (!e->ended)
        return;
    autofree char *text = xasprintf("step %lld took %.3f s%s", (long long)e->step, (double)e->duration_ns / NS_PER_S,
                                    e->failed ? ", and failed" : "");
    log_text(it, "debug", "", 0, text);
}

void fixture_log(const struct fixture_run *it, const struct event *event)
{
    switch (event->type) {
    case EVENT_ATTEMPT_LOG:
        return log_text(it, event->attempt_log.level, event->attempt_log.file, event->attempt_log.line,
                        event->attempt_log.text);
    case EVENT_ATTEMPT_CHECK:
        return log_check(it, &event->attempt_check);
    case EVENT_ATTEMPT_LEAKED:
        return log_leaks(it, &event->attempt_leaked);
    case EVENT_ATTEMPT_CRASHED:
        return log_crash(it, &event->attempt_crashed);
    case EVENT_ATTEMPT_TIMEOUT:
        return log_list(it, "error", "ran out of time:", &event->attempt_timeout.stack);
    case EVENT_ATTEMPT_STEP:
        return log_step(it, &event->attempt_step);
    default:
        return;
    }
}

/* ---- its output ------------------------------------------------------------------------------------------------ */

static size_t split_lines(char *text, const char **lines, size_t most)
{
    size_t n = 0;
    char *state = NULL;
    for (char *line = strtok_r(text, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
        if (!line[strspn(line, " \t\r")])
            continue;
        if (n == most)
            memmove(lines, lines + 1, --n * sizeof *lines);
        lines[n++] = line;
    }
    return n;
}

static struct string_list as_lines(struct buf *text, struct arena *arena)
{
    for (size_t i = 0; i < text->len; i++)
        if (text->data[i] == '\0')
            text->data[i] = ' ';
    const char **lines = arena_alloc(arena, OUTPUT_LINES * sizeof *lines);
    size_t n = split_lines(arena_strdup(arena, buf_str(text)), lines, OUTPUT_LINES);
    return (struct string_list){lines, n};
}

struct string_list fixture_output_since(const struct fixture_run *it, const char *name, uint64_t from,
                                        struct arena *arena, bool *ret_cut)
{
    autobuf struct buf text = {0};
    *ret_cut = slot_output_end(it->slot, name, from, OUTPUT_BYTES, &text);
    return as_lines(&text, arena);
}

struct string_list fixture_file_output(const struct fixture_run *it, const char *name, uint64_t from, uint64_t to,
                                       struct arena *arena)
{
    autobuf struct buf text = {0};
    fixture_file_read(it->files, name, from, to, OUTPUT_BYTES, &text);
    return as_lines(&text, arena);
}

struct string_list fixture_output(const struct fixture_run *it, struct arena *arena)
{
    autobuf struct buf text = {0};
    slot_output_end(it->slot, "stderr.log", 0, OUTPUT_BYTES, &text);
    if (text.len == 0)
        slot_output_end(it->slot, "stdout.log", 0, OUTPUT_BYTES, &text);
    return as_lines(&text, arena);
}

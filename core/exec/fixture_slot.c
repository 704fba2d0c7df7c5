/* SPDX-License-Identifier: Apache-2.0 */
/* A fixture as the owner of its slot: its words, its events, its folder, its end. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "exec/fixture_set.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum {
    PUBLISHED_MAX = 32 * 1024, /* bytes of all keys and values of one: with those of others they fit into an order */
    WATCHES_MAX = 64,
    OUTPUT_LINES = 20,
    OUTPUT_BYTES = 4 * 1024,
};

/* ---- events ------------------------------------------------------------------------------------------------------ */

static void log_text(const struct fixture_run *it, const char *level, const char *file, int64_t line, const char *text)
{
    const struct slot_shared *shared = it->fixtures->shared;
    struct event e = {.type = EVENT_FIXTURE_LOG,
                      .t_ns = clock_mono() - shared->epoch_ns,
                      .fixture_log = {it->plan->label, it->starts, level, file, line, text}};
    shared->sink.event(shared->sink.data, &e);
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

/* A fixture is no case: what is an event of an attempt elsewhere is a line of its log. */
static void take_event(void *data, const struct slot_task *task, struct event *event)
{
    const struct fixture_run *it = data;
    (void)task;
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

/* ---- words --------------------------------------------------------------------------------------------------------
 */

static void take_publish(struct fixture_run *it, const struct msg_publish *m)
{
    if (it->state != FIXTURE_STARTING || !*m->key)
        return;
    size_t i = 0;
    while (i < it->n_pairs && strcmp(it->pairs[i].key, m->key) != 0)
        i++;
    it->bytes += strlen(m->key) + strlen(m->value);
    if (it->bytes > PUBLISHED_MAX) {
        autofree char *text = xasprintf("it published more than %d KiB", PUBLISHED_MAX >> 10);
        slot_lose(it->slot, text);
        return;
    }
    if (i == it->n_pairs) {
        GROW(it->pairs, it->n_pairs, it->cap_pairs);
        it->pairs[it->n_pairs++] = (struct fixture_pair){.key = xstrdup(m->key)};
    }
    free(it->pairs[i].value);
    it->pairs[i].value = xstrdup(m->value);
}

static void take_watch(struct fixture_run *it, const struct msg_watch *m, struct received *got)
{
    int pidfd = received_take(got, 0);
    if (pidfd < 0)
        return;
    GROW(it->watches, it->n_watches, it->cap_watches);
    it->watches[it->n_watches++] = (struct fixture_watch){pidfd, xstrdup(m->what)};
}

static bool take_message(void *data, struct slot *s, const struct message *m, struct received *got)
{
    struct fixture_run *it = data;
    bool lives = slot_is_well(s);
    if (m->type == MSG_PUBLISH && lives)
        take_publish(it, &m->publish);
    else if (m->type == MSG_WATCH && lives && it->n_watches < WATCHES_MAX)
        take_watch(it, &m->watch, got);
    else if (m->type == MSG_READY && lives)
        fixture_is_ready(it);
    else if (m->type == MSG_DIED && lives)
        fixture_has_died(it, m->died.reason);
    return m->type == MSG_PUBLISH || m->type == MSG_WATCH || m->type == MSG_READY || m->type == MSG_DIED;
}

static bool is_over(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return fd >= 0 && poll(&p, 1, 0) > 0;
}

/* What of it has ended; NULL: nothing. */
static const char *ended_part(const struct fixture_run *it)
{
    for (size_t i = 0; i < it->n_watches; i++)
        if (is_over(it->watches[i].pidfd))
            return it->watches[i].what;
    return slot_process_has_ended(it->slot) ? "its process" : NULL;
}

/* Its process is about to say how that came; else we know enough. */
static void hear_of_death(struct fixture_run *it, const char *part)
{
    enum { WORDS_MS = 200 };
    autofree char *reason = xasprintf("%s ended", part);
    slot_hear_out(it->slot, WORDS_MS);
    fixture_has_died(it, reason); /* unless that was told just now */
}

char *fixtures_lost(struct fixtures *f, size_t i, int64_t since_ns)
{
    const struct case_fixtures *needs = fixtures_of(f->plan, i);
    for (uint32_t k = 0; needs && k < needs->n_shared; k++) {
        struct fixture_run *it = &f->items[needs->shared[k]];
        const char *part = it->state == FIXTURE_READY ? ended_part(it) : NULL;
        if (part)
            hear_of_death(it, part);
        if (it->death && it->died_ns >= since_ns)
            return xasprintf("%s %s died: %s", fixture_kind(it), it->plan->label, it->death);
    }
    return NULL;
}

/* ---- its folder -----------------------------------------------------------------------------------------------------
 */

static int open_dir(void *data, const struct slot_task *task)
{
    const struct fixture_run *it = data;
    return workspace_fixture_dir(it->fixtures->shared->workspace, it->plan->label, task->attempt);
}

static void read_tail(int dir, const char *name, struct buf *out)
{
    autoclose int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
    if (size <= 0)
        return;
    off_t from = size > OUTPUT_BYTES ? size - OUTPUT_BYTES : 0;
    char *to = buf_reserve(out, OUTPUT_BYTES);
    ssize_t n = pread(fd, to, (size_t)(size - from), from);
    out->len += n > 0 ? (size_t)n : 0;
}

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

struct string_list fixture_output(const struct fixture_run *it, struct arena *arena)
{
    autobuf struct buf text = {0};
    int dir = slot_dir(it->slot); /* it is there when something was printed */
    if (dir >= 0)
        read_tail(dir, "stderr.log", &text);
    if (dir >= 0 && text.len == 0)
        read_tail(dir, "stdout.log", &text);
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] == '\0')
            text.data[i] = ' ';
    const char **lines = arena_alloc(arena, OUTPUT_LINES * sizeof *lines);
    size_t n = split_lines(arena_strdup(arena, buf_str(&text)), lines, OUTPUT_LINES);
    return (struct string_list){lines, n};
}

/* ---- its end --------------------------------------------------------------------------------------------------------
 */

static void take_judgement(void *data, const struct slot_judgement *j)
{
    struct fixture_run *it = data;
    it->stdout_bytes = j->stdout_bytes;
    it->stderr_bytes = j->stderr_bytes;
    if (it->state == FIXTURE_STARTING)
        fixture_has_failed(it, j);
    else if (it->state == FIXTURE_READY)
        fixture_has_died(it, *j->reason ? j->reason : "its process ended");
    else if (it->state == FIXTURE_STOPPING && verdict_is_bad(j->verdict) && !j->interrupted)
        it->trouble = xstrdup(j->reason);
}

static void take_end(void *data, const struct slot_result *result)
{
    (void)result;
    fixture_has_ended(data);
}

static bool keeps(void *data, const struct slot_task *task)
{
    const struct fixture_run *it = data;
    (void)task;
    return it->keep;
}

static void add_to_order(void *data, const struct slot_task *task, struct arena *arena, struct msg_attempt *order)
{
    (void)task;
    fixture_order(data, arena, order);
}

static void describe_order(void *data, const struct slot_task *task, struct buf *out)
{
    (void)task;
    fixture_describe_order(data, out);
}

const struct slot_owner fixture_owner = {
    .first_phase = PHASE_SETUP,
    .body_name = "its readiness check",
    .ended = take_end,
    .judged = take_judgement,
    .keeps = keeps,
    .event = take_event,
    .open_dir = open_dir,
    .message = take_message,
    .order = add_to_order,
    .describe_order = describe_order,
};

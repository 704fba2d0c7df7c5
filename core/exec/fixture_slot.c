/* SPDX-License-Identifier: Apache-2.0 */
/* A slot with a fixture in it: its words, its events, its folder, its end. */
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

static void log_text(struct slot *s, const char *level, const char *file, int64_t line, const char *text)
{
    const struct fixture_run *it = s->attempt.task.fixture;
    struct event e = {.type = EVENT_FIXTURE_LOG,
                      .t_ns = clock_mono() - s->shared->epoch_ns,
                      .fixture_log = {it->plan->label, s->attempt.task.attempt, level, file, line, text}};
    s->shared->sink.event(s->shared->sink.data, &e);
}

static void log_check(struct slot *s, const struct event_attempt_check *e)
{
    autobuf struct buf text = {0};
    buf_addf(&text, "check failed: %s", *e->expression ? e->expression : e->message);
    if (*e->actual)
        buf_addf(&text, "\nactual: %s", e->actual);
    if (*e->expected)
        buf_addf(&text, "\nexpected: %s", e->expected);
    if (*e->expression && *e->message)
        buf_addf(&text, "\nmessage: %s", e->message);
    log_text(s, "error", e->file, e->line, buf_str(&text));
}

static void log_list(struct slot *s, const char *level, const char *first, const struct string_list *list)
{
    autobuf struct buf text = {0};
    buf_adds(&text, first);
    for (size_t i = 0; i < list->n; i++)
        buf_addf(&text, "\n%s", list->items[i]);
    log_text(s, level, "", 0, buf_str(&text));
}

static void log_leaks(struct slot *s, const struct event_attempt_leaked *e)
{
    autofree char *first = xasprintf("left behind (%s):", e->kind);
    log_list(s, "warning", first, &e->what);
}

static void log_crash(struct slot *s, const struct event_attempt_crashed *e)
{
    autofree char *first = xasprintf("crashed: %s%s%s", e->signal, *e->address ? " at address " : "", e->address);
    log_list(s, "error", first, &e->stack);
}

static void log_step(struct slot *s, const struct event_attempt_step *e)
{
    if (!e->ended)
        return;
    autofree char *text = xasprintf("step %lld took %.3f s%s", (long long)e->step, (double)e->duration_ns / NS_PER_S,
                                    e->failed ? ", and failed" : "");
    log_text(s, "debug", "", 0, text);
}

/* A fixture is no case: what is an event of an attempt elsewhere is a line of its log. */
void fixture_emit(struct slot *s, struct event *event)
{
    switch (event->type) {
    case EVENT_ATTEMPT_LOG:
        return log_text(s, event->attempt_log.level, event->attempt_log.file, event->attempt_log.line,
                        event->attempt_log.text);
    case EVENT_ATTEMPT_CHECK:
        return log_check(s, &event->attempt_check);
    case EVENT_ATTEMPT_LEAKED:
        return log_leaks(s, &event->attempt_leaked);
    case EVENT_ATTEMPT_CRASHED:
        return log_crash(s, &event->attempt_crashed);
    case EVENT_ATTEMPT_TIMEOUT:
        return log_list(s, "error", "ran out of time:", &event->attempt_timeout.stack);
    case EVENT_ATTEMPT_STEP:
        return log_step(s, &event->attempt_step);
    default:
        return;
    }
}

/* ---- words --------------------------------------------------------------------------------------------------------
 */

static void take_publish(struct slot *s, const struct msg_publish *m)
{
    struct fixture_run *it = s->attempt.task.fixture;
    if (it->state != FIXTURE_STARTING || !*m->key)
        return;
    size_t i = 0;
    while (i < it->n_pairs && strcmp(it->pairs[i].key, m->key) != 0)
        i++;
    it->bytes += strlen(m->key) + strlen(m->value);
    if (it->bytes > PUBLISHED_MAX) {
        autofree char *text = xasprintf("it published more than %d KiB", PUBLISHED_MAX >> 10);
        slot_lose(s, text);
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

bool fixture_message(struct slot *s, const struct message *m, struct received *got)
{
    struct fixture_run *it = s->attempt.task.fixture;
    bool lives = s->state == SLOT_RUNNING && !s->attempt.observed.setup_error;
    if (m->type == MSG_PUBLISH && lives)
        take_publish(s, &m->publish);
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
    return is_over(slot_attempt_pidfd(it->slot)) ? "its process" : NULL;
}

/* Its process is about to say how that came; else we know enough. */
static void hear_of_death(struct fixture_run *it, const char *part)
{
    enum { WORDS_MS = 200 };
    struct pollfd p = {.fd = it->slot->attempt.channel.fd, .events = POLLIN};
    autofree char *reason = xasprintf("%s ended", part);
    if (p.fd >= 0 && poll(&p, 1, WORDS_MS) > 0)
        slot_read_channel(it->slot, UINT32_MAX);
    fixture_has_died(it, reason); /* unless that was told just now */
}

char *fixtures_lost(struct fixtures *f, const struct slot *s)
{
    const struct case_fixtures *needs = fixtures_needs(f, &s->attempt.task);
    for (uint32_t k = 0; needs && k < needs->n_shared; k++) {
        struct fixture_run *it = &f->items[needs->shared[k]];
        const char *part = it->state == FIXTURE_READY ? ended_part(it) : NULL;
        if (part)
            hear_of_death(it, part);
        if (it->death && it->died_ns >= s->attempt.started_ns)
            return xasprintf("%s %s died: %s", fixture_kind(it), it->plan->label, it->death);
    }
    return NULL;
}

/* ---- its folder -----------------------------------------------------------------------------------------------------
 */

int fixture_dir(struct slot *s)
{
    return workspace_fixture_dir(s->shared->workspace, s->attempt.task.fixture->plan->label, s->attempt.task.attempt);
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

struct string_list fixture_output(struct slot *s, struct arena *arena)
{
    autobuf struct buf text = {0};
    int dir = s->attempt.dir; /* it is there when something was printed */
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

void fixture_judged(struct slot *s)
{
    struct fixture_run *it = s->attempt.task.fixture;
    const char *reason = buf_str(&s->attempt.why);
    it->stdout_bytes = outputs_current(&s->outputs)->out.total;
    it->stderr_bytes = outputs_current(&s->outputs)->err.total;
    if (it->state == FIXTURE_STARTING)
        fixture_has_failed(it, *reason ? reason : "it ended before it was ready");
    else if (it->state == FIXTURE_READY)
        fixture_has_died(it, *reason ? reason : "its process ended");
    else if (it->state == FIXTURE_STOPPING && verdict_is_bad(s->attempt.verdict) && !s->attempt.observed.interrupted)
        it->trouble = xstrdup(reason);
}

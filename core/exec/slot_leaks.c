/* SPDX-License-Identifier: Apache-2.0 */
/* What an attempt left behind, and what becomes of its verdict. */
#include "exec/slot_leaks.h"

#include "base/cleanup.h"
#include "base/pids.h"
#include "exec/slot_state.h"

#include <stdio.h>

/* Tells of `n` things, of which `list` names the first. */
static void emit(struct slot *s, const char *kind, const struct message_list *list, size_t n)
{
    if (n == 0)
        return;
    if (s->attempt.n_leaked == 0)
        snprintf(s->attempt.first_leak, sizeof s->attempt.first_leak, "%s %s", kind, list->n > 0 ? list->items[0] : "");
    s->attempt.n_leaked += (uint32_t)n;
    struct arena arena = {0};
    const char **items = arena_alloc(&arena, (list->n + 1) * sizeof *items);
    size_t named = 0;
    for (; named < list->n; named++)
        items[named] = list->items[named];
    autofree char *more = NULL;
    if (n > named) {
        more = xasprintf("and %zu more", n - named);
        items[named++] = more;
    }
    struct event e = {.type = EVENT_ATTEMPT_LEAKED,
                      .attempt_leaked = {s->attempt.task.case_id, s->attempt.task.attempt, kind, {items, named}}};
    slot_emit(s, &e);
    arena_free(&arena);
}

void leaks_take(struct slot *s, const struct msg_exited *m)
{
    if (s->shared->leaks == LEAKS_IGNORE)
        return;
    emit(s, "process", &m->leaked, m->n_leaked);
    emit(s, "socket", &m->listening, m->listening.n);
}

/* What lives below the monitor, but for the attempt; how many there are. Its orphans are there too. */
static size_t list_below(const struct slot *s, struct arena *arena, struct message_list *ret_names)
{
    enum { NAMES_MAX = 16 };
    pid_t monitor = s->monitor.end.fd >= 0 ? pidfd_pid(s->monitor.end.fd) : 0;
    autoclose int proc = monitor > 0 ? pids_open_proc() : -1;
    autopids struct pids below = {0};
    if (proc >= 0)
        pids_descendants(proc, monitor, &below);
    ret_names->items = arena_alloc(arena, NAMES_MAX * sizeof *ret_names->items);
    pid_t attempt = pidfd_pid(slot_attempt_pidfd(s));
    size_t alive = 0;
    for (size_t i = 0; i < below.n; i++) {
        if (below.items[i] == attempt || !pid_is_alive(proc, below.items[i]))
            continue;
        if (alive++ < NAMES_MAX)
            ret_names->items[ret_names->n++] = pid_describe(proc, below.items[i], arena);
    }
    return alive;
}

/* A monitor can't reap an attempt before the process that traces it lets go of it, and waits for that. */
void leaks_take_silence(struct slot *s)
{
    const char *unknown[] = {"unknown: its monitor was stopped, or did not tell of what was left in time"};
    struct arena arena = {0};
    struct message_list names = {0};
    if (s->shared->leaks == LEAKS_IGNORE)
        return;
    size_t n = list_below(s, &arena, &names);
    if (n > 0)
        emit(s, "process", &names, n);
    else
        emit(s, "process", &(struct message_list){unknown, 1}, 1);
    arena_free(&arena);
}

void leaks_take_files(struct slot *s, const struct msg_folders *m)
{
    if (s->shared->leaks == LEAKS_IGNORE)
        return;
    /* One that died or was ended had no chance to remove its files. */
    if (s->attempt.observed.has_verdict)
        emit(s, "file", &m->files, m->n_files);
    const char *stuck[] = {m->stuck};
    emit(s, "file", &(struct message_list){stuck, 1}, *m->stuck ? 1 : 0);
}

void leaks_judge(struct slot *s)
{
    if (s->shared->leaks != LEAKS_FAIL || s->attempt.n_leaked == 0 || s->attempt.verdict != VERDICT_PASSED)
        return;
    s->attempt.verdict = VERDICT_FAILED;
    buf_addf(&s->attempt.why, "left behind: %s", s->attempt.first_leak);
    if (s->attempt.n_leaked > 1)
        buf_addf(&s->attempt.why, " (and %u more)", s->attempt.n_leaked - 1);
}

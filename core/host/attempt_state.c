/* SPDX-License-Identifier: Apache-2.0 */
/* The attempt's state, and what it says. */
#include "host/attempt_state.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "host/place_ext.h"
#include "ipc/sock.h"

#include <errno.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ANSWER_MAX = 64 };

/* All zeroes; on one page, which is copied for each attempt. */
alignas(4096) struct attempt attempt = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Reads `length` bytes and no more. */
char *attempt_copy_cut(const char *text, size_t length, size_t most)
{
    static const char mark[] = " [cut]";
    size_t keep = length < most - sizeof mark ? length : most - sizeof mark;
    char *copy = xmalloc(keep + sizeof mark);
    for (size_t i = 0; i < keep; i++)
        copy[i] = text[i] ? text[i] : ' '; /* a message's strings hold no NUL */
    memcpy(copy + keep, mark, keep < length ? sizeof mark : 1);
    copy[keep + (keep < length ? sizeof mark - 1 : 0)] = '\0';
    return copy;
}

const char *attempt_cut_to(const char *text, size_t most)
{
    size_t length = text ? strlen(text) : 0;
    if (!text)
        return "";
    return length < most ? text : attempt_copy_cut(text, length, most);
}

const char *attempt_cut(const char *text)
{
    return attempt_cut_to(text, MESSAGE_STRING_MAX);
}

/* A child that has closed what was not its own, as daemons do, borrows the attempt's end of the channel. Where it may
 * not (ptrace(2) is restricted), nobody hears of it. -1: none. */
static int borrow_channel(void)
{
    autoclose int parent = (int)syscall(SYS_pidfd_open, attempt.pid, 0);
    return parent < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, parent, attempt.spec->sock, 0);
}

static int send_from_child(const struct message *m)
{
    static int borrowed = -1;
    int r = sock_send_message(borrowed >= 0 ? borrowed : attempt.spec->sock, m, NULL, 0);
    if (r != -EBADF && r != -ENOTSOCK)
        return r;
    borrowed = borrow_channel();
    return borrowed < 0 ? r : sock_send_message(borrowed, m, NULL, 0);
}

int attempt_send_locked(const struct message *m)
{
    if (attempt.is_child)
        return send_from_child(m);
    if (attempt.cleaned) {
        autobuf struct buf packet = {0};
        message_encode(&(struct message){.type = MSG_CLEANED, .cleaned = {attempt.cleaned, "", 0}}, &packet);
        attempt.cleaned = 0;
        message_encode(m, &packet);
        return sock_send(attempt.spec->sock, packet.data, packet.len, NULL, 0, false);
    }
    return sock_send_message(attempt.spec->sock, m, NULL, 0);
}

void attempt_send(const struct message *m)
{
    pthread_mutex_lock(&attempt.lock);
    attempt_send_locked(m);
    pthread_mutex_unlock(&attempt.lock);
}

void attempt_send_with(const struct message *m, int fd)
{
    pthread_mutex_lock(&attempt.lock);
    sock_send_message(attempt.spec->sock, m, &fd, 1);
    pthread_mutex_unlock(&attempt.lock);
}

bool attempt_note_stop(const char *packet, size_t len)
{
    struct message m;
    struct arena arena = {0};
    bool stop = message_decode(&packet, packet + len, &arena, &m) == 0 && m.type == MSG_STOP;
    arena_free(&arena);
    if (!stop)
        return false;
    attempt.stopped = true;
    attempt.keep = m.stop.keep;
    return true;
}

/* GO, or a fixture's order to stop: both are short. False when the connection is gone. Most answers are there within
 * 20 us, where a processor is free: to be put to sleep and woken again takes longer. */
static bool hear(char answer[ANSWER_MAX], size_t *ret_len)
{
    const int64_t soon_ns = 50 * 1000;
    int64_t until = clock_mono() + soon_ns;
    ssize_t n;
    do
        n = recv(attempt.spec->sock, answer, ANSWER_MAX, clock_mono() < until ? MSG_DONTWAIT : 0);
    while (n < 0 && (errno == EAGAIN || errno == EINTR));
    *ret_len = n > 0 ? (size_t)n : 0;
    return n > 0;
}

bool attempt_ask(const struct message *m)
{
    char answer[ANSWER_MAX];
    size_t len;
    pthread_mutex_lock(&attempt.lock);
    bool ok = attempt_send_locked(m) == 0;
    do /* the order to stop may come in between */
        ok = ok && hear(answer, &len);
    while (ok && attempt.fixture && attempt_note_stop(answer, len));
    pthread_mutex_unlock(&attempt.lock);
    return ok;
}

static int severity(enum outcome o)
{
    static const int order[] = {[OUTCOME_PASSED] = 0, [OUTCOME_SKIPPED] = 1, [OUTCOME_FAILED] = 3, [OUTCOME_ERROR] = 2};
    return order[o];
}

bool attempt_blame(enum outcome outcome, const char *file, uint32_t line, const char *reason)
{
    pthread_mutex_lock(&attempt.lock);
    bool worse = severity(outcome) > severity(attempt.outcome);
    if (worse) {
        attempt.outcome = outcome;
        attempt.line = line;
        snprintf(attempt.file, sizeof attempt.file, "%s", file ? file : "");
        const char *local = attempt.user_name;
        const char *part = attempt.phase == PHASE_SETUP ? ": set-up failed: " : ": tear-down failed: ";
        snprintf(attempt.reason, sizeof attempt.reason, "%s%s%s%s", local ? "fixture " : "", local ? local : "",
                 local ? part : "", reason ? reason : "");
        const struct msg_cause cause = {outcome, line, getpid() != attempt.pid, attempt.reason, attempt.file};
        if (outcome != OUTCOME_SKIPPED)
            attempt_send_locked(&(struct message){.type = MSG_CAUSE, .cause = cause});
    }
    pthread_mutex_unlock(&attempt.lock);
    return worse;
}

void attempt_be_in(enum phase phase, uint64_t budget_ns, int64_t now)
{
    attempt.phase = phase;
    attempt.deadline_ns = budget_ns ? now + (int64_t)budget_ns : NEVER;
}

void attempt_enter(enum phase phase, uint64_t budget_ns)
{
    int64_t now = clock_mono();
    attempt_be_in(phase, budget_ns, now);
    attempt_send(&(struct message){.type = MSG_PHASE, .phase = {phase, attempt.user, budget_ns, (uint64_t)now}});
}

_Noreturn void attempt_end(void)
{
    attempt.end(NULL);
    _exit(1); /* it doesn't return */
}

_Noreturn void attempt_end_by_error(const char *text)
{
    const struct place at = place_of_call();
    place_forget();
    if (!attempt_blame(OUTCOME_ERROR, at.file, at.line, text))
        attempt_send(&(struct message){.type = MSG_LOG,
                                       .log = {MUSTER_LOG_ERROR, at.line, attempt_cut(at.file), attempt_cut(text)}});
    attempt_end();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The process of a fixture of plugin or run scope. */
#include "host/fixture.h"

#include "base/clock.h"
#include "host/attempt_state.h"
#include "host/faults.h"
#include "host/fixture_watch.h"
#include "ipc/sock.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const int64_t first_wait_ns = 10 * NS_PER_MS, longest_wait_ns = 200 * NS_PER_MS;

/* The supervisor's order may have been heard by a thread that waited for an answer (attempt_ask). */
static bool is_stopped(bool readable)
{
    bool gone = false;
    pthread_mutex_lock(&attempt.lock);
    if (readable && !attempt.stopped) {
        char packet[64];
        ssize_t n = recv(attempt.spec->sock, packet, sizeof packet, MSG_DONTWAIT);
        gone = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
        attempt_note_stop(packet, n > 0 ? (size_t)n : 0);
    }
    bool stopped = attempt.stopped;
    pthread_mutex_unlock(&attempt.lock);
    if (gone)
        _exit(EXIT_CONNECTION_LOST); /* nobody is left to be of use for */
    return stopped;
}

static _Noreturn void die(bool was_ready, const char *reason)
{
    if (was_ready)
        attempt_send(&(struct message){.type = MSG_DIED, .died = {reason}});
    attempt_end_by_error(reason);
}

/* Waits for that long (NEVER: without end). True when it is to stop; a process that ended ends the fixture. */
static bool wait_for(int64_t until_ns, bool was_ready)
{
    struct pollfd fds[WATCHES_MAX + 1];
    size_t n = watch_fds(fds);
    fds[n] = (struct pollfd){.fd = attempt.spec->sock, .events = POLLIN};
    int64_t left = until_ns == NEVER ? -1 : until_ns - clock_mono();
    int ms = left < 0 ? (until_ns == NEVER ? -1 : 0) : (int)((left + NS_PER_MS - 1) / NS_PER_MS);
    int ready = poll(fds, (nfds_t)n + 1, ms);
    for (size_t i = 0; ready > 0 && i < n; i++) {
        if (!fds[i].revents)
            continue;
        char how[192], text[256];
        watch_describe(i, how, sizeof how);
        snprintf(text, sizeof text, "%s%s", how, was_ready ? "" : " before it was ready");
        die(was_ready, text);
    }
    return is_stopped(ready > 0 && fds[n].revents);
}

static _Noreturn void stop_early(void)
{
    attempt_end_by_error("it was stopped before it was ready");
}

/* A child that a fixture's function forked, and that returned from it: it must not go on as the fixture. */
static void be_the_one(void)
{
    if (getpid() != attempt.pid)
        _exit(1);
}

/* A failed check in ready() is an answer too: no. */
static bool is_ready(void)
{
    bool ready = !attempt.fixture->ready || attempt.fixture->ready(&attempt.ctx) == 1;
    be_the_one();
    return ready && attempt.failed_checks == 0;
}

/* By what it checked, or what a process did that it forked: the runner, which is told of that, judges it then. */
static bool has_failed(void)
{
    return attempt.failed_checks > 0 || faults_first();
}

static void wait_until_ready(uint64_t budget_ns)
{
    attempt_enter(PHASE_BODY, budget_ns);
    int64_t wait = first_wait_ns;
    while (!is_ready()) {
        int64_t now = clock_mono();
        if (has_failed())
            attempt_end();
        if (now >= attempt.deadline_ns) {
            char text[96];
            snprintf(text, sizeof text, "it was not ready within %.6g s of its set-up", (double)budget_ns / NS_PER_S);
            attempt_end_by_error(text);
        }
        int64_t until = now + wait < attempt.deadline_ns ? now + wait : attempt.deadline_ns;
        if (wait_for(until, false))
            stop_early();
        wait = 2 * wait < longest_wait_ns ? 2 * wait : longest_wait_ns;
    }
    if (has_failed())
        attempt_end();
    attempt.deadline_ns = NEVER;
}

static void serve(int64_t health_ns)
{
    for (int64_t next = health_ns ? clock_mono() + health_ns : NEVER;;) {
        attempt_send(&(struct message){.type = MSG_READY});
        do {
            if (wait_for(next, true))
                return;
        } while (clock_mono() < next);
        if (!is_ready())
            die(true, "its health check says that it can't be used any more");
        next = clock_mono() + health_ns;
    }
}

_Noreturn void fixture_main(void)
{
    const struct msg_attempt *o = attempt.spec->order;
    attempt.fixture = &attempt.spec->plugin->fixture_entries[o->fixture];
    attempt.params = &attempt.fixture->params;
    attempt.values = o->values.items;
    attempt.n_values = o->values.n;
    attempt.begun = true;
    attempt_enter(PHASE_SETUP, o->setup_ns);
    int r = faults_watch();
    if (r < 0)
        attempt_end_by_error(strerror(-r));
    attempt.fixture->setup(&attempt.ctx);
    be_the_one();
    if (has_failed())
        attempt_end();
    wait_until_ready(o->body_ns);
    faults_end();
    serve((int64_t)o->health_ns);
    attempt_end();
}

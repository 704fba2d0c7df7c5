/* SPDX-License-Identifier: Apache-2.0 */
/* What an attempt defers: recorded before anything is created, undone at its end or left to a janitor. */
#include "host/cleanups.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "host/attempt_state.h"
#include "host/attempt_threads.h"
#include "host/baseline.h"
#include "host/faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/single_threaded.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct muster_cleanup *find_cleanup(const char *name)
{
    for (uint32_t i = 0; i < attempt.spec->plugin->n_cleanups; i++)
        if (strcmp(attempt.spec->plugin->cleanups[i].name, name) == 0)
            return &attempt.spec->plugin->cleanups[i];
    return NULL;
}

void attempt_defer(const char *name, const char *payload)
{
    const struct muster_cleanup *cleanup = find_cleanup(name);
    if (!cleanup) {
        char text[256];
        snprintf(text, sizeof text, "DEFER(\"%s\"): the plugin has no cleanup of this name", name);
        attempt_end_by_error(text);
    }
    payload = payload ? payload : "";
    if (strlen(payload) >= MESSAGE_STRING_MAX) {
        attempt_end_by_error("DEFER: the payload is longer than 32 KiB");
    }
    if (!utf8_valid(payload, strlen(payload))) { /* a ledger of JSON could not give it back as it was */
        attempt_end_by_error("DEFER: the payload is not UTF-8");
    }
    struct deferred *d = xcalloc(1, sizeof *d);
    pthread_mutex_lock(&attempt.lock);
    *d = (struct deferred){NULL, ++attempt.n_deferred, cleanup, xstrdup(payload)};
    pthread_mutex_unlock(&attempt.lock);
    const char *const *paths = attempt.spec->plugin->cleanup_paths;
    const char *path = paths ? paths[cleanup - attempt.spec->plugin->cleanups] : "";
    if (!attempt_ask(&(struct message){.type = MSG_DEFER, .defer = {d->id, name, payload, path}}))
        _exit(EXIT_CONNECTION_LOST); /* without the ledger nothing may be created */
    pthread_mutex_lock(&attempt.lock);
    d->next = attempt.deferred; /* other threads may have deferred while this one waited */
    attempt.deferred = d;
    pthread_mutex_unlock(&attempt.lock);
}

/* A janitor has no scenario: it is told what a dead attempt had deferred, in the order to run. */
void cleanups_take_orders(const struct message_list *orders)
{
    struct deferred **tail = &attempt.deferred;
    for (uint32_t i = 0; i + 2 < orders->n; i += 3) {
        const struct muster_cleanup *cleanup = find_cleanup(orders->items[i + 1]);
        uint32_t id = (uint32_t)strtoul(orders->items[i], NULL, 10);
        if (!cleanup) {
            attempt_send(&(struct message){.type = MSG_CLEANED,
                                           .cleaned = {id, "the plugin has no cleanup of this name any more", 0}});
            continue;
        }
        struct deferred *d = xcalloc(1, sizeof *d);
        *d = (struct deferred){NULL, id, cleanup, xstrdup(orders->items[i + 2])};
        *tail = d;
        tail = &d->next;
    }
}

/* It stays pending at the supervisor, with all that was deferred before it: the order is kept. */
static void leave_to_janitor(const char *cleanup, const char *why)
{
    autofree char *text = xasprintf("cleanup %s is left to a fresh process: %s", cleanup, why);
    attempt.leaves_cleanups = true;
    attempt_send(&(struct message){.type = MSG_LOG, .log = {MUSTER_LOG_DEBUG, 0, "", attempt_cut(text)}});
}

void cleanups_report(const char *error)
{
    struct deferred *d = attempt.cleaning;
    faults_end(); /* what a child of its finds from now on is told as what a child of the attempt finds */
    const char *first = faults_first();
    attempt.cleaning = NULL;
    if (first)
        error = attempt_cut(first);
    if (!*error)
        attempt.cleaned = d->id; /* told together with what is said next, the next one's phase or the verdict */
    else if (attempt.janitor)
        attempt_send(&(struct message){.type = MSG_CLEANED, .cleaned = {d->id, error, attempt.lacked}});
    else
        leave_to_janitor(d->cleanup->name, error);
}

static struct deferred *take_newest_deferred(void)
{
    if (__libc_single_threaded && !attempt.deferred) /* as in most attempts, which then need no page for a lock */
        return NULL;
    pthread_mutex_lock(&attempt.lock);
    struct deferred *d = attempt.deferred;
    if (d)
        attempt.deferred = d->next;
    pthread_mutex_unlock(&attempt.lock);
    return d;
}

/* Whether one may run in this process, as the scenario or the cleanup before it has left it. */
static bool is_fit_for(const struct deferred *d)
{
    const char *lost = baseline_restore();
    if (lost)
        leave_to_janitor(d->cleanup->name, lost);
    return !lost;
}

/* One more entry for each thread, besides the folder's own two. */
static bool others_run(void)
{
    struct stat tasks;
    return !__libc_single_threaded && stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink > 3;
}

bool cleanups_are_blamed(void)
{
    bool stranger = attempt.others_run && !attempt.is_child && !attempt_on_main_thread();
    return attempt.cleaning && !stranger;
}

void cleanups_run(void)
{
    for (struct deferred *d; !attempt.leaves_cleanups && (d = take_newest_deferred()) != NULL;) {
        bool looked_at = attempt.cleanup_began && !attempt.janitor; /* a janitor has time to look again and again */
        if (!looked_at && !is_fit_for(d))
            return;
        attempt.cleaning = d;
        attempt.others_run = others_run();
        attempt.lacked = false;
        attempt.cleanup_began = true; /* the first of them decided that nothing is kept */
        uint64_t budget =
            d->cleanup->timeout_ms ? (uint64_t)d->cleanup->timeout_ms * NS_PER_MS : attempt.spec->order->cleanup_ns;
        attempt_enter(PHASE_CLEANUP, budget);
        int r = faults_watch();
        if (r == 0)
            d->cleanup->run(&attempt.ctx, d->payload);
        cleanups_report(r == 0 ? "" : strerror(-r));
    }
}

/* --skip-cleanup, --keep-failed: what was deferred stays in the ledger. A janitor is asked to run it. */
static bool is_kept(void)
{
    bool bad = attempt.outcome == OUTCOME_FAILED || attempt.outcome == OUTCOME_ERROR;
    return !attempt.janitor && !attempt.cleanup_began &&
           (attempt.keep == KEEP_ALL || (attempt.keep == KEEP_BAD && bad));
}

/*
 * While other threads run, what one of them creates could come after its cleanup. Where a thread ended the attempt
 * whose end the scenario did not wait for, or a thread was left behind, the cleanups are left to a janitor, which comes
 * when the process is gone. A new image (resume.h) does not know what the one before had deferred.
 */
bool cleanups_can_run_here(void)
{
    return !is_kept() && !attempt.leaves_cleanups && attempt_on_main_thread() && attempt.n_late == 0 &&
           attempt.images == 0;
}

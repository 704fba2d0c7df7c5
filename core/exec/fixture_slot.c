/* SPDX-License-Identifier: Apache-2.0 */
/* A fixture as the owner of its slot: its words, its folder, its end. */
#include "exec/fixture_slot.h"

#include "base/cleanup.h"
#include "exec/fixture_life.h"
#include "exec/fixture_log.h"
#include "exec/fixture_orders.h"
#include "exec/fixture_state.h"
#include "ipc/sock.h"

#include <stdlib.h>
#include <string.h>

enum {
    PUBLISHED_MAX = 32 * 1024, /* bytes of all keys and values of one: with those of others they fit into an order */
    WATCHES_MAX = 64,
};

static void take_publish(struct fixture_run *it, const struct msg_publish *m)
{
    if (it->state != FIXTURE_STARTING || !*m->key)
        return;
    size_t i = 0;
    while (i < it->n_pairs && strcmp(it->pairs[i].key, m->key) != 0)
        i++;
    size_t replaced = i < it->n_pairs ? strlen(m->key) + strlen(it->pairs[i].value) : 0;
    it->bytes += strlen(m->key) + strlen(m->value) - replaced;
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

static int open_dir(void *data, const struct slot_task *task)
{
    const struct fixture_run *it = data;
    return workspace_fixture_dir(it->fixtures->shared->workspace, it->plan->label, task->attempt);
}

static void take_event(void *data, const struct slot_task *task, struct event *event)
{
    (void)task;
    fixture_log(data, event);
}

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
        it->trouble = *j->file ? xasprintf("%s:%u: %s", j->file, j->line, j->reason) : xstrdup(j->reason);
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

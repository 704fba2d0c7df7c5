/* SPDX-License-Identifier: Apache-2.0 */
/* Replay of a ledger: from its entries to janitors. */
#include "exec/ledger_replay.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/signals.h"
#include "exec/slot.h"

#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct replay {
    const struct replay_options *o;
    struct slot_shared shared;
    struct slot *slot;
    struct source signals;
    int interrupts;
    size_t left; /* items[0 .. left) were not given to a janitor yet */
    struct replay_result *result;
};

static void on_ended(void *data, const struct slot_result *result)
{
    struct replay *c = data;
    if (result->setup_error && !c->result->trouble)
        c->result->trouble = xstrdup(result->setup_error);
}

static void on_settled(void *data, uint64_t ledger_id, const char *error, bool lacked)
{
    const struct replay *c = data;
    for (size_t i = c->left; i < c->o->n_items; i++) {
        if (c->o->items[i].item->id != ledger_id)
            continue;
        if (c->o->settled(c->o->settled_data, c->o->items[i].item, error, lacked))
            ledger_settle(c->o->ledger, ledger_id, "", NULL); /* behind the error, which stays on record */
        return;
    }
}

static void add_to_order(void *data, const struct slot_task *task, struct arena *arena, struct msg_attempt *order)
{
    const struct replay *c = data;
    (void)arena;
    order->fixtures = kept_published(c->o->kept, task->case_id);
}

static void describe_order(void *data, const struct slot_task *task, struct buf *out)
{
    (void)data;
    (void)task;
    (void)out;
}

static const struct slot_owner replay_owner = {.first_phase = PHASE_BODY,
                                               .ended = on_ended,
                                               .settled = on_settled,
                                               .order = add_to_order,
                                               .describe_order = describe_order};

static bool is_of_same_attempt(const struct replay_item *a, const struct replay_item *b)
{
    return a->plugin == b->plugin && a->item->entry.attempt == b->item->entry.attempt &&
           strcmp(a->item->entry.case_id, b->item->entry.case_id) == 0;
}

/* A message's list holds what one janitor is to do: what belongs together and is not too much. */
static size_t first_of_next(const struct replay *c)
{
    enum { PAYLOAD_MAX = MESSAGE_PACKET_MAX / 2 };
    size_t first = c->left - 1, bytes = strlen(c->o->items[first].item->entry.payload);
    while (first > 0 && is_of_same_attempt(&c->o->items[first - 1], &c->o->items[c->left - 1])) {
        const struct ledger_entry *e = &c->o->items[first - 1].item->entry;
        enum { NUMBERS = 64 }; /* lengths and an id */
        bytes += strlen(e->payload) + strlen(e->cleanup) + NUMBERS;
        if (bytes > PAYLOAD_MAX)
            break;
        first--;
    }
    return first;
}

static void start_janitor(struct replay *c)
{
    struct slot *s = c->slot;
    size_t first = first_of_next(c);
    for (size_t i = first; i < c->left; i++) {
        const struct ledger_item *item = c->o->items[i].item;
        slot_add_cleanup(s, item->id, item->entry.cleanup, item->entry.payload);
    }
    const struct replay_item *newest = &c->o->items[c->left - 1];
    c->left = first;
    const struct slot_task task = {
        .case_id = newest->item->entry.case_id, .plugin = newest->plugin, .attempt = newest->item->entry.attempt};
    slot_clean(s, &task);
}

static void on_signal(struct source *source, uint32_t events)
{
    struct replay *c = source->data;
    (void)events;
    struct signal_news news;
    if (!signals_read(source->fd, &news))
        return;
    c->interrupts++;
    c->result->interrupted = true;
    if (c->interrupts > 1)
        slot_interrupt(c->slot, true);
}

static void dismiss(struct replay *c)
{
    const int64_t until = clock_mono() + 2 * NS_PER_S;
    slot_dismiss(c->slot);
    while (slot_has_monitor(c->slot) && clock_mono() < until)
        loop_wait(c->o->loop, until);
    slot_free(c->slot);
    stack_reader_close(&c->shared.reader);
    loop_part(c->o->loop, &c->signals);
}

void replay_run(const struct replay_options *o, struct replay_result *ret_result)
{
    enum { OUTPUT_CAP = 1 << 20 };
    *ret_result = (struct replay_result){0};
    struct replay c = {.o = o, .left = o->n_items, .signals = SOURCE_INIT, .result = ret_result};
    c.shared = (struct slot_shared){.loop = o->loop,
                                    .hosts = o->hosts,
                                    .catalogue = o->catalogue,
                                    .containment = o->containment,
                                    .workspace = o->workspace,
                                    .ledger = o->ledger,
                                    .secrets = o->secrets,
                                    .sink = o->sink,
                                    .epoch_ns = clock_mono(),
                                    .grace_ns = o->grace_ns,
                                    .cleanup_ns = o->cleanup_ns,
                                    .output_cap = OUTPUT_CAP,
                                    .keep_output = true,
                                    .slots = &c.slot,
                                    .n_slots = 1,
                                    .own_children = {o->zygote->pid}};
    c.slot = slot_new(&c.shared, 0, &replay_owner, &c);
    loop_add(o->loop, &c.signals, o->signals, EPOLLIN, on_signal, &c);
    for (;;) {
        bool idle = !slot_task(c.slot);
        if (o->loop->error < 0 && !ret_result->trouble)
            ret_result->trouble = xasprintf("watching a descriptor: %s", strerror(-o->loop->error));
        if (idle && (c.left == 0 || c.interrupts > 0 || ret_result->trouble))
            break;
        if (idle) {
            start_janitor(&c);
            continue; /* it may have ended at once */
        }
        loop_wait(o->loop, slot_deadline(c.slot));
        slot_tick(c.slot, clock_mono());
    }
    dismiss(&c);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What an attempt says is taken in portions, whoever goes on talking. */
#include "testing.h"

#include "base/loop.h"
#include "exec/slot.h"
#include "exec/slot_channel.h"
#include "exec/slot_state.h"
#include "ipc/sock.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct scene {
    struct loop loop;
    struct workspace workspace;
    struct slot_shared shared;
    struct slot *slot;
    int theirs;
    unsigned n_events;
};

static void say(const struct scene *s)
{
    const struct message m = {.type = MSG_LOG, .log = {.file = "", .text = "again"}};
    assert_int_equal(sock_offer_message(s->theirs, &m), 0);
}

/* Whoever has just been heard speaks again at once. */
static void on_event(void *data, const struct event *event)
{
    struct scene *s = data;
    (void)event;
    s->n_events++;
    say(s);
}

static const struct slot_owner nobody = {.first_phase = PHASE_BODY};

static int set_up(void **state)
{
    static struct scene s;
    static char folder[] = "/nowhere";
    s = (struct scene){.workspace = {.run_dir = -1, .run_path = folder, .temp_base = folder},
                       .shared = {.loop = &s.loop, .workspace = &s.workspace, .sink = {on_event, &s}}};
    int pair[2];
    assert_int_equal(loop_init(&s.loop), 0);
    assert_int_equal(sock_pair(pair), 0);
    s.slot = slot_new(&s.shared, 0, &nobody, NULL);
    s.slot->state = SLOT_RUNNING;
    s.slot->attempt.task = (struct slot_task){.case_id = "a.case", .attempt = 1};
    s.theirs = pair[1];
    s.slot->outputs.loop = &s.loop;
    s.slot->attempt.ordered_ns = 1;
    loop_add(&s.loop, slot_channel(s.slot), pair[0], EPOLLIN, slot_on_channel, s.slot);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    close(s->theirs);
    slot_free(s->slot);
    loop_free(&s->loop);
    return 0;
}

static void no_more_than_was_asked_for(void **state)
{
    struct scene *s = *state;
    say(s);
    slot_read_channel(s->slot, SLOT_MESSAGES_A_TURN);
    assert_int_equal(s->n_events, SLOT_MESSAGES_A_TURN);
}

/* What an attempt has left may talk without end, and nobody else is heard meanwhile. */
static void all_of_it_is_what_the_socket_held(void **state)
{
    struct scene *s = *state;
    int bytes;
    socklen_t size = sizeof bytes;
    assert_int_equal(getsockopt(s->theirs, SOL_SOCKET, SO_SNDBUF, &bytes, &size), 0);
    say(s);
    slot_read_channel(s->slot, UINT32_MAX);
    assert_in_range(s->n_events, SLOT_MESSAGES_A_LOOK, SLOT_MESSAGES_A_LOOK + (unsigned)bytes / 256);
}

/* A number that is no signal's is nobody's crash. */
static void a_crash_has_a_signal(void **state)
{
    struct scene *s = *state;
    const struct message m = {.type = MSG_CRASH, .crash = {.signal = 999}};
    assert_int_equal(sock_offer_message(s->theirs, &m), 0);
    slot_read_channel(s->slot, SLOT_MESSAGES_A_TURN);
    assert_true(s->slot->attempt.observed.malformed);
    assert_false(s->slot->attempt.observed.crashed);
    assert_int_not_equal(s->slot->state, SLOT_CRASHED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_more_than_was_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(all_of_it_is_what_the_socket_held, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_crash_has_a_signal, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

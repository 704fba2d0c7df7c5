/* SPDX-License-Identifier: Apache-2.0 */
/* What is posted to the loop: handed out on the next turn, in order, without sleeping. */
#include "base/clock.h"
#include "base/loop.h"
#include "testing.h"

#include <string.h>

static struct loop loop;
static char order[16];

struct thing {
    struct loop_post post;
    char name;
    struct thing *posts, *takes_back;
};

static void note(void *data)
{
    struct thing *t = data;
    strncat(order, &t->name, 1);
    if (t->posts)
        loop_post(&loop, &t->posts->post, note, t->posts);
    if (t->takes_back)
        loop_unpost(&loop, &t->takes_back->post);
}

static int set_up(void **state)
{
    (void)state;
    order[0] = '\0';
    return loop_init(&loop);
}

static int tear_down(void **state)
{
    (void)state;
    loop_free(&loop);
    return 0;
}

static void post(struct thing *t)
{
    loop_post(&loop, &t->post, note, t);
}

static void never_inside_the_call(void **state)
{
    (void)state;
    struct thing a = {.name = 'a'}, b = {.name = 'b'};
    post(&a);
    post(&b);
    post(&a); /* it is queued already */
    assert_string_equal(order, "");
    loop_wait(&loop, NEVER); /* would sleep for ever */
    assert_string_equal(order, "ab");
    loop_wait(&loop, 0);
    assert_string_equal(order, "ab");
}

static void what_is_posted_meanwhile_waits(void **state)
{
    (void)state;
    struct thing a = {.name = 'a'};
    a.posts = &a;
    post(&a);
    loop_wait(&loop, NEVER);
    assert_string_equal(order, "a");
    a.posts = NULL;
    loop_wait(&loop, NEVER);
    assert_string_equal(order, "aa");
}

static void taken_back(void **state)
{
    (void)state;
    struct thing a = {.name = 'a'}, b = {.name = 'b'}, c = {.name = 'c'};
    a.takes_back = &b;
    post(&a);
    post(&b);
    post(&c);
    loop_wait(&loop, NEVER);
    assert_string_equal(order, "ac");
    loop_unpost(&loop, &b.post); /* it isn't queued */
    post(&b);
    loop_wait(&loop, NEVER);
    assert_string_equal(order, "acb");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(never_inside_the_call, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_posted_meanwhile_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(taken_back, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

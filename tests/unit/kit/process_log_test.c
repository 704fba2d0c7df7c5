/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a program's log: each is looked at once, when it is whole, however long it is. */
#include "fake_host.h"

#include "log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct fake_host h;
static char path[] = "/tmp/muster-log.XXXXXX";
static int fd;

static int set_up(void **state)
{
    (void)state;
    fake_host_init(&h);
    return ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0;
}

static void print(const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void print_many(size_t n)
{
    char some[1000];
    memset(some, 'x', sizeof some);
    for (size_t part; n > 0; n -= part) {
        part = n < sizeof some ? n : sizeof some;
        assert_int_equal(write(fd, some, part), part);
    }
}

static void a_line_is_found_when_it_is_whole(void **state)
{
    struct log_look look = {0};
    (void)state;
    print("one\ntw");
    assert_null(process_log_line(&h.ctx, path, "tw", 0, &look));
    print("o\r\n\nthree");
    assert_string_equal(process_log_line(&h.ctx, path, "tw", 0, &look), "two");
    assert_null(process_log_line(&h.ctx, path, "three", 0, &look));
    assert_string_equal(process_log_line(&h.ctx, path, "three", 1, &look), "three");
}

static void what_was_looked_at_is_not_read_again(void **state)
{
    struct log_look look = {0};
    (void)state;
    print("one\ntwo\nhal");
    assert_null(process_log_line(&h.ctx, path, "here", 0, &look));
    assert_int_equal(look.from, strlen("one\ntwo\n"));
    assert_int_equal(pwrite(fd, "here", 4, 0), 4); /* a second look would find it */
    assert_null(process_log_line(&h.ctx, path, "here", 0, &look));
    print("f\nhere too\n");
    assert_string_equal(process_log_line(&h.ctx, path, "here", 0, &look), "here too");
}

static void a_long_line_ends_at_the_bound(void **state)
{
    struct log_look look = {0};
    (void)state;
    print("head ");
    print_many(3 * LOG_LINE_MOST);
    print(" here");
    assert_null(process_log_line(&h.ctx, path, "here", 0, &look));
    assert_null(process_log_line(&h.ctx, path, "here", 1, &look));
    print(" here\nit is here\n");
    assert_string_equal(process_log_line(&h.ctx, path, "here", 0, &look), "it is here");
    look = (struct log_look){0};
    assert_int_equal(strlen(process_log_line(&h.ctx, path, "head", 0, &look)), LOG_LINE_MOST);
}

/* Wherever the blocks that are read end. */
static void lines_across_blocks_are_whole(void **state)
{
    (void)state;
    for (size_t before = LOG_LINE_MOST - 8; before < LOG_LINE_MOST + 2; before++) {
        struct log_look look = {0};
        set_up(NULL);
        print_many(before);
        print("\nhere\nmore\n");
        assert_string_equal(process_log_line(&h.ctx, path, "here", 0, &look), "here");
        assert_string_equal(process_log_line(&h.ctx, path, "more", 1, &look), "more");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_line_is_found_when_it_is_whole, set_up),
        cmocka_unit_test_setup(what_was_looked_at_is_not_read_again, set_up),
        cmocka_unit_test_setup(a_long_line_ends_at_the_bound, set_up),
        cmocka_unit_test_setup(lines_across_blocks_are_whole, set_up),
    };
    fd = mkstemp(path);
    int failed = fd < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}

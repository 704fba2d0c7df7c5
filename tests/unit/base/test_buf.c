/* SPDX-License-Identifier: Apache-2.0 */
/* Buffers: growth, ends, and what is left of them afterwards. */
#include "testing.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

static void starts_empty(void **state)
{
    (void)state;
    autobuf struct buf b = {0};
    assert_string_equal(buf_str(&b), "");
    assert_int_equal(b.len, 0);
    buf_add(&b, NULL, 0);
    buf_adds(&b, "");
    assert_int_equal(b.len, 0);
}

static void keeps_bytes_of_any_kind(void **state)
{
    (void)state;
    autobuf struct buf b = {0};
    for (unsigned i = 0; i < 100000; i++)
        buf_addc(&b, (char)i);
    assert_int_equal(b.len, 100000);
    for (unsigned i = 0; i < 100000; i++)
        assert_int_equal((unsigned char)b.data[i], i & 0xff);
}

static void ends_with_a_nul_that_does_not_count(void **state)
{
    (void)state;
    autobuf struct buf b = {0};
    char *room = buf_reserve(&b, 256);
    memset(room, 'x', 256);
    b.len = b.cap; /* no room left for the NUL */
    assert_int_equal(strlen(buf_str(&b)), b.len);
    assert_int_equal(b.len, 256);
}

static void formats_short_and_long(void **state)
{
    (void)state;
    char text[1000];
    for (size_t len = 250; len < 262; len++) { /* around the length where formatting changes its way */
        autobuf struct buf b = {0};
        memset(text, 'a', len);
        text[len] = '\0';
        buf_addf(&b, "<%s>%d", text, 7);
        assert_int_equal(b.len, len + 3);
        assert_string_equal(buf_str(&b) + len, "a>7");
    }
}

static void writes_numbers(void **state)
{
    (void)state;
    autobuf struct buf b = {0};
    buf_addu(&b, 0);
    buf_addc(&b, ' ');
    buf_addu(&b, 1009);
    buf_addc(&b, ' ');
    buf_addu(&b, UINT64_MAX);
    assert_string_equal(buf_str(&b), "0 1009 18446744073709551615");
}

static void gives_away(void **state)
{
    (void)state;
    autobuf struct buf b = {0};
    buf_adds(&b, "0123456789");
    buf_consume(&b, 4);
    assert_string_equal(buf_str(&b), "456789");
    buf_consume(&b, 6);
    assert_int_equal(b.len, 0);
    buf_adds(&b, "again");
    char *taken = buf_steal(&b);
    assert_string_equal(taken, "again");
    assert_null(b.data);
    assert_int_equal(b.cap, 0);
    free(taken);
    taken = buf_steal(&b);
    assert_string_equal(taken, "");
    free(taken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_empty),
        cmocka_unit_test(keeps_bytes_of_any_kind),
        cmocka_unit_test(ends_with_a_nul_that_does_not_count),
        cmocka_unit_test(formats_short_and_long),
        cmocka_unit_test(writes_numbers),
        cmocka_unit_test(gives_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

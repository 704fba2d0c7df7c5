/* SPDX-License-Identifier: Apache-2.0 */
/* The Docker Engine's multiplexed streams, also broken ones, and programs that need no other. */
#include "stream.h"
#include "tar.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static size_t add(unsigned char *to, size_t at, int stream, const char *text)
{
    size_t n = strlen(text);
    const unsigned char head[8] = {(unsigned char)stream, 0, 0, 0, 0, 0, (unsigned char)(n >> 8), (unsigned char)n};
    memcpy(to + at, head, sizeof head);
    memcpy(to + at + sizeof head, text, n);
    return at + sizeof head + n;
}

static void test_streams_are_taken_apart(void **state)
{
    unsigned char bytes[256];
    char out[256];
    (void)state;
    size_t n = add(bytes, 0, 1, "one ");
    n = add(bytes, n, 2, "bad ");
    n = add(bytes, n, 0, "typed");
    n = add(bytes, n, 1, "");
    n = add(bytes, n, 1, "two");
    assert_true(container_stream_is_framed(bytes, n));
    assert_int_equal(container_stream_take(bytes, n, CONTAINER_OUT, out), 7);
    assert_memory_equal(out, "one two", 7);
    assert_int_equal(container_stream_take(bytes, n, CONTAINER_ERR, out), 4);
    assert_memory_equal(out, "bad ", 4);
    assert_int_equal(container_stream_take(bytes, n, 0, out), 11);
    assert_memory_equal(out, "one bad two", 11);
}

static void test_cut_streams_give_what_there_is(void **state)
{
    unsigned char bytes[64];
    char out[64];
    (void)state;
    size_t n = add(bytes, 0, 1, "whole");
    n = add(bytes, n, 1, "half");
    for (size_t cut = 0; cut <= n; cut++) {
        size_t taken = container_stream_take(bytes, cut, CONTAINER_OUT, out);
        size_t want = cut < 8 ? 0 : cut <= 13 ? cut - 8 : cut <= 21 ? 5 : cut - 16;
        assert_int_equal(taken, want);
        assert_int_equal(container_stream_is_whole(bytes, cut), cut == 0 || cut == 13 || cut == n);
    }
    memset(bytes, 0xff, sizeof bytes); /* of 4 GiB */
    bytes[0] = 1;
    assert_int_equal(container_stream_take(bytes, sizeof bytes, CONTAINER_OUT, out), sizeof bytes - 8);
}

static void test_a_terminal_has_no_frames(void **state)
{
    const char *text = "$ echo hello\r\nhello\r\n";
    (void)state;
    assert_false(container_stream_is_framed((const unsigned char *)text, strlen(text)));
    assert_false(container_stream_is_framed((const unsigned char *)"short", 5));
    assert_true(container_stream_is_framed((const unsigned char *)"", 0));
}

static void test_programs_that_need_no_other(void **state)
{
    struct {
        Elf64_Ehdr head;
        Elf64_Phdr parts[2];
    } file = {.head = {.e_ident = ELFMAG "\2\1\1",
                       .e_phoff = sizeof(Elf64_Ehdr),
                       .e_phnum = 2,
                       .e_phentsize = sizeof(Elf64_Phdr)}};
    (void)state;
    file.parts[0].p_type = PT_LOAD;
    assert_true(container_is_static(&file, sizeof file));
    assert_false(container_is_static(&file, sizeof file - 1));
    assert_false(container_is_static(&file, 10));
    file.parts[1].p_type = PT_INTERP;
    assert_false(container_is_static(&file, sizeof file));
    assert_false(
        container_is_static("#!/bin/sh\nexit 0\n                                                          ", 70));
    file.head.e_phoff = UINT64_MAX - 3;
    assert_false(container_is_static(&file, sizeof file));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streams_are_taken_apart),
        cmocka_unit_test(test_cut_streams_give_what_there_is),
        cmocka_unit_test(test_a_terminal_has_no_frames),
        cmocka_unit_test(test_programs_that_need_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

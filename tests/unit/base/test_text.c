/* SPDX-License-Identifier: Apache-2.0 */
/* Text from strangers: every class of bad UTF-8, and nothing that a terminal would obey. */
#include "testing.h"

#include "base/text.h"

#include <locale.h>
#include <string.h>

static size_t decode(const char *bytes, uint32_t *ret_code)
{
    return utf8_decode(bytes, bytes + strlen(bytes), ret_code);
}

static void every_code_point_reads_back(void **state)
{
    (void)state;
    autobuf struct buf b = {0};
    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        if (code >= 0xd800 && code <= 0xdfff)
            continue;
        buf_clear(&b);
        utf8_encode(&b, code);
        uint32_t back;
        size_t n = utf8_decode(b.data, b.data + b.len, &back);
        if (n != b.len || back != code)
            fail_msg("U+%04X came back as U+%04X", code, back);
    }
}

static const char *const bad_utf8[] = {
    "\x80",             /* a continuation alone */
    "\xbf",             /* the last one */
    "\xc0\x80",         /* NUL, overlong */
    "\xc1\xbf",         /* DEL, overlong */
    "\xc3",             /* cut after one of two */
    "\xc3(",            /* no continuation */
    "\xe0\x80\x80",     /* overlong */
    "\xe0\x9f\xbf",     /* the largest overlong of three */
    "\xe2\x82",         /* cut after two of three */
    "\xe2(\xac",        /* bad in the middle */
    "\xed\xa0\x80",     /* a surrogate */
    "\xed\xbf\xbf",     /* the last surrogate */
    "\xf0\x80\x80\x80", /* overlong */
    "\xf0\x8f\xbf\xbf", /* the largest overlong of four */
    "\xf0\x9f\x98",     /* cut after three of four */
    "\xf4\x90\x80\x80", /* above U+10FFFF */
    "\xf5\x80\x80\x80", /* no such lead */
    "\xf8\x88\x80\x80\x80",
    "\xfc\x84\x80\x80\x80\x80",
    "\xfe",
    "\xff",
};

static void bad_bytes_are_replaced_one_by_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_utf8 / sizeof *bad_utf8; i++) {
        uint32_t code;
        assert_int_equal(decode(bad_utf8[i], &code), 1);
        assert_int_equal(code, 0xfffd);
        assert_false(utf8_valid(bad_utf8[i], strlen(bad_utf8[i])));
    }
}

static void never_reads_beyond_the_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_utf8 / sizeof *bad_utf8; i++) {
        for (size_t len = 1; len <= strlen(bad_utf8[i]); len++) {
            /* The bytes after the end would complete the sequence. */
            char text[16] = "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80";
            memcpy(text, bad_utf8[i], len);
            uint32_t code;
            assert_true(utf8_decode(text, text + len, &code) <= len);
        }
    }
}

static void json_is_valid_whatever_comes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_utf8 / sizeof *bad_utf8; i++) {
        autobuf struct buf out = {0};
        json_add_string(&out, bad_utf8[i], strlen(bad_utf8[i]));
        assert_true(utf8_valid(out.data, out.len));
        assert_non_null(memmem(out.data, out.len, "\xef\xbf\xbd", 3));
    }
}

static void json_escapes_what_it_must(void **state)
{
    (void)state;
    autobuf struct buf out = {0};
    json_add_string(&out, "a\0b\"\\/\b\f\n\r\t\x1b\x7f\xc3\xa9", 15);
    assert_string_equal(buf_str(&out), "\"a\\u0000b\\\"\\\\/\\b\\f\\n\\r\\t\\u001b\\u007f\xc3\xa9\"");
    for (int c = 0; c < 0x20; c++) {
        buf_clear(&out);
        char byte = (char)c;
        json_add_string(&out, &byte, 1);
        assert_int_equal(out.data[1], '\\');
        assert_null(memchr(out.data, c, out.len));
    }
    buf_clear(&out);
    json_add_string(&out, "", 0);
    assert_string_equal(buf_str(&out), "\"\"");
}

static void for_terminal(const char *text, size_t len, const char *expected)
{
    autobuf struct buf out = {0};
    terminal_add(&out, text, len);
    assert_string_equal(buf_str(&out), expected);
}

static void terminals_obey_nothing(void **state)
{
    (void)state;
    for_terminal("plain \xc3\xa9 \xe4\xb8\xad\n\tx", 15, "plain \xc3\xa9 \xe4\xb8\xad\n\tx");
    for_terminal("\x1b[31mred\x1b[0m", 12, "\\x1b[31mred\\x1b[0m");
    for_terminal("\x1b]0;title\a", 10, "\\x1b]0;title\\x07");
    for_terminal("over\rwritten\b", 13, "over\\x0dwritten\\x08");
    for_terminal("a\0b", 3, "a\\x00b");
    for_terminal("\x7f", 1, "\\x7f");
    for_terminal("\xc2\x9b"
                 "31m",
                 5, "\\x9b31m"); /* C1: CSI in one character */
    for_terminal("\x9b"
                 "31m",
                 4,
                 "\xef\xbf\xbd"
                 "31m");
}

static void terminals_do_not_reorder(void **state)
{
    (void)state;
    const uint32_t controls[] = {0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069};
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
        autobuf struct buf in = {0}, out = {0}, expected = {0};
        utf8_encode(&in, controls[i]);
        terminal_add(&out, in.data, in.len);
        buf_addf(&expected, "\\u%04x", controls[i]);
        assert_string_equal(buf_str(&out), buf_str(&expected));
    }
}

static void no_byte_sequence_leaves_a_control(void **state)
{
    (void)state;
    autobuf struct buf out = {0};
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++) {
            const char text[] = {(char)a, (char)b};
            buf_clear(&out);
            terminal_add(&out, text, 2);
            assert_true(utf8_valid(out.data, out.len));
            for (size_t i = 0; i < out.len; i++)
                assert_true((unsigned char)out.data[i] >= 0x20 || out.data[i] == '\n' || out.data[i] == '\t');
        }
    }
}

static void columns_are_the_terminals(void **state)
{
    (void)state;
    assert_int_equal(text_columns("", 0), 0);
    assert_int_equal(text_columns("abc", 3), 3);
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        skip();
    assert_int_equal(text_columns("\xc3\xa9", 2), 1);
    assert_int_equal(text_columns("\xe4\xb8\xad", 3), 2); /* wide */
    assert_int_equal(text_columns("e\xcc\x81", 3), 1);    /* combining */
    assert_int_equal(text_columns("\xff\xff", 2), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_reads_back), cmocka_unit_test(bad_bytes_are_replaced_one_by_one),
        cmocka_unit_test(never_reads_beyond_the_end),  cmocka_unit_test(json_is_valid_whatever_comes),
        cmocka_unit_test(json_escapes_what_it_must),   cmocka_unit_test(terminals_obey_nothing),
        cmocka_unit_test(terminals_do_not_reorder),    cmocka_unit_test(no_byte_sequence_leaves_a_control),
        cmocka_unit_test(columns_are_the_terminals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

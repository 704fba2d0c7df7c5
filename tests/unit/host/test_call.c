/* SPDX-License-Identifier: Apache-2.0 */
/* Typed calls: what arrives is what was written, for every type and in every class of register. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "host/call.h"

static struct muster_ctx context;
static struct buf got; /* what the last call was given */

static void note_call(struct muster_ctx *ctx)
{
    assert_ptr_equal(ctx, &context);
    buf_clear(&got);
}

/* Calls with types such as "i32 f64" and values such as "1|2.5". */
static int call(void (*function)(void), const char *types, const char *values, uint32_t returns, union value *ret_value,
                struct err *err)
{
    enum { MOST = 16 };
    static const char *const names[MOST] = {"a", "b", "c", "d", "e", "f", "g", "h",
                                            "i", "j", "k", "l", "m", "n", "o", "p"};
    struct plugin_param items[MOST];
    const char *texts[MOST];
    uint32_t n = 0;
    char *t = xstrdup(types), *v = xstrdup(values), *types_left = t, *values_left = v;
    for (char *type; *types && (type = strsep(&types_left, " ")); n++) {
        items[n] = (struct plugin_param){0, names[n]};
        for (uint32_t k = 0; k < TYPE_N; k++)
            if (strcmp(value_type_name((enum value_type)k), type) == 0)
                items[n].type = k;
        texts[n] = strsep(&values_left, "|");
    }
    const struct plugin_params params = {items, n};
    int e = call_function(function, &context, &params, texts, returns, ret_value, err);
    free(t);
    free(v);
    return e;
}

static void expect_call(void (*function)(void), const char *types, const char *values, const char *seen)
{
    union value nothing;
    autoerr struct err err = {0};
    if (call(function, types, values, TYPE_NONE, &nothing, &err) < 0)
        fail_msg("%s", err_text(&err));
    assert_string_equal(buf_str(&got), seen);
}

static void take_nothing(struct muster_ctx *ctx)
{
    note_call(ctx);
    buf_adds(&got, "nothing");
}

static void take_each(struct muster_ctx *ctx, int32_t i32, int64_t i64, uint64_t u64, double f64, int32_t boolean,
                      const char *str, const char *json)
{
    note_call(ctx);
    buf_addf(&got, "%d %lld %llu %a %d %s %s", i32, (long long)i64, (unsigned long long)u64, f64, boolean, str, json);
}

static void passes_every_type_to_its_ends(void **state)
{
    (void)state;
    static const char types[] = "i32 i64 u64 f64 bool str json";
    expect_call((void (*)(void))take_nothing, "", "", "nothing");
    expect_call((void (*)(void))take_each, types, "-2147483648|-9223372036854775808|0|-0|false||null",
                "-2147483648 -9223372036854775808 0 -0x0p+0 0  null");
    expect_call((void (*)(void))take_each, types,
                "2147483647|9223372036854775807|18446744073709551615|1.7976931348623157e308|true|größe|[1]",
                "2147483647 9223372036854775807 18446744073709551615 0x1.fffffffffffffp+1023 1 größe [1]");
    expect_call((void (*)(void))take_each, types, "-1|-1|0xffffffffffffffff|5e-324|true|a b|{}",
                "-1 -1 18446744073709551615 0x0.0000000000001p-1022 1 a b {}");
}

static void take_twelve(struct muster_ctx *ctx, int64_t a, double b, int32_t c, double d, const char *e, double f,
                        uint64_t g, double h, int32_t i, double j, int64_t k, const char *l)
{
    note_call(ctx);
    buf_addf(&got, "%lld %g %d %g %s %g %llu %g %d %g %lld %s", (long long)a, b, c, d, e, f, (unsigned long long)g, h,
             i, j, (long long)k, l);
}

static void take_doubles(struct muster_ctx *ctx, double a, double b, double c, double d, double e, double f, double g,
                         double h, double i, double j, int32_t k)
{
    note_call(ctx);
    buf_addf(&got, "%g %g %g %g %g %g %g %g %g %g %d", a, b, c, d, e, f, g, h, i, j, k);
}

/* More than there are registers of a class: the rest goes over the stack, in order. */
static void mixes_registers_and_stack(void **state)
{
    (void)state;
    expect_call((void (*)(void))take_twelve, "i64 f64 i32 f64 str f64 u64 f64 bool f64 i64 str",
                "-1|1.5|-3|2.5|five|3.5|7|4.5|true|5.5|-11|twelve", "-1 1.5 -3 2.5 five 3.5 7 4.5 1 5.5 -11 twelve");
    expect_call((void (*)(void))take_doubles, "f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 i32", "1|2|3|4|5|6|7|8|9|10|11",
                "1 2 3 4 5 6 7 8 9 10 11");
}

static int32_t give_i32(struct muster_ctx *ctx, int32_t n)
{
    note_call(ctx);
    return n;
}
static int64_t give_i64(struct muster_ctx *ctx, int64_t n)
{
    note_call(ctx);
    return n;
}
static uint64_t give_u64(struct muster_ctx *ctx, uint64_t n)
{
    note_call(ctx);
    return n;
}
static double give_f64(struct muster_ctx *ctx, double n)
{
    note_call(ctx);
    return n;
}
static int32_t give_bool(struct muster_ctx *ctx, int32_t n)
{
    note_call(ctx);
    return n ? 7 : 0; /* whatever is not 0 is true */
}
static const char *give_str(struct muster_ctx *ctx, const char *text)
{
    note_call(ctx);
    return strcmp(text, "NULL") == 0 ? NULL : strcmp(text, "bad") == 0 ? "\xff" : text;
}

static void brings_back_what_it_returns(void **state)
{
    (void)state;
    static const struct {
        void (*function)(void);
        enum value_type type;
        const char *text;
    } rows[] = {
        {(void (*)(void))give_i32, TYPE_I32, "-2147483648"},
        {(void (*)(void))give_i32, TYPE_I32, "2147483647"},
        {(void (*)(void))give_i64, TYPE_I64, "-9223372036854775808"},
        {(void (*)(void))give_u64, TYPE_U64, "18446744073709551615"},
        {(void (*)(void))give_f64, TYPE_F64, "0.1"},
        {(void (*)(void))give_f64, TYPE_F64, "-1.7976931348623157e+308"},
        {(void (*)(void))give_f64, TYPE_F64, "4.94065645841247e-324"},
        {(void (*)(void))give_f64, TYPE_F64, "0.30000000000000004"},
        {(void (*)(void))give_bool, TYPE_BOOL, "true"},
        {(void (*)(void))give_bool, TYPE_BOOL, "false"},
        {(void (*)(void))give_str, TYPE_STR, "größe"},
        {(void (*)(void))give_str, TYPE_JSON, "{\"a\":1}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct plugin_param param = {rows[i].type, "a"};
        const struct plugin_params params = {&param, 1};
        union value v = {0};
        autobuf struct buf text = {0};
        autoerr struct err err = {0};
        if (call_function(rows[i].function, &context, &params, &rows[i].text, rows[i].type, &v, &err) < 0)
            fail_msg("%s", err_text(&err));
        call_value_text(rows[i].type, &v, &text);
        assert_string_equal(buf_str(&text), rows[i].text);
    }
}

static void refuses_what_can_not_be_passed(void **state)
{
    (void)state;
    union value v = {.u64 = 99};
    autoerr struct err err = {0};
    buf_clear(&got);
    assert_int_equal(call((void (*)(void))take_each, "i32 i64", "1|x", TYPE_NONE, &v, &err), -EINVAL);
    assert_string_equal(err_text(&err), "parameter b: 'x' is not an i64: a decimal number from -9223372036854775808 to "
                                        "9223372036854775807");
    assert_int_equal(got.len, 0);
    assert_int_equal(call((void (*)(void))give_str, "str", "NULL", TYPE_STR, &v, &err), -EINVAL);
    assert_string_equal(err_text(&err), "it returned NULL, and no text");
    assert_int_equal(call((void (*)(void))give_str, "str", "bad", TYPE_STR, &v, &err), -EINVAL);
    assert_string_equal(err_text(&err), "what it returned: '\xff' is not a str: a text in UTF-8");
    assert_int_equal(call((void (*)(void))take_nothing, "", "", TYPE_N, &v, &err), -EINVAL);
    assert_true(v.u64 == 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_every_type_to_its_ends),
        cmocka_unit_test(mixes_registers_and_stack),
        cmocka_unit_test(brings_back_what_it_returns),
        cmocka_unit_test(refuses_what_can_not_be_passed),
    };
    int r = cmocka_run_group_tests(tests, NULL, NULL);
    buf_free(&got);
    return r;
}

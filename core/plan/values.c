/* SPDX-License-Identifier: Apache-2.0 */
/* From the text of a value to the value. */
#include "plan/values.h"

#include "base/buf.h"
#include "base/number.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *article, *expected;
} types[TYPE_N] = {
    [TYPE_NONE] = {"a", "nothing"},
    [TYPE_I32] = {"an", "a decimal number from -2147483648 to 2147483647"},
    [TYPE_I64] = {"an", "a decimal number from -9223372036854775808 to 9223372036854775807"},
    [TYPE_U64] = {"a", "a decimal number from 0 to 18446744073709551615, or hexadecimal with 0x"},
    [TYPE_F64] = {"an", "a finite number such as 1.5, -2 or 1e9"},
    [TYPE_BOOL] = {"a", "true or false"},
    [TYPE_STR] = {"a", "a text in UTF-8"},
    [TYPE_JSON] = {"a", "a JSON text"},
};

static int refuse(enum value_type type, const char *text, struct err *err)
{
    enum { SHOWN = 60 };
    size_t n = strlen(text), shown = n;
    if (n > SHOWN)
        for (shown = SHOWN; shown > 0 && (text[shown] & 0xc0) == 0x80; shown--)
            ;
    autobuf struct buf quoted = {0};
    for (size_t i = 0; i < shown; i++) { /* a sentence has no line break */
        if (text[i] == '\n' || text[i] == '\t')
            buf_adds(&quoted, text[i] == '\n' ? "\\n" : "\\t");
        else
            buf_addc(&quoted, text[i]);
    }
    return err_set(err, -EINVAL, "'%s%s' is not %s %s: %s", buf_str(&quoted), shown < n ? "..." : "",
                   types[type].article, value_type_name(type), types[type].expected);
}

static bool is_digits(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

static bool parse_signed(const char *text, int64_t least, int64_t most, int64_t *ret_value)
{
    errno = 0;
    if (!is_digits(text + (*text == '-')))
        return false;
    long long n = strtoll(text, NULL, 10);
    *ret_value = n;
    return errno == 0 && n >= least && n <= most;
}

static bool parse_unsigned(const char *text, uint64_t *ret_value)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hex ? text + 2 : text;
    if (hex ? !*digits || digits[strspn(digits, "0123456789abcdefABCDEF")] : !is_digits(digits))
        return false;
    errno = 0;
    *ret_value = strtoull(digits, NULL, hex ? 16 : 10);
    return errno == 0;
}

static bool parse(enum value_type type, const char *text, union value *v)
{
    int64_t n = 0;
    bool ok = false;
    switch (type) {
    case TYPE_I32:
        ok = parse_signed(text, INT32_MIN, INT32_MAX, &n);
        v->i32 = (int32_t)n;
        return ok;
    case TYPE_I64:
        return parse_signed(text, INT64_MIN, INT64_MAX, &v->i64);
    case TYPE_U64:
        return parse_unsigned(text, &v->u64);
    case TYPE_F64:
        return number_parse(text, &v->f64);
    case TYPE_BOOL:
        v->i32 = strcmp(text, "true") == 0;
        return v->i32 || strcmp(text, "false") == 0;
    case TYPE_STR:
    case TYPE_JSON:
        v->text = text;
        return utf8_valid(text, strlen(text)) && (type == TYPE_STR || *text);
    default:
        return false;
    }
}

int value_parse(enum value_type type, const char *text, union value *ret_value, struct err *err)
{
    union value v = {0};
    if ((unsigned)type >= TYPE_N)
        return err_set(err, -EINVAL, "type %u is not known", (unsigned)type);
    if (!parse(type, text, &v))
        return refuse(type, text, err);
    *ret_value = v;
    return 0;
}

int value_check(enum value_type type, const char *text, struct err *err)
{
    union value ignored;
    if (strnlen(text, VALUE_MAX) == VALUE_MAX)
        return err_set(err, -EINVAL, "it is longer than %d bytes", VALUE_MAX - 1);
    return value_parse(type, text, &ignored, err);
}

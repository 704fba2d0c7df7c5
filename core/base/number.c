/* SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool number_parse(const char *text, double *ret_value)
{
    static locale_t shared;
    locale_t plain = __atomic_load_n(&shared, __ATOMIC_ACQUIRE);
    if (!plain) { /* one that libc has anyway: threads that meet here make the same */
        plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
        __atomic_store_n(&shared, plain, __ATOMIC_RELEASE);
    }
    if (!*text || !strchr("+-.0123456789", *text))
        return false; /* no blanks, no "inf" */
    char *end;
    double value = strtod_l(text, &end, plain);
    if (*end || !isfinite(value))
        return false;
    *ret_value = value;
    return true;
}

/* In the place of whatever the locale has for a point, which may be several bytes. */
static void put_point(char *text)
{
    char *from = text + strspn(text, "+-0123456789");
    size_t foreign = strcspn(from, "+-0123456789e");
    if (foreign == 0)
        return;
    *from = '.';
    memmove(from + 1, from + foreign, strlen(from + foreign) + 1);
}

void number_add(struct buf *out, double value)
{
    char text[48];
    double back;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (isfinite(value))
            put_point(text);
        if (number_parse(text, &back) && back >= value && back <= value)
            break;
    }
    buf_adds(out, text);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Reading whole numbers. */
#include "common/number.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

bool number_parse(const char *text, int64_t lowest, int64_t highest, int64_t *ret_number)
{
    char *end;

    /* strtoll would skip spaces and take a plus. */
    if (!isdigit((unsigned char)text[0]) && text[0] != '-')
        return false;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || n < lowest || n > highest)
        return false;
    *ret_number = n;
    return true;
}

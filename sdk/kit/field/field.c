/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of HTTP's heads: what may be written into one. */
#include "field.h"

#include <string.h>

int field_is_token(const char *text, size_t length)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        int alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alphanumeric && (!c || !strchr(others, c)))
            return 0;
    }
    return length > 0;
}

/* RFC 9110, 5.5: neither CR nor LF, nor another control character but the tab. */
const char *field_fault(const char *value)
{
    for (; *value; value++) {
        if (*value == '\r' || *value == '\n')
            return "a CR or LF in its value would begin another header";
        if (((unsigned char)*value < ' ' && *value != '\t') || *value == 0x7f)
            return "there is a control character in its value";
    }
    return NULL;
}

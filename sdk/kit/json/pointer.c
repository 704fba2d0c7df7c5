/* SPDX-License-Identifier: Apache-2.0 */
/* JSON pointers (RFC 6901) in jansson's values. */
#include "pointer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Resolves "~0" and "~1" into `out`, which has room for `length` bytes; 0 on success. */
static int unescape(const char *token, size_t length, char *out, size_t *ret_length)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        char c = token[i];
        if (c == '~') {
            i++;
            if (i == length || (token[i] != '0' && token[i] != '1'))
                return -1;
            c = token[i] == '0' ? '~' : '/';
        }
        out[n++] = c;
    }
    *ret_length = n;
    return 0;
}

static json_t *member(json_t *object, const char *token, size_t length)
{
    char small[256];
    char *key = length < sizeof small ? small : malloc(length + 1);
    size_t n;
    json_t *found = NULL;
    if (key && unescape(token, length, key, &n) == 0)
        found = json_object_getn(object, key, n);
    if (key != small)
        free(key);
    return found;
}

/* An index has no sign and no leading zero; "-", the element behind the last, is never there to be read. */
static json_t *element(json_t *array, const char *token, size_t length)
{
    size_t index = 0;
    if (!length || (token[0] == '0' && length > 1))
        return NULL;
    for (size_t i = 0; i < length; i++) {
        if (token[i] < '0' || token[i] > '9' || index > (SIZE_MAX - 9) / 10)
            return NULL;
        index = index * 10 + (size_t)(token[i] - '0');
    }
    return json_array_get(array, index);
}

json_t *m_pointer_find_(json_t *root, const char *pointer)
{
    json_t *value = root;
    while (value && *pointer) {
        if (*pointer++ != '/')
            return NULL;
        size_t length = strcspn(pointer, "/");
        if (json_is_object(value))
            value = member(value, pointer, length);
        else if (json_is_array(value))
            value = element(value, pointer, length);
        else
            value = NULL;
        pointer += length;
    }
    return value;
}

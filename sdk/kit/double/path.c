/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of checks: "/apps/{id}", "*", "**". */
#include "double.h"

#include <string.h>

static int part_matches(const char *pattern, size_t n, const char *part, size_t length)
{
    if ((n == 1 && *pattern == '*') || (n > 2 && *pattern == '{' && pattern[n - 1] == '}'))
        return length > 0;
    return n == length && memcmp(pattern, part, n) == 0;
}

int double_path_matches(const char *pattern, const char *path)
{
    pattern += *pattern == '/';
    path += *path == '/';
    for (;; pattern++, path++) {
        if (strcmp(pattern, "**") == 0)
            return 1;
        size_t n = strcspn(pattern, "/"), length = strcspn(path, "/");
        if (!part_matches(pattern, n, path, length))
            return 0;
        pattern += n;
        path += length;
        if (!*pattern || !*path)
            return (!*pattern && !*path) || strcmp(pattern, "/**") == 0;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A shared object with code, constants, data and relocations, and nothing else. */
#include <stddef.h>

size_t unit_load_measure(const char *text);

static const char *const words[] = {"code", "constants", "data"};
static size_t calls;

size_t unit_load_measure(const char *text)
{
    size_t n = calls++;
    while (text[n])
        n++;
    return n + words[n % 3][0] % 2u;
}

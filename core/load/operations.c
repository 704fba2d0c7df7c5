/* SPDX-License-Identifier: Apache-2.0 */
/* The operations that a scenario declares. */
#include "load/loaded.h"

#include <string.h>

const char *const *operations_among(struct arena *arena, const char *const *needs)
{
    size_t n = 0, most = 0;
    while (needs && needs[most])
        most++;
    const char **operations = NULL;
    for (size_t i = 0; i < most; i++) {
        if (strncmp(needs[i], OPERATION_NEED, strlen(OPERATION_NEED)) != 0)
            continue;
        if (!operations)
            operations = arena_alloc(arena, (most + 1) * sizeof *operations);
        operations[n++] = arena_strdup(arena, needs[i] + strlen(OPERATION_NEED));
    }
    return operations;
}

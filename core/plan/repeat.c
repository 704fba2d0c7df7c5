/* SPDX-License-Identifier: Apache-2.0 */
/* Repetitions of cases. */
#include "plan/repeat.h"

#include <stdio.h>
#include <string.h>

#define PREFIX "[repeat="

static const char *repeated_id(struct arena *arena, const char *id, uint32_t round)
{
    size_t size = strlen(id) + sizeof PREFIX + 12;
    char *text = arena_alloc(arena, size);
    snprintf(text, size, "%s" PREFIX "%u]", id, round);
    return text;
}

void repeat_cases(struct selection *selection, uint32_t n)
{
    if (n <= 1)
        return;
    size_t before = selection->n_cases;
    selection->cases = xreallocarray(selection->cases, before * n, sizeof *selection->cases);
    selection->n_cases = selection->cap_cases = before * n;
    for (size_t k = before * n; k-- > 0;) { /* the first round last: the others are made from it */
        selection->cases[k] = selection->cases[k % before];
        selection->cases[k].id = repeated_id(&selection->arena, selection->cases[k].id, (uint32_t)(k / before) + 1);
    }
}

size_t repeat_base(const char *id)
{
    size_t len = strlen(id), at;
    if (len == 0 || id[len - 1] != ']')
        return len;
    for (at = len - 1; at > 0 && id[at - 1] >= '0' && id[at - 1] <= '9'; at--)
        ;
    size_t prefix = sizeof PREFIX - 1;
    bool repeated = at < len - 1 && at > prefix && memcmp(id + at - prefix, PREFIX, prefix) == 0;
    return repeated ? at - prefix : len;
}

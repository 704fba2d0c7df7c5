/* SPDX-License-Identifier: Apache-2.0 */
/* Asking muster-table for what muster.yaml sets. */
#include "tables/fetch.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SETTINGS = 100 * 1000 };

struct gathering {
    struct arena *arena;
    struct setting *items;
    size_t n, cap;
};

/* It is held against what was asked for: a file may have had its way with who read it. */
static bool take(void *user, const struct message *message, bool *ret_last)
{
    struct gathering *g = user;
    const struct msg_settings *m = &message->settings;
    *ret_last = m->last;
    if (m->last)
        return m->setting.n == 0;
    if (m->setting.n != SETTING_PARTS || g->n == MOST_SETTINGS)
        return false;
    const char *parts[SETTING_PARTS];
    for (uint32_t i = 0; i < SETTING_PARTS; i++)
        parts[i] = arena_strdup(g->arena, m->setting.items[i]);
    GROW(g->items, g->n, g->cap);
    g->items[g->n++] = (struct setting){parts[0], parts[1], parts[2], parts[3], parts[4]};
    return true;
}

int settings_fetch(struct table_helper *h, const char *path, struct arena *arena, struct settings *ret_settings,
                   struct err *err)
{
    struct gathering g = {.arena = arena};
    const struct message m = {.type = MSG_SETTINGS_READ, .settings_read = {path}};
    int e = table_helper_ask(h, path, &m, &(struct table_listener){MSG_SETTINGS, take, &g}, err);
    struct setting *items = arena_alloc(arena, (g.n + 1) * sizeof *items);
    if (g.n > 0)
        memcpy(items, g.items, g.n * sizeof *items);
    free(g.items);
    if (e == 0)
        *ret_settings = (struct settings){items, (uint32_t)g.n};
    return e;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin's tables as messages, many to a packet. */
#include "host/catalogue_export.h"

#include "base/cleanup.h"
#include "ipc/sock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    CATALOGUE_BATCH = 32 * 1024, /* of a packet, where messages are small */
    CELLS_BATCH = 512,           /* of a table's cells in a message; less where they are long */
};

struct description {
    int sock;
    struct buf packet;
    int error; /* the first one */
};

static struct message_list as_list(const char *const *items)
{
    struct message_list list = {.items = (const char **)items};
    while (items[list.n])
        list.n++;
    return list;
}

static const char *marked(struct arena *arena, const char *text)
{
    if (!text)
        return "";
    char *copy = arena_alloc(arena, strlen(text) + 2);
    sprintf(copy, "=%s", text);
    return copy;
}

static struct message_list as_params(struct arena *arena, const struct muster_param *const *params)
{
    static const char *const types[] = {"0", "1", "2", "3", "4", "5", "6", "7"};
    struct message_list list = {0};
    while (params[list.n])
        list.n++;
    if (list.n == 0) /* most have none: no memory for them */
        return list;
    const char **items = arena_alloc(arena, list.n * MESSAGE_PARAM_PARTS * sizeof *items);
    for (uint32_t i = 0; i < list.n; i++) {
        const char **at = &items[i * MESSAGE_PARAM_PARTS];
        at[0] = types[params[i]->type];
        at[1] = params[i]->name;
        at[2] = marked(arena, params[i]->fallback);
        at[3] = params[i]->summary;
    }
    return (struct message_list){items, list.n * MESSAGE_PARAM_PARTS};
}

static void flush(struct description *d)
{
    if (d->error == 0 && d->packet.len > 0)
        d->error = sock_send(d->sock, d->packet.data, d->packet.len, NULL, 0, false);
    buf_clear(&d->packet);
}

/* `what` and `name` say whose texts are too long, if they are. */
static void add(struct description *d, const struct message *m, const char *what, const char *name)
{
    size_t size = message_size(m);
    if (d->packet.len > 0 && d->packet.len + size > CATALOGUE_BATCH)
        flush(d);
    if (d->error == 0 && size > MESSAGE_PACKET_MAX) {
        autofree char *text = xasprintf("%s %s: its texts have more than %d bytes", what, name, MESSAGE_PACKET_MAX);
        sock_send_message(d->sock, &(struct message){.type = MSG_REFUSED, .refused = {"bad-table", text}}, NULL, 0);
        d->error = -E2BIG;
    }
    if (d->error == 0)
        message_encode(m, &d->packet);
}

/* A table, in as many messages as its cells take. */
static void add_table(struct description *d, const struct muster_table *t, const char *scenario)
{
    struct message m = {.type = MSG_TABLE, .table = {.file = t->file, .columns = as_list(t->columns)}};
    uint64_t n = t->n_rows * m.table.columns.n;
    const char *items[CELLS_BATCH];
    for (uint64_t i = 0; i < n || !m.table.more;) {
        struct arena arena = {0};
        size_t size = 0;
        m.table.cells = (struct message_list){.items = items};
        while (i < n && m.table.cells.n < CELLS_BATCH && size < CATALOGUE_BATCH) {
            const char *cell = marked(&arena, t->cells[i++]);
            size += strlen(cell);
            items[m.table.cells.n++] = cell;
        }
        add(d, &m, "scenario", scenario);
        m.table.more = 1;
        m.table.columns.n = 0;
        arena_free(&arena);
    }
}

static void add_scenario(struct description *d, const struct muster_scenario *s, uint32_t index)
{
    struct arena arena = {0};
    const struct message m = {.type = MSG_SCENARIO,
                              .scenario = {.index = index,
                                           .line = s->line,
                                           .timeout_ms = s->timeout_ms,
                                           .setup_timeout_ms = s->setup_timeout_ms,
                                           .teardown_timeout_ms = s->teardown_timeout_ms,
                                           .reruns = s->reruns,
                                           .rerun_delay_ms = s->rerun_delay_ms,
                                           .id = s->id,
                                           .summary = s->summary,
                                           .file = s->file,
                                           .markers = as_list(s->markers),
                                           .needs = as_list(s->needs),
                                           .uses = as_list(s->uses),
                                           .params = as_params(&arena, s->params)}};
    add(d, &m, "scenario", s->id);
    for (uint32_t i = 0; s->tables[i]; i++)
        add_table(d, s->tables[i], s->id);
    arena_free(&arena);
}

static void add_fixture(struct description *d, const struct muster_fixture *f, uint32_t index)
{
    struct arena arena = {0};
    const struct message m = {.type = MSG_FIXTURE,
                              .fixture = {.index = index,
                                          .scope = f->scope,
                                          .line = f->line,
                                          .setup_timeout_ms = f->setup_timeout_ms,
                                          .ready_timeout_ms = f->ready_timeout_ms,
                                          .teardown_timeout_ms = f->teardown_timeout_ms,
                                          .health_interval_ms = f->health_interval_ms,
                                          .name = f->name,
                                          .summary = f->summary,
                                          .file = f->file,
                                          .params = as_params(&arena, f->params),
                                          .uses = as_list(f->uses)}};
    add(d, &m, "fixture", f->name);
    arena_free(&arena);
}

static void add_step(struct description *d, const struct muster_step *s)
{
    static const char *const none[] = {NULL};
    struct arena arena = {0};
    const struct message m = {.type = MSG_STEP_FUNCTION,
                              .step_function = {.returns = s->returns,
                                                .line = s->line,
                                                .timeout_ms = s->timeout_ms,
                                                .name = s->name,
                                                .summary = s->summary,
                                                .file = s->file,
                                                .params = as_params(&arena, s->params),
                                                .uses = as_list(s->uses ? s->uses : none),
                                                .needs = as_list(s->needs ? s->needs : none)}};
    add(d, &m, "step", s->name);
    arena_free(&arena);
}

static void add_cleanup(struct description *d, const struct muster_cleanup *c)
{
    const struct message m = {.type = MSG_CLEANUP_FUNCTION, .cleanup_function = {c->timeout_ms, c->name}};
    add(d, &m, "cleanup", c->name);
}

int describe_plugin(int sock, const struct plugin *p)
{
    struct description d = {.sock = sock};
    const struct message opening = {.type = MSG_PLUGIN,
                                    .plugin = {p->name, p->version, p->summary, p->abi_minor, p->fresh, p->file,
                                               p->named ? as_list(p->named) : (struct message_list){0},
                                               as_list(p->thresholds)}};
    const struct message ending = {.type = MSG_CATALOGUE_END, .catalogue_end = {p->n_scenarios}};
    add(&d, &opening, "plugin", p->name);
    for (uint32_t i = 0; i < p->n_fixtures; i++)
        add_fixture(&d, &p->fixtures[i], i);
    for (uint32_t i = 0; i < p->n_steps; i++)
        add_step(&d, &p->steps[i]);
    for (uint32_t i = 0; i < p->n_cleanups && !p->cleanup_paths; i++) /* else they are of the plugins of its steps */
        add_cleanup(&d, &p->cleanups[i]);
    for (uint32_t i = 0; i < p->n_scenarios; i++)
        add_scenario(&d, &p->scenarios[i], i);
    add(&d, &ending, "plugin", p->name);
    flush(&d);
    buf_free(&d.packet);
    return d.error;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster-table: reads tables of values, and target files, for the supervisor, on the socket that is descriptor 3, one
 * file after the other, until the supervisor closes it.
 */
#include "base/cleanup.h"
#include "ipc/packet.h"
#include "ipc/sock.h"
#include "tables/answer_settings.h"
#include "tables/answer_target.h"
#include "tables/table.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

enum { SUPERVISOR_FD = 3, ROOM = MESSAGE_PACKET_MAX - 1024 };

static struct param_list take_params(const struct message_list *list, struct arena *arena)
{
    uint32_t n = list->n / MESSAGE_PARAM_PARTS;
    struct param_info *items = arena_alloc(arena, (n + 1) * sizeof *items);
    for (uint32_t i = 0; i < n; i++)
        items[i] = (struct param_info){.type = (enum value_type)strtoul(list->items[MESSAGE_PARAM_PARTS * i], NULL, 10),
                                       .name = list->items[MESSAGE_PARAM_PARTS * i + 1]};
    return (struct param_list){items, n};
}

static void refuse(const char *text)
{
    sock_send_message(SUPERVISOR_FD, &(struct message){.type = MSG_REFUSED, .refused = {"bad-table", text}}, NULL, 0);
}

/* Rows that wait for room in a packet. */
struct batch {
    const struct table_info *table;
    struct arena arena;
    const char **strings;
    size_t n, cap, size;
};

static bool send_batch(struct batch *b, bool last)
{
    const struct message m = {
        .type = MSG_ROWS,
        .rows = {last, {(const char **)b->table->columns, b->table->n_columns}, {b->strings, (uint32_t)b->n}}};
    bool ok = sock_send_message(SUPERVISOR_FD, &m, NULL, 0) == 0;
    arena_reset(&b->arena);
    b->n = b->size = 0;
    return ok;
}

static void add_string(struct batch *b, const char *text)
{
    enum { LENGTH_AND_NUL = 5 };
    GROW(b->strings, b->n, b->cap);
    b->strings[b->n++] = text;
    b->size += strlen(text) + LENGTH_AND_NUL;
}

static size_t size_of_columns(const struct table_info *t)
{
    size_t size = 0;
    for (uint32_t k = 0; k < t->n_columns; k++)
        size += strlen(t->columns[k]) + 16;
    return size;
}

static size_t size_of_row(const struct table_info *t, uint64_t row)
{
    size_t size = 32;
    for (uint32_t k = 0; k < t->n_columns; k++) {
        const char *cell = t->cells[row * t->n_columns + k];
        size += (cell ? strlen(cell) : 0) + 8;
    }
    return size;
}

static void add_row(struct batch *b, uint64_t row)
{
    char line[16];
    snprintf(line, sizeof line, "%u", b->table->places[row].line);
    add_string(b, arena_strdup(&b->arena, line));
    for (uint32_t k = 0; k < b->table->n_columns; k++) {
        const char *cell = b->table->cells[row * b->table->n_columns + k];
        autofree char *given = cell ? xasprintf("=%s", cell) : NULL;
        add_string(b, given ? arena_strdup(&b->arena, given) : "");
    }
}

static void send_table(const struct table_info *t)
{
    struct batch b = {.table = t};
    size_t around = size_of_columns(t);
    bool ok = true;
    for (uint64_t row = 0; ok && row < t->n_rows; row++) {
        size_t size = size_of_row(t, row);
        if (size + around > ROOM) {
            autofree char *text =
                xasprintf("%s:%u: this row is longer than %d bytes", t->places[row].file, t->places[row].line, ROOM);
            refuse(text);
            ok = false;
            break;
        }
        if (b.size + size + around > ROOM)
            ok = send_batch(&b, false);
        add_row(&b, row);
    }
    if (ok)
        send_batch(&b, true);
    free(b.strings);
    arena_free(&b.arena);
}

static void answer(const struct msg_table_read *m)
{
    struct arena arena = {0};
    autoerr struct err err = {0};
    struct table_info table;
    const struct param_list params = take_params(&m->params, &arena);
    if (table_read(m->what, &params, &arena, &table, &err) < 0)
        refuse(err_text(&err));
    else
        send_table(&table);
    arena_free(&arena);
}

int main(void)
{
    int type;
    socklen_t size = sizeof type;
    if (getsockopt(SUPERVISOR_FD, SOL_SOCKET, SO_TYPE, &type, &size) < 0) {
        fputs("muster-table is muster's own helper, which reads tables of values and target files; see: muster help "
              "run\n",
              stderr);
        return 4;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* while it reads a file it does not see the end of its socket */
    for (;;) {
        struct buf *packet = packet_buf();
        struct arena arena = {0};
        struct message m;
        if (sock_receive(SUPERVISOR_FD, 0, packet, NULL) <= 0)
            return 0;
        const char *p = packet->data;
        if (message_decode(&p, packet->data + packet->len, &arena, &m) < 0)
            return 1;
        if (m.type == MSG_TABLE_READ)
            answer(&m.table_read);
        else if (m.type == MSG_TARGET_READ)
            answer_target(SUPERVISOR_FD, &m.target_read);
        else if (m.type == MSG_SETTINGS_READ)
            answer_settings(SUPERVISOR_FD, &m.settings_read);
        else
            return 1;
        arena_free(&arena);
    }
}

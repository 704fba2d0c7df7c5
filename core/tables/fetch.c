/* SPDX-License-Identifier: Apache-2.0 */
/* Asking muster-table. */
#include "tables/fetch.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/program.h"
#include "base/spawn.h"
#include "base/wait_status.h"
#include "ipc/sock.h"
#include "plan/cases.h"
#include "plan/values.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* ---- the process ------------------------------------------------------------------------------------------------ */

static int start(struct table_helper *h, struct err *err)
{
    int pair[2];
    int r = sock_pair(pair);
    if (r < 0)
        return err_errno(err, r, "making a socket for the reader of tables");
    autoclose int ours = pair[0], theirs = pair[1];
    autofree char *path = helper_path("muster-table");
    char *const argv[] = {(char *)"muster-table", NULL};
    const struct spawn reader = {
        .program = path, .argv = argv, .fds = {SPAWN_NULL, SPAWN_NULL, SPAWN_OURS, theirs}, .n_fds = 4};
    r = spawn(&reader, &h->pid);
    if (r < 0)
        return err_errno(err, r, "starting %s", path);
    h->sock = steal_fd(&ours);
    return 0;
}

static int reap(struct table_helper *h)
{
    int status = 0;
    close_fd(h->sock);
    kill(h->pid, SIGKILL); /* it holds nothing that anybody would miss */
    while (waitpid(h->pid, &status, 0) < 0 && errno == EINTR)
        ;
    h->pid = 0;
    return status;
}

void table_helper_end(struct table_helper *h)
{
    if (h->pid > 0)
        reap(h);
}

/* ---- asking ----------------------------------------------------------------------------------------------------- */

static int ask(struct table_helper *h, const char *what, const struct param_list *params, struct err *err)
{
    struct arena arena = {0};
    const char **parts = arena_alloc(&arena, (MESSAGE_PARAM_PARTS * (size_t)params->n + 1) * sizeof *parts);
    for (uint32_t i = 0; i < params->n; i++) {
        const struct param_info *p = &params->items[i];
        char number[16];
        snprintf(number, sizeof number, "%u", (unsigned)p->type);
        parts[MESSAGE_PARAM_PARTS * i] = arena_strdup(&arena, number);
        parts[MESSAGE_PARAM_PARTS * i + 1] = p->name;
        parts[MESSAGE_PARAM_PARTS * i + 2] = "";
        parts[MESSAGE_PARAM_PARTS * i + 3] = "";
    }
    const struct message m = {.type = MSG_TABLE_READ, .table_read = {what, {parts, MESSAGE_PARAM_PARTS * params->n}}};
    int r = sock_send_message(h->sock, &m, NULL, 0);
    arena_free(&arena);
    return r < 0 ? err_errno(err, r, "reading %s: asking for it", what) : 0;
}

/* Waits for what it says; the error has been set when it says nothing. */
static int hear(struct table_helper *h, const char *what, int64_t deadline_ns, struct buf *packet, struct err *err)
{
    struct pollfd fds[] = {{.fd = h->sock, .events = POLLIN}, {.fd = h->signals, .events = POLLIN}};
    for (;;) {
        int64_t left_ms = deadline_ns == NEVER ? -1 : (deadline_ns - clock_mono() + NS_PER_MS - 1) / NS_PER_MS;
        if (deadline_ns != NEVER && left_ms <= 0) {
            reap(h);
            return err_set(err, -ETIMEDOUT, "reading %s: it was not done within %.3g s (--load-timeout)", what,
                           (double)h->limit_ns / NS_PER_S);
        }
        int n = poll(fds, 2, left_ms < INT32_MAX ? (int)left_ms : INT32_MAX);
        if (n < 0 && errno != EINTR)
            return err_errno(err, -errno, "reading %s: waiting for it", what);
        if (n > 0 && fds[1].revents) {
            reap(h);
            return err_set(err, -EINTR, "interrupted while %s was read: nothing was run", what);
        }
        if (n > 0 && fds[0].revents)
            break;
    }
    if (sock_receive(h->sock, 0, packet, NULL) > 0)
        return 0;
    autofree char *how = describe_wait_status(reap(h));
    return err_set(err, -EPIPE, "reading %s: the process that read it %s", what, how);
}

/* ---- what it says ----------------------------------------------------------------------------------------------- */

struct rows {
    const struct param_list *params;
    struct arena *arena;
    const char *file;
    const char **columns;
    uint32_t n_columns;
    const char **cells;
    struct row_place *places;
    size_t n_cells, cap_cells, n_places, cap_places;
};

static bool take_columns(struct rows *r, const struct message_list *list)
{
    if (r->columns)
        return list->n == r->n_columns;
    r->columns = arena_alloc(r->arena, (list->n + 1) * sizeof *r->columns);
    r->n_columns = list->n;
    for (uint32_t i = 0; i < list->n; i++) {
        const struct param_info *p = param_find(r->params, list->items[i], strlen(list->items[i]));
        if (!p)
            return false;
        r->columns[i] = p->name;
    }
    return list->n > 0;
}

static bool take_cell(struct rows *r, const char *text)
{
    GROW(r->cells, r->n_cells, r->cap_cells);
    r->cells[r->n_cells++] = *text ? arena_strdup(r->arena, text + 1) : NULL;
    return !*text || *text == '=';
}

/* What it says is held against what it was asked for: a file may have had its way with it. */
static bool take_rows(struct rows *r, const struct msg_rows *m)
{
    if (!take_columns(r, &m->columns) || m->cells.n % (r->n_columns + 1) != 0)
        return false;
    for (uint32_t i = 0; i < m->cells.n; i += r->n_columns + 1) {
        GROW(r->places, r->n_places, r->cap_places);
        r->places[r->n_places++] = (struct row_place){r->file, (uint32_t)strtoul(m->cells.items[i], NULL, 10)};
        for (uint32_t k = 1; k <= r->n_columns; k++)
            if (!take_cell(r, m->cells.items[i + k]))
                return false;
    }
    return true;
}

static void *keep(struct arena *arena, const void *from, size_t size)
{
    return memcpy(arena_alloc(arena, size + 1), from, size);
}

static int finish(struct rows *r, const char *what, struct table_info *ret_table, struct err *err)
{
    if (r->n_places == 0)
        return err_set(err, -EPROTO, "reading %s: the process that read it told of no rows", what);
    *ret_table = (struct table_info){.columns = r->columns,
                                     .n_columns = r->n_columns,
                                     .cells = keep(r->arena, r->cells, r->n_cells * sizeof *r->cells),
                                     .n_rows = r->n_places,
                                     .file = "",
                                     .places = keep(r->arena, r->places, r->n_places * sizeof *r->places)};
    return 0;
}

static int receive(struct table_helper *h, const char *what, struct rows *r, struct err *err)
{
    int64_t deadline = h->limit_ns > 0 ? clock_mono() + h->limit_ns : NEVER;
    autobuf struct buf packet = {0};
    for (;;) {
        struct arena arena = {0};
        struct message m = {0};
        int e = hear(h, what, deadline, &packet, err);
        if (e < 0)
            return e;
        const char *p = packet.data;
        bool ok = message_decode(&p, packet.data + packet.len, &arena, &m) == 0;
        if (ok && m.type == MSG_REFUSED)
            e = err_set(err, -EINVAL, "%s", m.refused.text);
        else if (!ok || m.type != MSG_ROWS || !take_rows(r, &m.rows))
            e = err_set(err, -EPROTO, "reading %s: the process that read it said what makes no sense", what);
        bool last = m.type == MSG_ROWS && m.rows.last;
        arena_free(&arena);
        if (e < 0 || last)
            return e;
    }
}

int table_fetch(void *helper, const char *what, const struct param_list *params, struct arena *arena,
                struct table_info *ret_table, struct err *err)
{
    struct table_helper *h = helper;
    const char *hash = strstr(what, "#/");
    struct rows rows = {.params = params,
                        .arena = arena,
                        .file = arena_strndup(arena, what, hash ? (size_t)(hash - what) : strlen(what))};
    int e = h->pid > 0 ? 0 : start(h, err);
    if (e == 0)
        e = ask(h, what, params, err);
    if (e == 0)
        e = receive(h, what, &rows, err);
    if (e == 0)
        e = finish(&rows, what, ret_table, err);
    if (e < 0 && e != -EINVAL) /* who has refused a file is good for the next; who did anything else is not */
        table_helper_end(h);
    free(rows.cells);
    free(rows.places);
    return e;
}

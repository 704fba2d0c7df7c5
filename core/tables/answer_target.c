/* SPDX-License-Identifier: Apache-2.0 */
/* In muster-table: a target file is read and told in pieces. */
#include "tables/answer_target.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "ipc/sock.h"
#include "tables/target_pieces.h"
#include "target/target_file.h"

#include <string.h>

static int send(int sock, const struct msg_target *m)
{
    return sock_send_message(sock, &(struct message){.type = MSG_TARGET, .target = *m}, NULL, 0);
}

static int send_operation(int sock, const struct target_operation *o)
{
    autofree const char **items =
        xcalloc(TARGET_OPERATION_HEAD + TARGET_ARGUMENT_PARTS * (size_t)o->n_takes + 1, sizeof *items);
    uint32_t n = 0;
    items[n++] = o->name;
    items[n++] = o->safe ? "safe" : "";
    for (uint32_t i = 0; i < o->n_takes; i++) {
        items[n++] = o->takes[i].name;
        items[n++] = o->takes[i].type;
        items[n++] = o->takes[i].required ? "required" : "";
    }
    return send(sock, &(struct msg_target){.operation = {items, n}});
}

static int send_value(int sock, const struct target_value *v)
{
    const char *items[TARGET_VALUE_PARTS] = {v->name, v->has_default ? "default" : "", v->secret ? "secret" : "",
                                             v->at};
    return send(sock, &(struct msg_target){.value = {items, TARGET_VALUE_PARTS}});
}

static int send_json(int sock, const char *json)
{
    int r = 0;
    for (size_t left = strlen(json); r == 0 && left > 0;) {
        size_t n = left < TARGET_JSON_PIECE ? left : TARGET_JSON_PIECE;
        autofree char *piece = xstrndup(json, n);
        r = send(sock, &(struct msg_target){.json = piece});
        json += n;
        left -= n;
    }
    return r;
}

static int send_target(int sock, const struct target_info *t)
{
    int r = send(sock, &(struct msg_target){.name = t->name, .summary = t->summary, .fixture = t->fixture});
    for (uint32_t i = 0; r == 0 && i < t->n_operations; i++)
        r = send_operation(sock, &t->operations[i]);
    for (uint32_t i = 0; r == 0 && i < t->n_values; i++)
        r = send_value(sock, &t->values[i]);
    if (r == 0)
        r = send_json(sock, t->json);
    return r == 0 ? send(sock, &(struct msg_target){.last = 1}) : r;
}

static void refuse(int sock, const char *text)
{
    sock_send_message(sock, &(struct message){.type = MSG_REFUSED, .refused = {"bad-target", text}}, NULL, 0);
}

void answer_target(int sock, const struct msg_target_read *m)
{
    struct arena arena = {0};
    autoerr struct err err = {0};
    struct target_info target;
    if (target_read(m->path, &arena, &target, &err) < 0) {
        refuse(sock, err_text(&err));
    } else if (send_target(sock, &target) < 0) {
        autofree char *text = xasprintf("%s: a name or an operation in it is longer than a message may be", m->path);
        refuse(sock, text);
    }
    arena_free(&arena);
}

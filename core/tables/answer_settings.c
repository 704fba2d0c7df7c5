/* SPDX-License-Identifier: Apache-2.0 */
/* In muster-table: muster.yaml is read and told, setting by setting. */
#include "tables/answer_settings.h"

#include "base/cleanup.h"
#include "ipc/sock.h"
#include "settings/settings_file.h"

static int send(int sock, const struct msg_settings *m)
{
    return sock_send_message(sock, &(struct message){.type = MSG_SETTINGS, .settings = *m}, NULL, 0);
}

static int send_settings(int sock, const struct settings *s)
{
    int r = 0;
    for (uint32_t i = 0; r == 0 && i < s->n; i++) {
        const struct setting *one = &s->items[i];
        const char *parts[SETTING_PARTS] = {one->profile, one->section, one->key, one->value, one->at};
        r = send(sock, &(struct msg_settings){.setting = {parts, SETTING_PARTS}});
    }
    return r == 0 ? send(sock, &(struct msg_settings){.last = 1}) : r;
}

static void refuse(int sock, const char *text)
{
    sock_send_message(sock, &(struct message){.type = MSG_REFUSED, .refused = {"bad-settings", text}}, NULL, 0);
}

void answer_settings(int sock, const struct msg_settings_read *m)
{
    struct arena arena = {0};
    autoerr struct err err = {0};
    struct settings settings;
    if (settings_read(m->path, &arena, &settings, &err) < 0) {
        refuse(sock, err_text(&err));
    } else if (send_settings(sock, &settings) < 0) {
        autofree char *text = xasprintf("%s: a value in it is longer than a message may be", m->path);
        refuse(sock, text);
    }
    arena_free(&arena);
}

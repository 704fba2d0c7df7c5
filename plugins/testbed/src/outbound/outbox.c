/* SPDX-License-Identifier: Apache-2.0 */
/* One mail at a time, the one that has waited longest. */
#include "outbound/outbox.h"

#include "common/clock.h"
#include "common/crypto.h"
#include "outbound/mail.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>

#define TRIES_MAX   5
#define FIRST_PAUSE 200 /* ms; twice as long each time */
#define SEND_MS     5000
#define PERMANENT   500 /* SMTP: from here on another try would hear the same */
#define FROM        "platform@testbed.invalid"

static struct {
    struct testbed *tb;
    struct outbound_call *call; /* of the mail that is under way */
    char id[ID_MAX], tenant_id[ID_MAX];
    int tries;
    lws_sorted_usec_list_t timer;
    void (*told)(struct testbed *tb, const struct outbox_news *news);
} box;

static void look(lws_sorted_usec_list_t *timer);

static void look_in(int64_t ms)
{
    if (box.tb && box.tb->opt.smtp)
        lws_sul_schedule(box.tb->lws, 0, &box.timer, look, ms > 0 ? (lws_usec_t)ms * 1000 : 1);
}

static void ended(const char *state, const char *error)
{
    char now[TIME_TEXT_MAX];
    struct outbox_news news = {.id = box.id, .tenant_id = box.tenant_id, .state = state, .error = error};

    store_run(box.tb->db, "UPDATE outbox SET state = ?, attempts = ?, error = ?, ended_at = ? WHERE id = ?", "sisss",
              state, box.tries, error, clock_now_text(now), box.id);
    if (box.told)
        box.told(box.tb, &news);
}

static void try_later(const char *error)
{
    int64_t next = clock_wall_ms() + ((int64_t)FIRST_PAUSE << box.tries);

    store_run(box.tb->db, "UPDATE outbox SET attempts = ?, error = ?, next_ms = ? WHERE id = ?", "isIs", box.tries,
              error, next, box.id);
}

static void answered(const struct outbound_answer *answer, void *payload)
{
    (void)payload;
    box.call = NULL;
    box.tries++;
    if (!answer->error)
        ended("sent", NULL);
    else if (answer->status >= PERMANENT || box.tries >= TRIES_MAX)
        ended("failed", answer->error);
    else
        try_later(answer->error);
    look_in(0);
}

static const char *text_of(const json_t *row, const char *name)
{
    return json_string_value(json_object_get(row, name));
}

static void send_it(const json_t *row)
{
    const struct outbound_mail mail = {
        .server = box.tb->opt.smtp,
        .from = FROM,
        .to = text_of(row, "recipient"),
        .subject = text_of(row, "subject"),
        .text = text_of(row, "text"),
        .timeout_ms = SEND_MS,
    };

    snprintf(box.id, sizeof box.id, "%s", text_of(row, "id"));
    snprintf(box.tenant_id, sizeof box.tenant_id, "%s", text_of(row, "tenant_id"));
    box.tries = (int)json_integer_value(json_object_get(row, "attempts"));
    box.call = outbound_mail(box.tb, &mail, answered, NULL);
    if (!box.call)
        look_in(1000);
}

/* The one that is due, or the time when one will be. */
static void look(lws_sorted_usec_list_t *timer)
{
    (void)timer;
    if (box.call)
        return;
    json_t *row =
        store_one(box.tb->db, "SELECT * FROM outbox WHERE state = 'waiting' ORDER BY next_ms, rowid LIMIT 1", "");
    int64_t due = json_integer_value(json_object_get(row, "next_ms")) - clock_wall_ms();

    if (row && due <= 0)
        send_it(row);
    else if (row)
        look_in(due);
    json_decref(row);
}

int outbox_put(struct testbed *tb, const char *tenant_id, const char *to, const char *subject, const char *text)
{
    char id[ID_MAX], now[TIME_TEXT_MAX];

    crypto_new_id("mail", id);
    int rc =
        store_run(tb->db,
                  "INSERT INTO outbox (id, tenant_id, recipient, subject, text, state, attempts, next_ms,"
                  " created_at) VALUES (?,?,?,?,?,?,0,0,?)",
                  "sssssss", id, tenant_id, to, subject, text, tb->opt.smtp ? "waiting" : "kept", clock_now_text(now));
    look_in(0);
    return rc < 0 ? -1 : 0;
}

void outbox_drop(struct testbed *tb, const char *tenant_id)
{
    if (box.call && strcmp(box.tenant_id, tenant_id) == 0) {
        outbound_cancel(box.call);
        box.call = NULL;
        look_in(0);
    }
    store_run(tb->db, "DELETE FROM outbox WHERE tenant_id = ?", "s", tenant_id);
}

int64_t outbox_count(struct testbed *tb, const char *tenant_id)
{
    return store_number(tb->db, "SELECT count(*) FROM outbox WHERE tenant_id = ?", "s", tenant_id);
}

void outbox_start(struct testbed *tb, void (*told)(struct testbed *tb, const struct outbox_news *news))
{
    box.tb = tb;
    box.told = told;
    look_in(0);
}

void outbox_stop(void)
{
    lws_sul_cancel(&box.timer);
    outbound_cancel(box.call);
    box.call = NULL;
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

#define VIEW "SELECT id, tenant_id, recipient, subject, text, state, attempts, error, created_at, ended_at FROM outbox "

static void outbox_list(struct request *r)
{
    const char *tenant = request_arg(r, "tenant");
    struct page page;

    if (!request_page(r, &page))
        return;
#define FILTER "WHERE (?1 IS NULL OR tenant_id = ?1)"
    json_t *mails =
        store_all(r->tb->db, VIEW FILTER " ORDER BY rowid LIMIT ?2 OFFSET ?3", "sII", tenant, page.limit, page.offset);
    int64_t total = store_number(r->tb->db, "SELECT count(*) FROM outbox " FILTER, "s", tenant);
    reply(r, 200, json_pack("{s:o, s:I}", "mails", mails, "total", (json_int_t)total));
}

const struct route outbox_routes[] = {
    {M_GET, "/v1/outbox", PA | PU, 0, NULL, outbox_list},
    {.pattern = NULL},
};

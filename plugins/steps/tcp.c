/* SPDX-License-Identifier: Apache-2.0 */
/* What a server says to bytes. */
#include "connection.h"
#include "steps.h"

struct talk {
    struct muster_ctx *t;
    struct m_site site;
    const char *address;
    struct connection c;
    struct m_deadline end;
    const char *limit;
};

static const char *received(struct talk *k)
{
    return k->c.length ? m_fmt(k->t, "received: %s", steps_start(k->t, k->c.received, k->c.length))
                       : "nothing was received";
}

static void send_text(struct talk *k, const char *text)
{
    if (*text && connection_send(&k->c, text, strlen(text), k->end) < 0)
        steps_fails(k->t, k->site, m_fmt(k->t, "tcp %s: takes what is sent", k->address), k->c.why, NULL, received(k));
}

/* "": nothing is waited for. */
static void expect_text(struct talk *k, const char *text)
{
    if (!*text)
        return;
    size_t before = k->c.seen;
    int came = connection_until(&k->c, text, k->end);
    const char *rest = steps_start(k->t, k->c.received + before, k->c.length - before);
    steps_check(k->t, k->site, came, m_fmt(k->t, "tcp %s: answers within %s", k->address, k->limit),
                *rest ? rest : "nothing", steps_start(k->t, text, strlen(text)), came ? NULL : k->c.why);
}

static void converse(struct talk *k, const struct m_json *turns)
{
    static const char *const keys[] = {"send", "expect", NULL};
    const struct m_json *turn;
    if (turns && !m_json_item(turns, 0))
        steps_wrong(k->t, k->site, "talk: wants a list of {send: TEXT, expect: TEXT}");
    for (uint64_t i = 0; (turn = m_json_item(turns, i)); i++) {
        steps_keys(k->t, k->site, "talk", turn, keys);
        const char *send = m_json_str(turn, "/send"), *wanted = m_json_str(turn, "/expect");
        if (!send && !wanted)
            steps_wrong(k->t, k->site, "talk: number %d wants `send`, `expect` or both, which are texts", (int)i + 1);
        send_text(k, send ? send : "");
        expect_text(k, wanted ? wanted : "");
    }
}

DATA_STEP(json, tcp,
          PARAMS((str, address, NULL, "host:port, or unix:/path"), (str, send, ""),
                 (str, expect, "", "A text that has to come"),
                 (json, talk, "null", "A list of {send: TEXT, expect: TEXT}, behind these"),
                 (bool, closed, "false", "That the server closes the connection then"),
                 (bool, refused, "false", "That there is no connection to be had"),
                 (str, within, "10s", "How long all of it may take"), STEP_AT),
          .summary = "A connection by TCP: {received}")
{
    struct talk k = {.t = t, .site = steps_site(t, at), .address = address};
    uint64_t ms = steps_ms(t, k.site, "within", within);
    struct m_json *turns = steps_given(t, talk);
    if (refused && (*send || *expect || turns || closed))
        steps_wrong(t, k.site, "tcp: nothing is sent over a connection that is to be refused");
    k.end = m_deadline_in(t, ms);
    k.limit = steps_time(t, ms);
    int opened = connection_open(t, &k.c, address, k.end) == 0;
    const char *why = k.c.why;
    if (!opened && strncmp(why, "an address is", 13) == 0)
        steps_wrong(t, k.site, "tcp: %s: %s", address, why);
    steps_check(t, k.site, opened != refused,
                m_fmt(t, "tcp %s: %s", address, refused ? "refuses" : "takes a connection"),
                opened ? "it takes one" : why, NULL, NULL);
    if (refused)
        return steps_value(t, "\"received\":\"\"", m_fmt(t, "%s: %s", address, why));
    send_text(&k, send);
    expect_text(&k, expect);
    converse(&k, turns);
    if (closed)
        steps_check(t, k.site, connection_until(&k.c, NULL, k.end),
                    m_fmt(t, "tcp %s: closes the connection within %s", address, k.limit), k.c.why, NULL, received(&k));
    const char *members = m_fmt(t, "\"received\":%s", steps_quoted(t, k.c.received, k.c.length)), *about = received(&k);
    connection_close(&k.c);
    return steps_value(t, members, m_fmt(t, "%s, %s", address, about));
}

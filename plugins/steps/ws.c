/* SPDX-License-Identifier: Apache-2.0 */
/* WebSockets: one that a step opens and closes, or one with a name, which goes on until a step closes it. */
#include "difference.h"
#include "steps.h"

#include <muster/kit/ws.h>

#include <pthread.h>

struct named {
    struct named *next;
    const char *name, *url;
    struct m_ws *ws;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct named *all; /* of the attempt, whose process this is */

struct ws_call {
    const char *url, *name, *send, *expect, *headers, *auth, *subprotocol, *within, *at;
    int close;
};

/* NULL: none of the name is open. */
static struct named *find(const char *name)
{
    pthread_mutex_lock(&lock);
    struct named *n = all;
    while (n && (!n->ws || strcmp(n->name, name) != 0))
        n = n->next;
    pthread_mutex_unlock(&lock);
    return n;
}

static struct named *add(struct muster_ctx *t, struct m_site site, const char *name, const char *url, struct m_ws *ws)
{
    struct named *n = calloc(1, sizeof *n);
    if (!n)
        steps_wrong(t, site, "ws: out of memory");
    *n = (struct named){.name = m_keep(t, name, strlen(name)), .url = url, .ws = ws};
    pthread_mutex_lock(&lock);
    n->next = all;
    all = n;
    pthread_mutex_unlock(&lock);
    return n;
}

static const char *const *headers_of(struct muster_ctx *t, struct m_site site, const struct ws_call *c)
{
    struct m_json *given = m_json_parse(t, c->headers);
    int64_t n = m_json_count(given, "");
    const char *key, **list = calloc((size_t)(n > 0 ? n : 0) + 1, sizeof *list);
    if (!list || n < 0 || (n > 0 && !m_json_key(given, 0)))
        steps_wrong(t, site, "headers: wants a map, Name: value");
    for (uint64_t i = 0; (key = m_json_key(given, i)); i++) {
        const char *value = steps_scalar(t, m_json_member(given, key));
        if (!value)
            steps_wrong(t, site, "headers: %s is no text", key);
        list[i] = m_fmt(t, "%s: %s", key, value);
    }
    return list;
}

static struct named *open_ws(struct muster_ctx *t, struct m_site site, const struct ws_call *c, uint64_t ms)
{
    const char *shown = m_shown(t, c->url, strlen(c->url), ABOUT_MOST);
    struct m_ws_refusal why = {0};
    if (*c->auth && strncmp(c->auth, "Bearer ", 7) != 0)
        steps_wrong(t, site, "auth: wants \"Bearer TOKEN\"");
    if (strncmp(c->url, "ws://", 5) != 0 && strncmp(c->url, "wss://", 6) != 0)
        steps_wrong(t, site, "ws: \"%s\" begins with neither ws:// nor wss://", shown);
    const struct m_ws_options options = {.bearer = *c->auth ? c->auth + 7 : NULL,
                                         .headers = headers_of(t, site, c),
                                         .subprotocol = *c->subprotocol ? c->subprotocol : NULL,
                                         .timeout_ms = ms};
    struct m_ws *ws = m_ws_try_open_at_(site.file, site.line, t, c->url, &options, &why);
    if (!ws && !why.status)
        steps_wrong(t, site, "ws %s: no connection: %s", shown, why.reason);
    steps_check(t, site, ws != NULL, m_fmt(t, "ws %s: the handshake is taken", shown), m_fmt(t, "%d", why.status),
                "101", m_fmt(t, "%s: %s", why.reason, steps_start(t, why.body, strlen(why.body))));
    return add(t, site, c->name, shown, ws);
}

/* A text goes as it is, a list is several messages, anything else is sent as JSON. */
static void send_all(struct muster_ctx *t, struct m_site site, struct named *n, const struct m_json *what)
{
    const struct m_json *one = m_json_item(what, 0);
    for (uint64_t i = 0; one; one = m_json_item(what, ++i))
        send_all(t, site, n, one);
    if (!what || m_json_item(what, 0))
        return;
    const char *text = m_json_str(what, "") ? m_json_str(what, "") : m_json_text(t, what, "");
    if (m_ws_send_at_(site.file, site.line, n->ws, text) != 0)
        steps_fails(t, site, m_fmt(t, "ws %s: takes what is sent", n->url),
                    m_fmt(t, "closed with %d: %s", m_ws_close_code(n->ws), m_ws_close_reason(n->ws)), NULL, NULL);
}

/* Of pointers, each with what stands there. */
static int pointers_hold(struct muster_ctx *t, const struct m_json *message, const struct m_json *wanted,
                         struct difference *ret)
{
    const char *key;
    for (uint64_t i = 0; (key = m_json_key(wanted, i)); i++) {
        if (difference_of(t, m_json_at(message, key), m_json_member(wanted, key), 0, ret)) {
            ret->pointer = m_fmt(t, "%s%s", key, ret->pointer);
            return 0;
        }
    }
    return 1;
}

/* A text is in the message; a map of pointers holds of it; any other value is a part of it. */
static int is_wanted(struct muster_ctx *t, const struct m_json *wanted, const struct m_ws_message *m,
                     struct difference *ret)
{
    const char *text = m_json_str(wanted, ""), *key = m_json_key(wanted, 0);
    *ret = (struct difference){"", steps_start(t, m->data, m->length), m_json_text(t, wanted, "")};
    if (text)
        return memmem(m->data, m->length, text, strlen(text)) != NULL;
    struct m_json *message = m_json_try_parse(m->data);
    if (!message)
        return 0;
    return key && *key == '/' ? pointers_hold(t, message, wanted, ret) : !difference_of(t, message, wanted, 1, ret);
}

static const char *message_json(struct muster_ctx *t, const struct m_ws_message *m)
{
    const char *json = strchr("{[", m->data[0]) ? steps_document(t, m->data, m->length) : NULL;
    return json ? json : steps_quoted(t, m->data, m->length);
}

/* {"message": the one that was expected, "messages": all that came until then} */
static const char *receive(struct muster_ctx *t, struct m_site site, struct named *n, const struct m_json *wanted,
                           uint64_t ms)
{
    struct m_deadline end = m_deadline_in(t, ms);
    struct difference d = {"", "nothing", wanted ? m_json_text(t, wanted, "") : NULL};
    const char *list = "", *about = "nothing came", *last = "null";
    int outcome = M_WS_MESSAGE, met = !wanted;
    unsigned count = 0;
    while (!met) {
        struct m_ws_message m;
        outcome = m_ws_receive_at_(site.file, site.line, n->ws, m_deadline_wanted_ms(end), &m);
        if (outcome != M_WS_MESSAGE)
            break;
        met = is_wanted(t, wanted, &m, &d);
        last = message_json(t, &m);
        list = m_fmt(t, "%s%s%s", list, *list ? "," : "", last);
        count++;
        about = m_fmt(t, "%u message%s, the last: %s", count, count == 1 ? "" : "s", steps_start(t, m.data, m.length));
    }
    if (wanted)
        steps_check(t, site, met,
                    m_fmt(t, "ws %s: %s%smessage within %s", n->url, d.pointer, *d.pointer ? " of a " : "a ",
                          steps_time(t, ms)),
                    d.actual, d.expected,
                    outcome == M_WS_CLOSED
                        ? m_fmt(t, "%s; closed with %d: %s", about, m_ws_close_code(n->ws), m_ws_close_reason(n->ws))
                        : about);
    return steps_value(t, m_fmt(t, "\"message\":%s,\"messages\":[%s]", last, list), m_fmt(t, "%s: %s", n->url, about));
}

static void end(struct m_site site, struct named *n)
{
    m_ws_close_at_(site.file, site.line, n->ws, 1000, "");
    m_ws_free(n->ws);
    n->ws = NULL;
}

DATA_STEP(json, ws,
          PARAMS((str, url, "", "ws://host:port/path, or wss; not of one that is open"),
                 (str, name, "", "It stays open, and is known to other steps by this"),
                 (json, send, "null", "A text, JSON, or a list of messages"),
                 (json, expect, "null", "A message with this text in it, with this part, or {/pointer: value}"),
                 (json, headers, "{}", "Of the handshake, Name: value"), (str, auth, "", "\"Bearer TOKEN\""),
                 (str, subprotocol, ""), (str, within, "10s", "Connecting, and until the message comes"),
                 (bool, close, "false", "End the one with the name"), STEP_AT),
          .summary = "A connection by WebSocket: {message, messages}")
{
    const struct ws_call c = {url, name, send, expect, headers, auth, subprotocol, within, at, close};
    struct m_site site = steps_site(t, at);
    struct m_json *sent = steps_given(t, send), *wanted = steps_given(t, expect);
    uint64_t ms = steps_ms(t, site, "within", within);
    struct named *n = *name ? find(name) : NULL;
    if (n && *url)
        steps_wrong(t, site, "ws: %s is open already: a step that goes on with it gives no url", name);
    if (!n && !*url)
        steps_wrong(t, site, "%s%s%s", *name ? "ws: none of the name " : "ws: wants a url", name,
                    *name ? " is open" : "");
    n = n ? n : open_ws(t, site, &c, ms);
    send_all(t, site, n, sent);
    const char *value = receive(t, site, n, wanted, ms);
    if (close || !*name)
        end(site, n);
    return value;
}

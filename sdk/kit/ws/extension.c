/* SPDX-License-Identifier: Apache-2.0 */
/* permessage-deflate in the handshake. */
#include "extension.h"

#include <stdlib.h>
#include <strings.h>

#define BITS_MOST 15

void ws_extension_offer(const struct m_ws_options *o, char *room, size_t size)
{
    char client[40] = "; client_max_window_bits", server[40] = "";
    room[0] = '\0';
    if (!o->deflate)
        return;
    if (o->client_window_bits)
        snprintf(client, sizeof client, "; client_max_window_bits=%d", o->client_window_bits);
    if (o->server_window_bits)
        snprintf(server, sizeof server, "; server_max_window_bits=%d", o->server_window_bits);
    snprintf(room, size, "permessage-deflate%s%s%s%s", client, server,
             o->server_no_context ? "; server_no_context_takeover" : "",
             o->client_no_context ? "; client_no_context_takeover" : "");
}

const char *ws_extension_option_fault(const struct m_ws_options *o)
{
    if (o->server_window_bits && (o->server_window_bits < 8 || o->server_window_bits > BITS_MOST))
        return ".server_window_bits is 8 to 15";
    if (o->client_window_bits && (o->client_window_bits < 9 || o->client_window_bits > BITS_MOST))
        return ".client_window_bits is 9 to 15: zlib has no window of 8";
    return NULL;
}

struct reader {
    const char *at;
};

static void skip_space(struct reader *r)
{
    r->at += strspn(r->at, " \t");
}

/* A token, or, as a value, a quoted one: its length; 0: there is none. */
static size_t take_word(struct reader *r, const char **ret_word)
{
    skip_space(r);
    int quoted = *r->at == '"';
    r->at += quoted;
    *ret_word = r->at;
    size_t n = strcspn(r->at, quoted ? "\"" : " \t,;=\"");
    r->at += n;
    r->at += quoted && *r->at == '"';
    skip_space(r);
    return n;
}

static int take_mark(struct reader *r, char mark)
{
    skip_space(r);
    if (*r->at != mark)
        return 0;
    r->at++;
    return 1;
}

static int is_word(const char *word, size_t n, const char *name)
{
    return strlen(name) == n && strncasecmp(word, name, n) == 0;
}

/* 8 to 15, without leading zeros; 0: it is none. */
static int bits_of(const char *value, size_t n)
{
    if (n == 1 && (*value == '8' || *value == '9'))
        return *value - '0';
    return n == 2 && value[0] == '1' && value[1] >= '0' && value[1] <= '5' ? 10 + value[1] - '0' : 0;
}

struct parameter {
    const char *name, *value;
    size_t name_length, value_length;
    int has_value;
};

static const char *take_flag(const struct parameter *p, int *flag)
{
    if (p->has_value)
        return "the answer gives a parameter of permessage-deflate a value that has none";
    if (*flag)
        return "the answer has a parameter of permessage-deflate twice";
    *flag = 1;
    return NULL;
}

static const char *take_bits(const struct parameter *p, int most, int *bits)
{
    int value = p->has_value ? bits_of(p->value, p->value_length) : 0;
    if (*bits)
        return "the answer has a parameter of permessage-deflate twice";
    if (!value)
        return "the answer's window bits of permessage-deflate are none of 8 to 15";
    if (most && value > most)
        return "the answer's window bits of permessage-deflate are more than was offered";
    *bits = value;
    return NULL;
}

static const char *take_parameter(const struct parameter *p, const struct m_ws_options *o, struct extension *e)
{
    if (is_word(p->name, p->name_length, "server_no_context_takeover"))
        return take_flag(p, &e->server_forgets);
    if (is_word(p->name, p->name_length, "client_no_context_takeover"))
        return take_flag(p, &e->client_forgets);
    if (is_word(p->name, p->name_length, "server_max_window_bits"))
        return take_bits(p, o->server_window_bits, &e->server_bits);
    if (is_word(p->name, p->name_length, "client_max_window_bits"))
        return take_bits(p, o->client_window_bits, &e->client_bits);
    return "the answer has a parameter of permessage-deflate that is unknown";
}

static const char *take_parameters(struct reader *r, const struct m_ws_options *o, struct extension *e)
{
    while (take_mark(r, ';')) {
        struct parameter p = {0};
        p.name_length = take_word(r, &p.name);
        p.has_value = take_mark(r, '=');
        if (p.has_value)
            p.value_length = take_word(r, &p.value);
        const char *fault = take_parameter(&p, o, e);
        if (fault)
            return fault;
    }
    return NULL;
}

static const char *conclude(const struct m_ws_options *o, struct extension *e)
{
    if (o->server_no_context && !e->server_forgets)
        return "the answer takes permessage-deflate without the server_no_context_takeover that was offered";
    if (o->server_window_bits && !e->server_bits)
        return "the answer takes permessage-deflate without the server_max_window_bits that was offered";
    if (e->client_bits == 8)
        return "the answer wants a window of 8 bits, which zlib does not have";
    e->client_forgets = e->client_forgets || o->client_no_context;
    if (!e->server_bits)
        e->server_bits = BITS_MOST;
    if (!e->client_bits)
        e->client_bits = o->client_window_bits ? o->client_window_bits : BITS_MOST;
    e->on = 1;
    return NULL;
}

const char *ws_extension_read(const char *values, const struct m_ws_options *o, struct extension *ret)
{
    struct reader r = {values};
    const char *name;
    *ret = (struct extension){0};
    if (!values)
        return NULL;
    size_t n = take_word(&r, &name);
    if (!o->deflate || !is_word(name, n, "permessage-deflate"))
        return "the answer names an extension that was not offered";
    const char *fault = take_parameters(&r, o, ret);
    if (fault)
        return fault;
    if (take_mark(&r, ','))
        return "the answer names more than the one extension that was offered";
    return *r.at ? "the answer's Sec-WebSocket-Extensions can't be read" : conclude(o, ret);
}

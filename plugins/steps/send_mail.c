/* SPDX-License-Identifier: Apache-2.0 */
/* A mail handed over by SMTP, without TLS: as a system's neighbour in a test does. */
#include "connection.h"
#include "steps.h"

struct smtp {
    struct muster_ctx *t;
    struct m_site site;
    const char *server; /* host:port */
    struct connection c;
    struct m_deadline end;
    const char *answer; /* the last line of the last one */
};

/* The code of the server's answer, whose lines but the last have a "-" behind it. */
static int read_answer(struct smtp *s, const char *what)
{
    for (;;) {
        size_t from = s->c.seen;
        if (!connection_until(&s->c, "\r\n", s->end))
            steps_fails(s->t, s->site, m_fmt(s->t, "smtp %s: answers %s", s->server, what), s->c.why, NULL, NULL);
        const char *line = s->c.received + from;
        size_t length = s->c.seen - from - 2;
        if (length > 3 && line[3] == '-')
            continue;
        s->answer = steps_start(s->t, line, length);
        return atoi(line);
    }
}

static int say(struct smtp *s, const char *what, const char *text)
{
    if (connection_send(&s->c, text, strlen(text), s->end) < 0)
        steps_fails(s->t, s->site, m_fmt(s->t, "smtp %s: takes %s", s->server, what), s->c.why, NULL, NULL);
    return read_answer(s, what);
}

/* `first`: of the code, 2 or 3. */
static void must(struct smtp *s, const char *what, int code, int first)
{
    steps_check(s->t, s->site, code / 100 == first, m_fmt(s->t, "smtp %s: takes %s", s->server, what), s->answer,
                m_fmt(s->t, "%dxx", first), NULL);
}

static const char *plain(struct muster_ctx *t, struct m_site site, const char *what, const char *text)
{
    if (strpbrk(text, "\r\n"))
        steps_wrong(t, site, "%s: is one line", what);
    return text;
}

/* Lines end with CR LF, and a dot at the beginning of one is doubled. */
static const char *dotted(struct muster_ctx *t, const char *text)
{
    char *out = malloc(3 * strlen(text) + 3), *to = out;
    if (!out)
        ERROR("out of memory for a mail");
    for (const char *p = text; *p; p++) {
        int begins = p == text || p[-1] == '\n';
        if (begins && *p == '.')
            *to++ = '.';
        if (*p == '\n' && (p == text || p[-1] != '\r'))
            *to++ = '\r';
        *to++ = *p;
    }
    if (to == out || to[-1] != '\n')
        to = mempcpy(to, "\r\n", 2);
    const char *kept = m_keep(t, out, (size_t)(to - out));
    free(out);
    return kept;
}

static const char *head(struct muster_ctx *t, struct m_site site, const char *from, const char *const *to,
                        const char *subject, const struct m_json *more, int html)
{
    const char *key, *all = m_fmt(t, "From: %s\n", from), *list = "";
    for (; *to; to++)
        list = m_fmt(t, "%s%s%s", list, *list ? ", " : "", *to);
    all = m_fmt(t, "%sTo: %s\nSubject: %s\nMessage-ID: <%s@muster.invalid>\n", all, list,
                plain(t, site, "subject", subject), m_unique(t, "mail"));
    for (uint64_t i = 0; (key = m_json_key(more, i)); i++) {
        const char *value = steps_scalar(t, m_json_member(more, key));
        if (!value)
            steps_wrong(t, site, "headers: %s is no text", key);
        all = m_fmt(t, "%s%s: %s\n", all, plain(t, site, "headers", key), plain(t, site, "headers", value));
    }
    return m_fmt(t, "%sMIME-Version: 1.0\nContent-Type: text/%s; charset=utf-8\nContent-Transfer-Encoding: 8bit\n", all,
                 html ? "html" : "plain");
}

static const char **recipients(struct muster_ctx *t, struct m_site site, const struct m_json *to)
{
    const char **list = calloc(2, sizeof *list);
    if (!m_json_str(to, ""))
        return steps_texts(t, site, "to", to);
    if (!list)
        steps_wrong(t, site, "to: out of memory");
    list[0] = m_json_str(to, "");
    return list;
}

static void hand_over(struct smtp *s, const char *from, const char *const *to, const char *message)
{
    struct muster_ctx *t = s->t;
    must(s, "a connection", read_answer(s, "a connection"), 2);
    must(s, "EHLO", say(s, "EHLO", "EHLO muster.invalid\r\n"), 2);
    must(s, "the sender", say(s, "the sender", m_fmt(t, "MAIL FROM:<%s>\r\n", plain(t, s->site, "from", from))), 2);
    for (; *to; to++) {
        const char *who = m_fmt(t, "the recipient %s", plain(t, s->site, "to", *to));
        must(s, who, say(s, who, m_fmt(t, "RCPT TO:<%s>\r\n", *to)), 2);
    }
    must(s, "DATA", say(s, "DATA", "DATA\r\n"), 3);
    must(s, "the mail", say(s, "the mail", m_fmt(t, "%s.\r\n", dotted(t, message))), 2);
}

DATA_STEP(json, send_mail,
          PARAMS((str, server, NULL, "smtp://host:port: ${mail.url}"),
                 (json, to, NULL, "An address, or a list of some"), (str, from, "muster@muster.invalid"),
                 (str, subject, ""), (str, text, ""), (bool, html, "false", "The text is HTML"),
                 (json, headers, "{}", "Name: value, besides"), (str, within, "30s"), STEP_AT),
          .summary = "Hands a mail over by SMTP: {answer}")
{
    struct m_site site = steps_site(t, at);
    const char *scheme = "smtp://";
    int has_scheme = strncmp(server, scheme, strlen(scheme)) == 0;
    const char **list = recipients(t, site, m_json_parse(t, to));
    struct smtp s = {.t = t, .site = site, .server = server + (has_scheme ? strlen(scheme) : 0)};
    s.end = m_deadline_in(t, steps_ms(t, site, "within", within));
    const char *message = m_fmt(t, "%s\n%s", head(t, site, from, list, subject, m_json_parse(t, headers), html), text);
    if (!list[0])
        steps_wrong(t, site, "to: is nobody");
    if (connection_open(t, &s.c, s.server, s.end) < 0)
        steps_wrong(t, site, "smtp %s: no connection: %s", s.server, s.c.why);
    hand_over(&s, from, list, message);
    const char *answer = s.answer;
    say(&s, "QUIT", "QUIT\r\n");
    connection_close(&s.c);
    return steps_value(t, m_fmt(t, "\"answer\":%s", steps_quoted(t, answer, strlen(answer))), answer);
}

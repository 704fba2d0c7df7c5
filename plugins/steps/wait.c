/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting until something is as it should be: asked again and again, within a time. */
#include "connection.h"
#include "http_clients.h"
#include "http_request.h"
#include "run.h"
#include "steps.h"

#include <errno.h>
#include <sys/wait.h>

/* A try that hangs must not use up the whole time. */
enum { ONE_TRY_MS = 10000 };

struct condition {
    struct muster_ctx *t;
    struct m_site site;
    const char *http, *tcp, *file, *contains;
    const struct m_json *status;
    const char *const *argv; /* NULL: none */
    struct m_deadline end;
    const char *saw;
};

static uint64_t try_ms(const struct condition *c)
{
    uint64_t left = m_deadline_wanted_ms(c->end);
    return left < 1 ? 1 : left < ONE_TRY_MS ? left : ONE_TRY_MS;
}

static int has(const struct condition *c, const char *bytes, size_t length)
{
    return !*c->contains || memmem(bytes, length, c->contains, strlen(c->contains));
}

static int http_holds(struct condition *c)
{
    struct muster_ctx *t = c->t;
    struct http_url url = http_url(t, c->site, c->http);
    const struct http_call call = {.headers = "{}", .auth = ""};
    const struct m_http_request request = {
        .path = url.path, .headers = http_headers(t, c->site, &call, &url), .timeout_ms = try_ms(c)};
    struct client *client = client_borrow(t, c->site, url.server);
    struct m_http_reply r = m_try_request_at_(c->site.file, c->site.line, client_http(client), &request);
    int holds = !r.error && (c->status ? http_is_status(t, c->site, c->status, r.status) : r.status < 400) &&
                has(c, r.body, r.body_len);
    c->saw = r.error ? r.error : m_fmt(t, "%d, %s", r.status, steps_start(t, r.body, r.body_len));
    client_give_back(client);
    return holds;
}

static int tcp_holds(struct condition *c)
{
    struct connection k;
    int open = connection_open(c->t, &k, c->tcp, m_deadline_in(c->t, try_ms(c))) == 0;
    if (!open && strncmp(k.why, "an address is", 13) == 0)
        steps_wrong(c->t, c->site, "wait: %s: %s", c->tcp, k.why);
    int holds = open && (!*c->contains || connection_until(&k, c->contains, m_deadline_in(c->t, try_ms(c))));
    c->saw = open ? m_fmt(c->t, "received: %s", steps_start(c->t, k.received, k.length)) : k.why;
    connection_close(&k);
    return holds;
}

static int file_holds(struct condition *c)
{
    size_t length = 0;
    const char *text = steps_read_file(c->t, c->file, &length);
    int code = text ? 0 : errno;
    c->saw = text ? m_fmt(c->t, "%zu bytes: %s", length, steps_start(c->t, text, length)) : strerrordesc_np(code);
    return (code == EISDIR && !*c->contains) || (text && has(c, text, length));
}

static int exec_holds(struct condition *c)
{
    struct muster_ctx *t = c->t;
    struct run_result r =
        run_to_end(t, &(struct run_program){.argv = c->argv, .dir = "", .input = "", .within_ms = try_ms(c)});
    if (r.error)
        steps_wrong(t, c->site, "wait: %s cannot be run: %s", c->argv[0], r.error);
    int holds = !r.late && WIFEXITED(r.status) && WEXITSTATUS(r.status) == 0 && has(c, r.out.bytes, r.out.length);
    c->saw = m_fmt(t, "%s%s; stdout: %s; stderr: %s", r.late ? "still running" : "exit status ",
                   r.late                ? ""
                   : WIFEXITED(r.status) ? m_fmt(t, "%d", WEXITSTATUS(r.status))
                                         : "of a signal",
                   steps_start(t, r.out.bytes, r.out.length), steps_start(t, r.err.bytes, r.err.length));
    free(r.out.bytes);
    free(r.err.bytes);
    return holds;
}

static const char *describe(const struct condition *c)
{
    struct muster_ctx *t = c->t;
    const char *what = c->http   ? m_fmt(t, "GET %s", m_shown(t, c->http, strlen(c->http), ABOUT_MOST))
                       : c->tcp  ? m_fmt(t, "tcp %s", c->tcp)
                       : c->file ? m_fmt(t, "file %s", c->file)
                                 : m_fmt(t, "exec %s", c->argv[0]);
    const char *status = c->status ? m_fmt(t, " answers %s", m_json_text(t, c->status, "")) : "";
    const char *contains =
        *c->contains ? m_fmt(t, " has \"%s\"", steps_start(t, c->contains, strlen(c->contains))) : "";
    return m_fmt(t, "%s%s%s", what, status, contains);
}

static int holds(struct condition *c)
{
    return c->http ? http_holds(c) : c->tcp ? tcp_holds(c) : c->file ? file_holds(c) : exec_holds(c);
}

static const char *or_none(const char *text)
{
    return *text ? text : NULL;
}

DATA_STEP(json, wait,
          PARAMS((str, http, "", "Until GET of this URL is answered"),
                 (str, tcp, "", "Until host:port takes a connection"), (str, file, "", "Until there is such a file"),
                 (json, exec, "null", "Until this program ends with the exit status 0"),
                 (json, status, "null", "Of http; without it, below 400"),
                 (str, contains, "", "A text in the answer, what is received, the file or the output"),
                 (str, within, "30s"), (str, interval, "100ms", "Between two tries"), STEP_AT),
          .summary = "Waits until it holds: {tries, waited_ms}")
{
    struct m_site site = steps_site(t, at);
    struct m_json *program = steps_given(t, exec);
    struct condition c = {.t = t,
                          .site = site,
                          .http = or_none(http),
                          .tcp = or_none(tcp),
                          .file = or_none(file),
                          .contains = contains,
                          .status = steps_given(t, status),
                          .argv = program ? steps_texts(t, site, "exec", program) : NULL};
    if (!!c.http + !!c.tcp + !!c.file + !!c.argv != 1)
        steps_wrong(t, site, "wait: wants one of http, tcp, file and exec");
    if (c.status && !c.http)
        steps_wrong(t, site, "wait: a status is of http");
    if (c.argv && !c.argv[0])
        steps_wrong(t, site, "wait: exec: there is no program");
    uint64_t ms = steps_ms(t, site, "within", within), pause = steps_ms(t, site, "interval", interval),
             began = m_now_ms();
    c.end = m_deadline_in(t, ms);
    unsigned tries = 1;
    int met = holds(&c);
    for (; !met && m_deadline_pause(c.end, pause); tries++) {
        const char *before = c.saw;
        met = holds(&c);
        if (m_deadline_left_ms(c.end) == 0 && strcmp(before, c.saw) != 0) /* the time may have cut this one short */
            c.saw = m_fmt(t, "%s; at last %s", before, c.saw);
    }
    steps_check(t, site, met, m_fmt(t, "%s within %s", describe(&c), steps_time(t, ms)), c.saw, NULL,
                m_fmt(t, "not in %s, %u tr%s", steps_time(t, m_now_ms() - began), tries, tries == 1 ? "y" : "ies"));
    return steps_value(t, m_fmt(t, "\"tries\":%u,\"waited_ms\":%llu", tries, (unsigned long long)(m_now_ms() - began)),
                       m_fmt(t, "%s: %s", describe(&c), c.saw));
}

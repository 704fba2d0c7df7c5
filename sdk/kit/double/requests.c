/* SPDX-License-Identifier: Apache-2.0 */
/* What a double was asked, and checks of it. */
#include "double.h"

#include <muster/kit/data.h>
#include <muster/kit/json.h>
#include <muster/kit/wait.h>

#include <stdlib.h>
#include <string.h>

#define TOLD_MOST 12 /* requests in a message */

static int method_matches(const char *wanted, const char *method)
{
    return !wanted || strcmp(wanted, "*") == 0 || strcmp(wanted, method) == 0;
}

static int is_meant(const struct m_double_request *r, const char *method, const char *path)
{
    return method_matches(method, r->method) && (!path || double_path_matches(path, r->path));
}

/* "" for what is not there: a double of another version. */
static const char *text_at(struct muster_ctx *t, const struct m_json *record, const char *pointer)
{
    const char *text = m_json_str(record, pointer);
    return text ? m_keep(t, text, strlen(text)) : "";
}

static struct m_double_request read_record(struct muster_ctx *t, const struct m_json *record)
{
    struct m_double_request r = {.number = m_json_int(record, "/n"), .status = (int32_t)m_json_int(record, "/status")};
    r.method = text_at(t, record, "/method");
    r.path = text_at(t, record, "/path");
    r.query = m_json_text(t, record, "/query");
    r.headers = m_json_text(t, record, "/headers");
    r.body = m_json_str(record, "/body") ? text_at(t, record, "/body") : m_json_text(t, record, "/body");
    r.rule = m_json_str(record, "/rule") ? text_at(t, record, "/rule") : NULL;
    return r;
}

/* All since it was opened, to be freed. */
static struct m_double_request *read_all(struct m_double *d, uint64_t *ret_n)
{
    struct muster_ctx *t = d->t;
    const char *from = m_fmt(t, "/doubles/%s/requests?after=%lld", d->name, (long long)d->after);
    struct m_http_reply reply = m_get(d->control, from);
    if (reply.status != 200)
        ERROR("the double %s answered %d: %s", d->fixture, (int)reply.status, reply.body);
    struct m_json *answer = m_json_parse(t, reply.body);
    const struct m_json *list = m_json_at(answer, "/requests");
    int64_t n = m_json_count(list, "");
    *ret_n = n > 0 ? (uint64_t)n : 0;
    struct m_double_request *items = calloc(*ret_n + 1, sizeof *items);
    if (!items)
        ERROR("out of memory for requests");
    for (uint64_t i = 0; i < *ret_n; i++)
        items[i] = read_record(t, m_json_item(list, i));
    m_json_free(answer);
    return items;
}

struct m_double_requests m_double_requests(struct m_double *d, const char *method, const char *path)
{
    uint64_t n, meant = 0;
    struct m_double_request *items = read_all(d, &n);
    for (uint64_t i = 0; i < n; i++)
        if (is_meant(&items[i], method, path))
            items[meant++] = items[i];
    return (struct m_double_requests){meant, items};
}

/* "POST /deploy (200), GET /x (404: no rule)" */
static const char *tell(struct muster_ctx *t, const struct m_double_requests *all)
{
    const char *text = "nothing";
    for (uint64_t i = 0; i < all->n && i < TOLD_MOST; i++) {
        const struct m_double_request *r = &all->items[i];
        text = m_fmt(t, "%s%s%s %s (%d%s)", i ? text : "", i ? ", " : "", r->method, r->path, (int)r->status,
                     r->rule ? "" : ": no rule");
    }
    return all->n <= TOLD_MOST ? text : m_fmt(t, "%s, and %d more", text, (int)(all->n - TOLD_MOST));
}

static void note(struct m_double *d, const char *method, const char *path)
{
    struct muster_ctx *t = d->t;
    struct m_double_seen *s = calloc(1, sizeof *s);
    if (!s)
        ERROR("out of memory for a check");
    s->method = method ? m_keep(t, method, strlen(method)) : NULL;
    s->path = path ? m_keep(t, path, strlen(path)) : NULL;
    s->next = d->seen;
    d->seen = s;
}

static int64_t count(const struct m_double_requests *all, const char *method, const char *path)
{
    int64_t n = 0;
    for (uint64_t i = 0; i < all->n; i++)
        n += is_meant(&all->items[i], method, path);
    return n;
}

int64_t m_double_count(struct m_double *d, const char *method, const char *path)
{
    struct m_double_requests all = m_double_requests(d, NULL, NULL);
    if (m_waits_())
        m_saw(d->t, "%s was asked %s", d->fixture, tell(d->t, &all));
    return count(&all, method, path);
}

int m_check_asked_(struct m_site at, struct m_double *d, const char *method, const char *path, int64_t times)
{
    struct muster_ctx *t = d->t;
    struct m_double_requests all = m_double_requests(d, NULL, NULL);
    int64_t n = count(&all, method, path);
    note(d, method, path);
    return m_report(t, at, n == times, m_fmt(t, "%lld", (long long)n), m_fmt(t, "%lld", (long long)times),
                    n == times ? NULL : m_fmt(t, "it was asked %s", tell(t, &all)));
}

/* "POST /deploy" as its two parts. */
static void split(struct muster_ctx *t, const char *request, const char **ret_method, const char **ret_path)
{
    const char *space = strchr(request, ' ');
    if (!space || space[1] != '/')
        ERROR("\"%s\" is no request: it is written \"POST /path\"", request);
    *ret_method = m_keep(t, request, (size_t)(space - request));
    *ret_path = space + 1;
}

int m_check_asked_in_order_(struct m_site at, struct m_double *d, const char *const *requests)
{
    struct muster_ctx *t = d->t;
    struct m_double_requests all = m_double_requests(d, NULL, NULL);
    const char *missing = NULL;
    uint64_t i = 0;
    for (; *requests; requests++) {
        const char *method, *path;
        split(t, *requests, &method, &path);
        note(d, method, path);
        while (!missing && i < all.n && !is_meant(&all.items[i], method, path))
            i++;
        if (!missing && i++ >= all.n)
            missing = *requests;
    }
    return m_report(t, at, !missing, missing ? m_fmt(t, "%s", tell(t, &all)) : NULL, NULL,
                    missing ? m_fmt(t, "%s did not come in its turn", missing) : NULL);
}

int m_check_nothing_else_(struct m_site at, struct m_double *d)
{
    struct muster_ctx *t = d->t;
    uint64_t n, others = 0;
    struct m_double_request *items = read_all(d, &n);
    for (uint64_t i = 0; i < n; i++) {
        const struct m_double_seen *s = d->seen;
        while (s && !is_meant(&items[i], s->method, s->path))
            s = s->next;
        if (!s)
            items[others++] = items[i];
    }
    const char *what = tell(t, &(struct m_double_requests){others, items});
    free(items);
    return m_report(t, at, others == 0, what, "nothing", others ? "no check before has asked for that" : NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Things of an engine by their label: listed, followed, removed. */
#include "engine.h"

#include <muster/kit/data.h>

#include <stdlib.h>
#include <time.h>

struct m_json *m_containers(struct m_engine *e, const char *label)
{
    return container_ask_json(
        e, "the list of containers",
        &(struct container_request){.path = m_fmt(e->t, "/containers/json?all=1&%s", container_filters(e, label))});
}

/* They come as documents one behind the other. */
static struct m_json *list_of_lines(struct m_engine *e, const char *body)
{
    struct muster_ctx *t = e->t;
    char *text = NULL;
    size_t n = 0;
    int first = 1;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        ERROR("out of memory for events");
    fputc('[', out);
    for (size_t length; *(body += strspn(body, "\r\n")); body += length, first = 0) {
        length = strcspn(body, "\r\n");
        fprintf(out, "%s%.*s", first ? "" : ",", (int)length, body);
    }
    fputc(']', out);
    if (fclose(out) != 0)
        ERROR("out of memory for events");
    struct m_json *list = m_json_parse(t, text);
    free(text);
    return list;
}

/* `until` is in whole seconds, or with a fraction: what happens in this very moment is among them. */
struct m_json *m_engine_events(struct m_engine *e, const char *label)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct m_http_reply r = container_ask(
        e, "the engine's events", 0,
        &(struct container_request){.path = m_fmt(e->t, "/events?since=%" PRIu64 "&until=%lld.%09ld&%s", e->opened_at,
                                                  (long long)now.tv_sec, now.tv_nsec, container_filters(e, label))});
    return list_of_lines(e, r.body);
}

/* ---- sweeping ---------------------------------------------------------------------------------------------------- */

static const struct kind {
    const char *what, *list, *items, *id, *remove, *how;
} kinds[] = {
    {"container", "/containers/json?all=1&", "", "/Id", "/containers/", "?force=1&v=1"},
    {"network", "/networks?", "", "/Id", "/networks/", ""},
    {"volume", "/volumes?", "/Volumes", "/Name", "/volumes/", "?force=1"},
    {"image", "/images/json?all=1&", "", "/Id", "/images/", "?force=1"},
};

/* What goes on its own at the same moment is gone, too: 404; or is going: 409. What stays is found by the next look. */
static int64_t sweep_kind(struct m_engine *e, const struct kind *kind, const char *label)
{
    struct muster_ctx *t = e->t;
    struct m_json *doc = container_ask_json(
        e, m_fmt(t, "the list of each %s", kind->what),
        &(struct container_request){.path = m_fmt(t, "%s%s", kind->list, container_filters(e, label))});
    const struct m_json *items = m_json_at(doc, kind->items);
    int64_t n = m_json_count(items, "");
    for (int64_t i = 0; i < n; i++) {
        const char *id = m_json_str(m_json_item(items, (uint64_t)i), kind->id);
        struct container_answer a = container_try(
            e, &(struct container_request){.method = "DELETE",
                                           .path = m_fmt(t, "%s%s%s", kind->remove, id ? id : "", kind->how)});
        if (a.words && a.reply.status != CONTAINER_GONE)
            LOG_AT(MUSTER_LOG_WARNING, "%s %s: removing it: %s", kind->what, id ? id : "", a.words);
    }
    m_json_free(doc);
    return n < 0 ? 0 : n;
}

int64_t m_engine_sweep(struct m_engine *e, const char *label)
{
    struct muster_ctx *t = e->t;
    int64_t all = 0;
    if (!label || !*label)
        ERROR("m_engine_sweep: no label is given, and all that there is would go");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        all += sweep_kind(e, &kinds[i], label);
        /* A second look: it gives nothing, unless something stayed. */
        struct m_json *left = container_ask_json(
            e, m_fmt(t, "the list of each %s", kinds[i].what),
            &(struct container_request){.path = m_fmt(t, "%s%s", kinds[i].list, container_filters(e, label))});
        int64_t n = m_json_count(m_json_at(left, kinds[i].items), "");
        m_json_free(left);
        if (n > 0)
            FAIL("%" PRId64 " of what is labelled %s can't be removed: the first %s of them is still there", n, label,
                 kinds[i].what);
    }
    return all;
}

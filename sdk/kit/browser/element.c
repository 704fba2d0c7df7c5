/* SPDX-License-Identifier: Apache-2.0 */
/* Finding elements, and trying until one can be used. */
#include "element.h"
#include "failure.h"

#include "locate.h"
#include "trail.h"

#include <muster/kit/data.h>
#include <stdlib.h>

/* W3C WebDriver, 12.2: the name of a reference to an element. */
#define REFERENCE "element-6066-11e4-a52e-4f735466cecf"

enum { LOOK_MS = 50 };

struct patience browser_patience_begin(struct m_browser *b)
{
    return (struct patience){m_deadline_in(b->t, b->wait_ms), m_now_ms(), 1};
}

int browser_patience_on(struct patience *p)
{
    if (!m_deadline_pause(p->end, LOOK_MS))
        return 0;
    p->looks++;
    return 1;
}

const char *browser_patience_words(struct m_browser *b, const struct patience *p)
{
    return m_fmt(b->t, "not within %" PRIu64 " ms, looked %" PRIu64 " time%s", m_now_ms() - p->began_ms, p->looks,
                 p->looks == 1 ? "" : "s");
}

/* The body of a search. Kept. */
static const char *search_of(struct m_browser *b, const char *where)
{
    struct muster_ctx *t = b->t;
    struct locator l = browser_locator_of(where);
    if (!l.value)
        ERROR("%s: \"%s\" says where no element is: %s", b->name, where ? where : "NULL", l.fault);
    const char *body = m_json_pack(t, "{s:s, s:s}", "using", l.using, "value", l.value);
    free(l.value);
    return body;
}

/* What is no matter of waiting ends the scenario, also when nobody waits. */
static void require_passing(struct m_browser *b, const char *what, struct answer *a)
{
    if (a->error != COMMAND_OK && a->error != COMMAND_AGAIN)
        browser_failure_end(b, what, a);
}

static struct answer find(struct m_browser *b, const char *what, const char *body, char ret_path[ELEMENT_MOST])
{
    struct answer a = browser_command_run(b, "/element", body);
    const char *id = a.error == COMMAND_OK ? m_json_str(a.doc, "/value/" REFERENCE) : NULL;
    if (a.error == COMMAND_OK && (!id || strlen(id) > ELEMENT_MOST - 16)) {
        a.error = COMMAND_WRONG;
        snprintf(a.words, sizeof a.words, "the driver's answer names no element");
    }
    if (id)
        snprintf(ret_path, ELEMENT_MOST, "/element/%s", id);
    require_passing(b, what, &a);
    return a;
}

int32_t browser_element_count(struct m_browser *b, const char *where)
{
    struct answer a = browser_answer_or_fail(b, where, "/elements", search_of(b, where));
    int64_t n = m_json_count(a.doc, "/value");
    browser_answer_free(&a);
    return n < 0 ? 0 : (int32_t)n;
}

static struct answer try_once(struct m_browser *b, const char *what, const char *body, element_fn *fn, void *data)
{
    char path[ELEMENT_MOST];
    struct answer a = find(b, what, body, path);
    if (a.error != COMMAND_OK)
        return a;
    browser_answer_free(&a);
    a = fn(b, path, data);
    require_passing(b, what, &a);
    return a;
}

struct answer browser_element_look(struct m_browser *b, const char *where, element_fn *fn, void *data)
{
    return try_once(b, where, search_of(b, where), fn, data);
}

struct answer browser_element_do(struct m_browser *b, const char *verb, const char *where, element_fn *fn, void *data)
{
    const char *body = search_of(b, where), *what = m_fmt(b->t, "%s %s", verb, where);
    struct patience p = browser_patience_begin(b);
    browser_trail_add(b, ">", what);
    for (;;) {
        struct answer a = try_once(b, what, body, fn, data);
        if (a.error == COMMAND_OK)
            return a;
        if (!browser_patience_on(&p)) {
            what = m_fmt(b->t, "%s: %s", what, browser_patience_words(b, &p));
            browser_failure_end(b, what, &a);
        }
        browser_answer_free(&a);
    }
}

struct answer browser_element_get(struct m_browser *b, const char *path, void *data)
{
    char whole[ELEMENT_MOST + 128];
    snprintf(whole, sizeof whole, "%s%s", path, (const char *)data);
    return browser_command_run(b, whole, NULL);
}

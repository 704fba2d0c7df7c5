/* SPDX-License-Identifier: Apache-2.0 */
/* What the checks of a browser compare: looked at until it holds, or no longer. */
#include "capture.h"
#include "element.h"
#include "failure.h"
#include "trail.h"

#include <muster/kit/data.h>

/* What is compared, as of the last look. */
struct seen {
    const char *text; /* NULL: nothing to compare; `words` say why */
    const char *words;
    struct answer answer; /* whose text it is */
};

typedef void see_fn(struct m_browser *b, const void *data, struct seen *ret);
typedef int holds_fn(const char *text, const void *expected);

struct look {
    see_fn *see;
    const void *data; /* for it: where, and what is asked of the element */
    holds_fn *holds;
    const void *expected;
    const char *expected_text;
    const char *what; /* for the trail */
};

static int is_equal(const char *text, const void *expected)
{
    return strcmp(text, expected) == 0;
}

static int has_part(const char *text, const void *expected)
{
    return strstr(text, expected) != NULL;
}

/* The texts of a failure are kept: a required check does not come back to free them. */
static struct m_outcome tell(struct m_browser *b, const struct look *l, const struct seen *s, const struct patience *p)
{
    const char *text = s->text ? s->text : s->words;
    struct m_outcome o = m_outcome_(0, m_keep(b->t, text, strlen(text)), l->expected_text);
    snprintf(o.message, sizeof o.message, "%s: %s%s", b->name, browser_patience_words(b, p), browser_failure_page(b));
    browser_trail_add(b, "!",
                      m_fmt(b->t, "check %s: \"%s\", not \"%s\"; %s", l->what, text, l->expected_text, o.message));
    browser_capture_failure(b);
    return o;
}

static struct m_outcome look(struct m_browser *b, const struct look *l)
{
    struct patience p = browser_patience_begin(b);
    struct m_outcome o = m_outcome_(1, NULL, NULL);
    for (;;) {
        struct seen s = {.words = ""};
        l->see(b, l->data, &s);
        int holds = s.text && l->holds(s.text, l->expected), on = !holds && browser_patience_on(&p);
        if (!holds && !on)
            o = tell(b, l, &s, &p);
        browser_answer_free(&s.answer);
        if (!on)
            return o;
    }
}

/* ---- elements ---- */

struct place {
    const char *where, *path; /* "/text" */
};

static void see_element(struct m_browser *b, const void *data, struct seen *ret)
{
    const struct place *p = data;
    ret->answer = browser_element_look(b, p->where, browser_element_get, (void *)(uintptr_t)p->path);
    ret->text = ret->answer.error == COMMAND_OK ? m_json_str(ret->answer.doc, "/value") : NULL;
    ret->words = ret->answer.error == COMMAND_OK ? "it has none" : ret->answer.words;
}

static struct m_outcome look_at_element(struct m_browser *b, const char *where, const char *path, const char *expected,
                                        holds_fn *holds)
{
    const struct place place = {where, path};
    return look(b, &(struct look){see_element, &place, holds, expected, expected, m_fmt(b->t, "%s%s", where, path)});
}

struct m_outcome m_text_outcome_(struct m_browser *b, const char *where, const char *expected, int32_t whole)
{
    return look_at_element(b, where, "/text", expected, whole ? is_equal : has_part);
}

struct m_outcome m_value_outcome_(struct m_browser *b, const char *where, const char *expected)
{
    return look_at_element(b, where, "/property/value", expected, is_equal);
}

static const char VISIBLE[] = "visible", HIDDEN[] = "hidden", ABSENT[] = "not there";

static void see_visibility(struct m_browser *b, const void *where, struct seen *ret)
{
    ret->answer = browser_element_look(b, where, browser_element_get, (void *)(uintptr_t) "/displayed");
    int there = ret->answer.error == COMMAND_OK;
    ret->text = !there ? ABSENT : m_json_bool(ret->answer.doc, "/value") == 1 ? VISIBLE : HIDDEN;
}

static int is_not(const char *text, const void *expected)
{
    return strcmp(text, expected) != 0;
}

struct m_outcome m_visible_outcome_(struct m_browser *b, const char *where, int32_t visible)
{
    return look(b, &(struct look){see_visibility, where, visible ? is_equal : is_not, VISIBLE,
                                  visible ? VISIBLE : "hidden, or not there", m_fmt(b->t, "%s is visible", where)});
}

static void see_count(struct m_browser *b, const void *where, struct seen *ret)
{
    ret->text = m_fmt(b->t, "%d", browser_element_count(b, where));
}

struct m_outcome m_count_outcome_(struct m_browser *b, const char *where, int32_t expected)
{
    const char *n = m_fmt(b->t, "%d", expected);
    return look(b, &(struct look){see_count, where, is_equal, n, n, m_fmt(b->t, "number of %s", where)});
}

/* ---- the page ---- */

static void see_page(struct m_browser *b, const void *path, struct seen *ret)
{
    ret->answer = browser_answer_or_fail(b, "check of the page", path, NULL);
    ret->text = m_json_str(ret->answer.doc, "/value");
}

struct m_outcome m_url_outcome_(struct m_browser *b, const char *part)
{
    return look(b, &(struct look){see_page, "/url", has_part, part, part, "address"});
}

struct m_outcome m_title_outcome_(struct m_browser *b, const char *expected)
{
    return look(b, &(struct look){see_page, "/title", is_equal, expected, expected, "title"});
}

/* ---- the console ---- */

/* A browser asks for that one by itself. */
static int is_error(const struct m_json *entry)
{
    const char *level = m_json_str(entry, "/level"), *message = m_json_str(entry, "/message");
    return level && strcmp(level, "SEVERE") == 0 && !(message && strstr(message, "/favicon.ico"));
}

struct m_outcome m_console_outcome_(struct m_browser *b)
{
    const struct m_json *all = m_console(b);
    int64_t n = m_json_count(all, ""), errors = 0;
    const char *first = NULL;
    for (int64_t i = 0; i < n; i++) {
        const struct m_json *entry = m_json_item(all, (uint64_t)i);
        if (!is_error(entry))
            continue;
        first = first ? first : m_json_str(entry, "/message");
        errors++;
    }
    struct m_outcome o = m_outcome_(errors == 0, first, "no error");
    if (errors) {
        snprintf(o.message, sizeof o.message, "%" PRId64 " error%s in the console of %s; this is the first", errors,
                 errors == 1 ? "" : "s", b->name);
        browser_capture_failure(b);
    }
    return o;
}

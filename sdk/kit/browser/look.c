/* SPDX-License-Identifier: Apache-2.0 */
/* What a user sees of a page: read with patience, or looked at once. */
#include "element.h"

#include <muster/kit/data.h>

/* ---- with patience ---- */

/* "/attribute/NAME": the name goes into a path. Kept. */
static const char *path_with(struct m_browser *b, const char *what, const char *name)
{
    struct muster_ctx *t = b->t;
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:");
    if (!n || name[n] || n > 96)
        ERROR("%s: \"%s\" can't be the name of an %s", b->name, name, what);
    return m_fmt(t, "/%s/%s", what, name);
}

/* A string as it is, anything else as JSON, kept; NULL: null. */
static const char *value_of(struct m_browser *b, const struct answer *a)
{
    const char *text = m_json_str(a->doc, "/value");
    if (text)
        return m_keep(b->t, text, strlen(text));
    return m_json_is_null(a->doc, "/value") ? NULL : m_json_text(b->t, a->doc, "/value");
}

static const char *read_value(struct m_browser *b, const char *verb, const char *where, const char *path)
{
    struct answer a = browser_element_do(b, verb, where, browser_element_get, (void *)(uintptr_t)path);
    const char *value = value_of(b, &a);
    browser_answer_free(&a);
    return value;
}

const char *m_text_of(struct m_browser *b, const char *where)
{
    const char *text = read_value(b, "text of", where, "/text");
    return text ? text : "";
}

const char *m_value_of(struct m_browser *b, const char *where)
{
    const char *value = read_value(b, "value of", where, "/property/value");
    return value ? value : "";
}

const char *m_attribute_of(struct m_browser *b, const char *where, const char *name)
{
    return read_value(b, m_fmt(b->t, "attribute %s of", name), where, path_with(b, "attribute", name));
}

const char *m_property_of(struct m_browser *b, const char *where, const char *name)
{
    return read_value(b, m_fmt(b->t, "property %s of", name), where, path_with(b, "property", name));
}

/* ---- once ---- */

int32_t m_count_of(struct m_browser *b, const char *where)
{
    int32_t n = browser_element_count(b, where);
    m_saw(b->t, "%d of %s", n, where);
    return n;
}

static int32_t is(struct m_browser *b, const char *where, const char *path, const char *yes, const char *no)
{
    struct answer a = browser_element_look(b, where, browser_element_get, (void *)(uintptr_t)path);
    int32_t holds = a.error == COMMAND_OK && m_json_bool(a.doc, "/value") == 1;
    m_saw(b->t, "%s: %s", where, a.error != COMMAND_OK ? a.words : holds ? yes : no);
    browser_answer_free(&a);
    return holds;
}

int32_t m_is_visible(struct m_browser *b, const char *where)
{
    return is(b, where, "/displayed", "visible", "it is there, but hidden");
}

int32_t m_is_enabled(struct m_browser *b, const char *where)
{
    return is(b, where, "/enabled", "enabled", "it is disabled");
}

int32_t m_is_selected(struct m_browser *b, const char *where)
{
    return is(b, where, "/selected", "selected", "it is not selected");
}

int32_t m_has_text(struct m_browser *b, const char *where, const char *part)
{
    struct answer a = browser_element_look(b, where, browser_element_get, (void *)(uintptr_t) "/text");
    const char *text = a.error == COMMAND_OK ? m_json_str(a.doc, "/value") : NULL;
    int32_t has = text && strstr(text, part);
    if (text)
        m_saw(b->t, "%s: \"%s\"", where, text);
    else
        m_saw(b->t, "%s: %s", where, a.words);
    browser_answer_free(&a);
    return has;
}

int32_t m_is_at(struct m_browser *b, const char *part)
{
    const char *url = m_page_url(b);
    m_saw(b->t, "%s", url);
    return strstr(url, part) != NULL;
}

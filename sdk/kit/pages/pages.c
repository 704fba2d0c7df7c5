/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of the target, by their names: what each name stands for, handed to the kit `browser`. */
#include <muster/kit/pages.h>

#include "arguments.h"
#include "words.h"

#include <muster/kit/data.h>

#include <stdlib.h>

/* Never freed: reachable from here, it is no leak to a sanitizer. */
static struct m_viewer *viewers;

struct m_viewer {
    struct m_viewer *next;
    struct muster_ctx *t;
    const struct document *document;
    struct m_browser *browser;
    const char *page; /* its name; NULL: it was at none yet */
};

struct m_viewer *m_viewer_open(struct muster_ctx *t, const struct m_browser_options *options)
{
    const struct document *document = target_document_of(t);
    struct m_viewer *v = calloc(1, sizeof *v);
    if (!v)
        ERROR("out of memory for a viewer");
    v->t = t;
    v->document = document;
    v->browser = m_browser_open(t, options);
    v->next = __atomic_load_n(&viewers, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&viewers, &v->next, v, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
    return v;
}

struct m_browser *m_viewer_browser(const struct m_viewer *v)
{
    return v->browser;
}

/* ---- what names stand for ---- */

static const json_t *page_of(struct m_viewer *v, const char *page)
{
    struct muster_ctx *t = v->t;
    const json_t *spec = json_object_get(target_document_operation(t, v->document, page), "page");
    if (!spec)
        ERROR("%s is no page in the target %s", page, v->document->name);
    return spec;
}

/* In a template: what stands in brackets behind the name, or a value of the target. */
struct naming {
    struct scope scope;
    json_t *key; /* NULL: nothing does */
};

static json_t *find_name(void *user, const char *name, size_t length)
{
    const struct naming *n = user;
    struct muster_ctx *t = n->scope.t;
    struct template_names values = target_scope_names(&n->scope);
    if (length != 3 || strncmp(name, "key", 3) != 0)
        return values.find(values.user, name, length);
    if (!n->key)
        ERROR("it has several in the page: say which one in brackets, as in tenant[shop]");
    return n->key;
}

static const char *filled_in(struct m_viewer *v, const char *place, const char *key, size_t length)
{
    struct muster_ctx *t = v->t;
    struct naming naming = {.scope = {.t = t, .document = v->document}};
    if (key)
        naming.key = json_stringn(key, length);
    char *text = target_template_text(place, TEMPLATE_PLAIN, (struct template_names){find_name, &naming}, NULL);
    json_decref(naming.key);
    if (!text)
        ERROR("out of memory for a place in a page");
    const char *kept = m_fmt(t, "%s", text);
    free(text);
    return kept;
}

/* The entry of a part of the page: `fields`, `actions`, `marks`, `cookies`. *ret_key is what stands in brackets. */
static const json_t *entry_of(struct m_viewer *v, const char *part, const char *name, const char **ret_key,
                              size_t *ret_length)
{
    struct muster_ctx *t = v->t;
    if (!v->page)
        ERROR("%s: no page has been opened yet: PAGE_OPEN(viewer, \"page.x\")", name);
    const json_t *all = json_object_get(page_of(v, v->page), part);
    size_t n = strcspn(name, "["), whole = strlen(name);
    const char *plain = m_keep(t, name, n);
    const json_t *entry = json_object_get(all, plain);
    *ret_key = name[n] && name[whole - 1] == ']' ? name + n + 1 : NULL;
    *ret_length = *ret_key ? whole - n - 2 : 0;
    if (*ret_key && memchr(*ret_key, '"', *ret_length))
        ERROR("%s: what stands in brackets has no quotation marks", name);
    if (!entry)
        ERROR("%s of the target %s has no %s among its %s%s", v->page, v->document->name, plain, part,
              target_document_hint(t, all, plain));
    return entry;
}

static const char *place_of(struct m_viewer *v, const char *part, const char *name)
{
    size_t length;
    const char *key;
    const json_t *entry = entry_of(v, part, name, &key, &length);
    const json_t *place = json_is_object(entry) ? json_object_get(entry, "at") : entry;
    return filled_in(v, json_string_value(place), key, length);
}

static const json_t *words_of(struct m_viewer *v, const char *mark)
{
    size_t length;
    const char *key;
    const char *words = json_string_value(json_object_get(entry_of(v, "marks", mark, &key, &length), "words"));
    return words ? target_document_part(v->document, "words", words) : NULL;
}

/* In the platform's words. Kept. */
static const char *theirs(struct m_viewer *v, const char *mark, const char *text)
{
    json_t *ours = json_string(text);
    json_t *word = target_words_theirs(words_of(v, mark), ours);
    const char *kept = m_fmt(v->t, "%s", json_string_value(word));
    json_decref(word);
    json_decref(ours);
    return kept;
}

/* ---- going ---- */

static const char *address_of(struct m_viewer *v, const char *page, const struct m_arg *args)
{
    struct muster_ctx *t = v->t;
    const json_t *spec = target_document_operation(t, v->document, page), *is = page_of(v, page);
    const json_t *takes = json_object_get(spec, "takes"), *base = json_object_get(is, "base");
    struct scope scope = {.t = t, .document = v->document, .takes = takes};
    scope.arguments = target_arguments_take(t, v->document, page, takes, args);
    if (!base)
        base = json_object_get(json_object_get(v->document->root, "http"), "base");
    struct template_names names = target_scope_names(&scope);
    char *front = target_template_text(json_string_value(base), TEMPLATE_PLAIN, names, NULL);
    char *path = target_template_text(json_string_value(json_object_get(is, "path")), TEMPLATE_PERCENT, names, NULL);
    const char *address = m_fmt(t, "%s%s", front ? front : "", path ? path : "");
    free(front);
    free(path);
    json_decref(scope.arguments);
    return address;
}

void m_page_go_(struct m_site at, struct m_viewer *v, int whatever, const char *page, const struct m_arg *args)
{
    struct muster_ctx *t = v->t;
    m_called_at_(at.file, at.line);
    m_visit(v->browser, address_of(v, page, args));
    v->page = m_fmt(t, "%s", page);
    if (whatever)
        return;
    struct m_outcome o = m_page_outcome_(v, page);
    at.expression = m_fmt(t, "%s is shown", page);
    m_check_(t, at, o);
}

/* ---- what a user does ---- */

void m_page_fill(struct m_viewer *v, const char *field, const char *value)
{
    const char *where = place_of(v, "fields", field), *tag = m_property_of(v->browser, where, "tagName");
    if (tag && strcmp(tag, "SELECT") == 0)
        m_choose(v->browser, where, value);
    else
        m_fill(v->browser, where, value);
}

void m_page_forge(struct m_viewer *v, const char *field, const char *value)
{
    struct muster_ctx *t = v->t;
    const char *arguments = m_json_pack(t, "[s, s]", place_of(v, "fields", field), value);
    const struct m_json *found = m_script(v->browser,
                                          "const field = document.querySelector(arguments[0]);"
                                          "if (field) field.value = arguments[1];"
                                          "return field !== null;",
                                          arguments);
    if (m_json_bool(found, "") != 1)
        ERROR("%s of %s: a hidden field is found by a CSS selector, and there is none: %s", field, v->page,
              place_of(v, "fields", field));
}

void m_page_do(struct m_viewer *v, const char *action)
{
    m_click(v->browser, place_of(v, "actions", action));
}

/* ---- what a user sees ---- */

const char *m_page_read(struct m_viewer *v, const char *mark)
{
    json_t *text = json_string(m_text_of(v->browser, place_of(v, "marks", mark)));
    const json_t *ours = target_words_ours(words_of(v, mark), text);
    const char *kept = m_fmt(v->t, "%s", json_string_value(ours ? ours : text));
    json_decref(text);
    return kept;
}

const char *m_page_value(struct m_viewer *v, const char *field)
{
    return m_value_of(v->browser, place_of(v, "fields", field));
}

int32_t m_page_shows(struct m_viewer *v, const char *mark, const char *text)
{
    const char *where = place_of(v, "marks", mark);
    return text ? m_has_text(v->browser, where, theirs(v, mark, text)) : m_is_visible(v->browser, where);
}

struct m_outcome m_page_outcome_(struct m_viewer *v, const char *page)
{
    const char *shown = json_string_value(json_object_get(page_of(v, page), "shown"));
    struct m_outcome o = m_visible_outcome_(v->browser, filled_in(v, shown, NULL, 0), 1);
    if (o.passed)
        v->page = m_fmt(v->t, "%s", page);
    return o;
}

struct m_outcome m_mark_outcome_(struct m_viewer *v, const char *mark, const char *text)
{
    return m_text_outcome_(v->browser, place_of(v, "marks", mark), theirs(v, mark, text), 1);
}

/* What is not shown on a page says nothing where another page is: an error's, or a login's. */
struct m_outcome m_mark_shown_outcome_(struct m_viewer *v, const char *mark, int32_t shown)
{
    struct m_outcome o = m_visible_outcome_(v->browser, place_of(v, "marks", mark), shown);
    const char *page = json_string_value(json_object_get(page_of(v, v->page), "shown"));
    if (!shown && o.passed && !m_is_visible(v->browser, filled_in(v, page, NULL, 0))) {
        o = m_outcome_(0, "another page", m_fmt(v->t, "not there, on %s", v->page));
        snprintf(o.message, sizeof o.message, "what is seen is not %.120s, but %.120s", v->page,
                 m_page_url(v->browser));
    }
    return o;
}

struct m_outcome m_field_outcome_(struct m_viewer *v, const char *field, const char *value)
{
    return m_value_outcome_(v->browser, place_of(v, "fields", field), value);
}

/* ---- cookies ---- */

static const char *cookie_name(struct m_viewer *v, const char *cookie)
{
    size_t length;
    const char *key;
    return json_string_value(entry_of(v, "cookies", cookie, &key, &length));
}

const struct m_json *m_page_cookie(struct m_viewer *v, const char *cookie)
{
    const struct m_json *all = m_cookies(v->browser);
    const char *name = cookie_name(v, cookie);
    for (int64_t i = 0; i < m_json_count(all, ""); i++) {
        const struct m_json *one = m_json_item(all, (uint64_t)i);
        if (strcmp(m_json_str(one, "/name"), name) == 0)
            return one;
    }
    return NULL;
}

void m_page_cookie_set(struct m_viewer *v, const char *cookie, const char *value)
{
    m_cookie_set(v->browser, cookie_name(v, cookie), value);
}

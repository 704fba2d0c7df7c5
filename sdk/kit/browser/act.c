/* SPDX-License-Identifier: Apache-2.0 */
/* What a user does with the elements of a page. */
#include "element.h"
#include "locate.h"

#include <muster/kit/data.h>
#include <stdlib.h>

struct order {
    const char *command; /* behind the element */
    const char *body;
};

static struct answer post(struct m_browser *b, const char *path, void *data)
{
    const struct order *o = data;
    char whole[ELEMENT_MOST + 32];
    snprintf(whole, sizeof whole, "%s%s", path, o->command);
    return browser_command_run(b, whole, o->body);
}

static void act(struct m_browser *b, const char *verb, const char *where, struct order o)
{
    struct answer a = browser_element_do(b, verb, where, post, &o);
    browser_answer_free(&a);
}

void m_click(struct m_browser *b, const char *where)
{
    act(b, "click", where, (struct order){"/click", "{}"});
}

static void put_text(struct m_browser *b, const char *verb, const char *where, const char *text)
{
    act(b, verb, where, (struct order){"/value", m_json_pack(b->t, "{s:s}", "text", text)});
}

void m_type(struct m_browser *b, const char *where, const char *text)
{
    put_text(b, "type into", where, text);
}

void m_clear(struct m_browser *b, const char *where)
{
    act(b, "clear", where, (struct order){"/clear", "{}"});
}

void m_fill(struct m_browser *b, const char *where, const char *text)
{
    m_clear(b, where);
    put_text(b, "fill", where, text);
}

void m_upload(struct m_browser *b, const char *where, const char *path)
{
    struct muster_ctx *t = b->t;
    if (*path != '/')
        ERROR("%s: upload %s: the path has to be absolute: m_beside() gives that of a file beside the plugin", b->name,
              path);
    put_text(b, "upload into", where, path);
}

/* In the element: the option, and a click on it. */
static struct answer choose(struct m_browser *b, const char *path, void *data)
{
    char whole[ELEMENT_MOST + 32], id[ELEMENT_MOST];
    snprintf(whole, sizeof whole, "%s/element", path);
    struct answer a = browser_command_run(b, whole, data);
    const char *found = a.error == COMMAND_OK ? m_json_str(a.doc, "/value/element-6066-11e4-a52e-4f735466cecf") : NULL;
    if (!found) {
        if (a.error == COMMAND_AGAIN)
            snprintf(a.words, sizeof a.words, "it is not there, or has no such option");
        return a;
    }
    snprintf(id, sizeof id, "/element/%.160s", found);
    browser_answer_free(&a);
    return post(b, id, &(struct order){"/click", "{}"});
}

void m_choose(struct m_browser *b, const char *where, const char *option)
{
    char *literal = browser_locate_literal(option);
    const char *path =
        literal
            ? m_fmt(b->t, ".//option[normalize-space(.)=%s or (@value=%s and not(../option[normalize-space(.)=%s]))]",
                    literal, literal, literal)
            : "";
    free(literal);
    struct answer a =
        browser_element_do(b, m_fmt(b->t, "choose \"%s\" of", option), where, choose,
                           (void *)(uintptr_t)m_json_pack(b->t, "{s:s, s:s}", "using", "xpath", "value", path));
    browser_answer_free(&a);
}

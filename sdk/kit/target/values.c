/* SPDX-License-Identifier: Apache-2.0 */
/* What names in templates stand for, the target's own values among them; and texts that nobody may read. */
#include "document.h"

#include <muster/kit/data.h>

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static json_t *found; /* name -> text */

/* ---- secrets ---- */

static void hide(struct muster_ctx *t, const char *text, const char *as_it_is)
{
    if (text && strcmp(text, as_it_is) != 0)
        m_secret(t, text);
}

/* \u00E4 as \u00e4, which others write. */
static void lower_escapes(char *quoted)
{
    for (char *at = strstr(quoted, "\\u"); at; at = strstr(at + 2, "\\u"))
        for (size_t i = 2; i < 6 && at[i]; i++)
            at[i] = (char)tolower((unsigned char)at[i]);
}

/* As JSON has it: as requests are written, and as others may answer. */
static void hide_quoted(struct muster_ctx *t, const char *text)
{
    static const size_t manners[] = {0, JSON_ENSURE_ASCII, JSON_ESCAPE_SLASH, JSON_ENSURE_ASCII | JSON_ESCAPE_SLASH};
    json_t *string = json_string(text);
    for (size_t i = 0; string && i < sizeof manners / sizeof *manners; i++) {
        char *quoted = json_dumps(string, JSON_ENCODE_ANY | manners[i]);
        if (!quoted)
            continue;
        quoted[strlen(quoted) - 1] = '\0';
        hide(t, quoted + 1, text);
        lower_escapes(quoted);
        hide(t, quoted + 1, text);
        free(quoted);
    }
    json_decref(string);
}

void target_secret_hide_all(struct muster_ctx *t, const char *text)
{
    if (!text || strlen(text) < 4)
        return;
    char *percent = target_template_percent(text);
    m_secret(t, text);
    hide(t, percent, text);
    hide_quoted(t, text);
    free(percent);
}

void target_secret_hide_value(struct muster_ctx *t, const json_t *value)
{
    char *text = value ? target_template_value_text(value) : NULL;
    target_secret_hide_all(t, text);
    free(text);
}

/* ---- values of the target ---- */

/* Where --set gives all that the file does not, no fixture was set up, and it is a mistake to ask it. */
static int has_fixture(struct muster_ctx *t, const struct muster_ext_target *x, const struct document *d)
{
    const char *name;
    json_t *spec;
    json_object_foreach(json_object_get(d->root, "values"), name, spec)
    {
        if (!json_object_get(spec, "default") && !x->value(t, name))
            return 1;
    }
    return 0;
}

/* From --set, then the fixture, then the file itself. */
static const char *look_up(struct muster_ctx *t, const struct document *d, const json_t *spec, const char *name)
{
    const struct muster_ext_target *x = m_ext_(t, MUSTER_EXT_TARGET, sizeof *x);
    const struct muster_ext_fixtures *f = t->host->extension(t, MUSTER_EXT_FIXTURES, sizeof *f);
    const char *value = x->value(t, name);
    if (!value && f && has_fixture(t, x, d))
        value = f->value(t, "target", name); /* whatever it is called, scenarios have it under this name */
    return value ? value : json_string_value(json_object_get(spec, "default"));
}

json_t *target_document_value(struct muster_ctx *t, const struct document *d, const char *name)
{
    json_t *spec = target_document_part(d, "values", name);
    if (!spec)
        return NULL;
    pthread_mutex_lock(&lock);
    json_t *value = json_object_get(found, name);
    pthread_mutex_unlock(&lock);
    const char *text = value ? NULL : look_up(t, d, spec, name);
    if (!text)
        return value;
    pthread_mutex_lock(&lock);
    if (!found)
        found = json_object();
    if (!json_object_get(found, name))
        json_object_set_new(found, name, json_string(text));
    value = json_object_get(found, name);
    pthread_mutex_unlock(&lock);
    if (json_is_true(json_object_get(spec, "secret")))
        target_secret_hide_all(t, text);
    return value;
}

const char *m_target_value(struct muster_ctx *t, const char *name)
{
    return json_string_value(target_document_value(t, target_document_of(t), name));
}

int m_target_is_there(struct muster_ctx *t)
{
    const char *name;
    json_t *spec;
    if (!target_document_is_there(t))
        return 0;
    const struct document *d = target_document_of(t);
    json_object_foreach(json_object_get(d->root, "values"), name, spec)
    {
        if (!target_document_value(t, d, name))
            return 0;
    }
    return 1;
}

/* ---- names in templates ---- */

/* Sets *ret_known where something of that name may have been given. */
static json_t *find_named(const struct scope *s, const char *name, bool *ret_known)
{
    json_t *const layers[] = {s->saved, s->arguments, s->login_result, s->login_arguments, s->signing};
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        json_t *value = json_object_get(layers[i], name);
        if (value)
            return value;
    }
    *ret_known = json_object_get(s->takes, name) || json_object_get(s->login_takes, name);
    return *ret_known ? NULL : target_document_value(s->t, s->document, name);
}

static json_t *find(void *user, const char *text, size_t length)
{
    const struct scope *s = user;
    struct muster_ctx *t = s->t;
    bool known = false;
    char name[128];
    snprintf(name, sizeof name, "%.*s", (int)length, text);
    json_t *value =
        strncmp(name, "result.", 7) == 0 ? json_object_get(s->result, name + 7) : find_named(s, name, &known);
    if (value || known)
        return value;
    if (target_document_part(s->document, "values", name))
        ERROR("the target %s needs the value %s: give --set %s=... or use the fixture that has it", s->document->name,
              name, name);
    ERROR("in the target %s, nothing sets ${%s}", s->document->name, name);
}

struct template_names target_scope_names(const struct scope *scope)
{
    return (struct template_names){find, (void *)(uintptr_t)scope};
}

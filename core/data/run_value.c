/* SPDX-License-Identifier: Apache-2.0 */
/* Values at run time. */
#include "base/buf.h"
#include "base/cleanup.h"
#include "data/pointer.h"
#include "data/run.h"
#include "data/type.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

void run_set(struct run *r, uint32_t slot, json_t *value)
{
    pthread_mutex_lock(&r->lock);
    json_t *old = r->values[slot];
    r->values[slot] = value;
    pthread_mutex_unlock(&r->lock);
    json_decref(old);
}

static json_t *get(struct run *r, uint32_t slot)
{
    pthread_mutex_lock(&r->lock);
    json_t *value = json_incref(r->values[slot]);
    pthread_mutex_unlock(&r->lock);
    return value;
}

/* A random one, version 4. */
static json_t *new_uuid(void)
{
    unsigned char b[16] = {0};
    char text[37];
    for (size_t have = 0; have < sizeof b;) {
        ssize_t n = getrandom(b + have, sizeof b - have, 0);
        have += n > 0 ? (size_t)n : 0;
    }
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    snprintf(text, sizeof text, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
    return json_string(text);
}

static json_t *runner_value(struct run *r, const char *name)
{
    const struct muster_attempt_info *info = r->attempt ? r->attempt->info(r->ctx) : NULL;
    if (strcmp(name, "uuid") == 0)
        return new_uuid();
    if (!info)
        return NULL;
    if (strcmp(name, "slot") == 0)
        return json_integer(info->slot);
    if (strcmp(name, "attempt") == 0)
        return json_integer(info->attempt);
    if (strcmp(name, "run_id") == 0)
        return json_string(info->run_id);
    if (strcmp(name, "tmpdir") == 0)
        return json_string(info->temp_dir);
    if (strcmp(name, "case") == 0)
        return json_string(info->case_id);
    autofree char *seed = xasprintf("%llu", (unsigned long long)info->seed);
    return type_value(seed, MUSTER_TYPE_U64);
}

static json_t *param_value(struct run *r, const char *name)
{
    for (const struct muster_param *const *p = r->program->params; p && *p; p++) {
        if (strcmp((*p)->name, name) != 0)
            continue;
        const char *text = r->params ? r->params->value(r->ctx, name) : NULL;
        text = text ? text : (*p)->fallback;
        return text ? type_value(text, (*p)->type) : NULL;
    }
    return NULL;
}

static json_t *text_or_none(const char *text)
{
    return text ? json_string(text) : NULL;
}

/* What the reference names, before its pointer. */
static json_t *look_up(struct run *r, const struct reference *ref)
{
    switch (ref->source) {
    case FROM_VARIABLE:
        return get(r, ref->slot);
    case FROM_PARAM:
        return param_value(r, ref->name);
    case FROM_ENV:
        return text_or_none(getenv(ref->name));
    case FROM_TARGET:
        return text_or_none(r->target ? r->target->value(r->ctx, ref->name) : NULL);
    case FROM_FIXTURE:
        return text_or_none(r->fixtures ? r->fixtures->value(r->ctx, ref->fixture, ref->name) : NULL);
    case FROM_FOLDER:
        return text_or_none(ref->name);
    default:
        return runner_value(r, ref->name);
    }
}

static char *explain_missing(const struct reference *ref)
{
    switch (ref->source) {
    case FROM_ENV:
        return xasprintf("%s: the environment has no %s: give --pass-env %s to the run, or write ${env.%s:-default}",
                         ref->written, ref->name, ref->name, ref->name);
    case FROM_TARGET:
        return xasprintf("%s: the run was given no value for it: --set %s=...", ref->written, ref->name);
    case FROM_FIXTURE:
        return xasprintf("%s: the fixture %s has published no %s", ref->written, ref->fixture, ref->name);
    default:
        return xasprintf("%s: it has no value", ref->written);
    }
}

enum expanded run_reference(struct run *r, const struct reference *ref, json_t **ret_value, char **ret_why)
{
    json_t *whole = look_up(r, ref);
    json_t *part = whole ? json_incref(pointer_get(whole, ref->pointer)) : NULL;
    if (!part && ref->fallback)
        part = json_string(ref->fallback);
    if (!part && whole) {
        autofree char *missing = pointer_missing(whole, ref->pointer);
        *ret_why = xasprintf("%s: %s", ref->written, missing);
    } else if (!part) {
        *ret_why = explain_missing(ref);
    }
    json_decref(whole);
    if (!part)
        return whole ? EXPANDED_BAD : EXPANDED_UNSET;
    *ret_value = part;
    return EXPANDED;
}

static enum expanded expand_text(struct run *r, const struct value *v, json_t **ret_value, char **ret_why)
{
    autobuf struct buf text = {0};
    for (uint32_t i = 0; i < v->n; i++) {
        if (v->pieces[i].text) {
            buf_adds(&text, v->pieces[i].text);
            continue;
        }
        json_t *value;
        enum expanded e = run_reference(r, v->pieces[i].reference, &value, ret_why);
        if (e != EXPANDED)
            return e;
        autofree char *piece = json_dumped(value, true);
        buf_adds(&text, piece);
        json_decref(value);
    }
    json_t *json = json_string(buf_str(&text));
    if (!json) {
        *ret_why = xstrdup("the text is not UTF-8");
        return EXPANDED_BAD;
    }
    *ret_value = json;
    return EXPANDED;
}

static enum expanded expand_items(struct run *r, const struct value *v, json_t **ret_value, char **ret_why)
{
    json_t *json = v->kind == VALUE_LIST ? json_array() : json_object();
    for (uint32_t i = 0; i < v->n; i++) {
        json_t *item;
        enum expanded e = run_expand(r, v->items[i], &item, ret_why);
        if (e != EXPANDED) {
            json_decref(json);
            return e;
        }
        if (v->kind == VALUE_LIST)
            json_array_append_new(json, item);
        else
            json_object_set_new(json, v->keys[i], item);
    }
    *ret_value = json;
    return EXPANDED;
}

enum expanded run_expand(struct run *r, const struct value *v, json_t **ret_value, char **ret_why)
{
    switch (v->kind) {
    case VALUE_LITERAL:
        *ret_value = json_incref(v->literal);
        return EXPANDED;
    case VALUE_REFERENCE:
        return run_reference(r, v->reference, ret_value, ret_why);
    case VALUE_TEXT:
        return expand_text(r, v, ret_value, ret_why);
    default:
        return expand_items(r, v, ret_value, ret_why);
    }
}

enum expanded run_text(struct run *r, const struct value *v, uint32_t type, char **ret_text, char **ret_why)
{
    json_t *value;
    enum expanded e = run_expand(r, v, &value, ret_why);
    if (e != EXPANDED)
        return e;
    char *text = type_text(value, type, v->kind != VALUE_LITERAL);
    if (!text) {
        autofree char *shown = json_dumped(value, false);
        enum { SHOWN = 200 };
        *ret_why = xasprintf("%s is %.*s: %s is wanted", v->reference ? v->reference->written : "it", SHOWN, shown,
                             type_describe(type));
    }
    json_decref(value);
    if (!text)
        return EXPANDED_BAD;
    *ret_text = text;
    return EXPANDED;
}

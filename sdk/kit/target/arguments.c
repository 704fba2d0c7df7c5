/* SPDX-License-Identifier: Apache-2.0 */
/* What an author gives to an operation or a login, against what it takes. */
#include "arguments.h"

#include "words.h"

#include <muster/kit/data.h>

#include <exact.h>
#include <stdlib.h>

json_t *target_arguments_value(const struct m_arg *a)
{
    char text[32];
    switch (a->kind) {
    case M_ARG_TEXT_:
        return json_string(a->is.text);
    case M_ARG_INTEGER_:
        return json_integer(a->is.integer);
    case M_ARG_NATURAL_:
        snprintf(text, sizeof text, "%" PRIu64, a->is.natural);
        return exact_number(text);
    case M_ARG_NUMBER_:
        return json_real(a->is.number);
    case M_ARG_BOOL_:
        return json_boolean(a->is.integer);
    case M_ARG_JSON_:
        return json_deep_copy((const json_t *)a->is.json);
    default:
        return NULL;
    }
}

static int is_end(const struct m_arg *a)
{
    return !a->name && a->kind == M_ARG_NONE_;
}

/* Adds one to what was given. */
static void collect_one(struct muster_ctx *t, const char *what, const struct m_arg *a, json_t *given)
{
    json_t *value = target_arguments_value(a);
    if (!value && a->kind != M_ARG_NONE_ && a->kind != M_ARG_FIRST_ && a->kind != M_ARG_JSON_)
        ERROR("%s: the argument %s is neither a text of UTF-8 nor a number", what, a->name);
    if (!value)
        return;
    if (!a->name && !json_is_object(value))
        ERROR("%s: ARGS() takes a JSON object", what);
    if (a->name)
        json_object_set(given, a->name, value);
    else
        json_object_update(given, value);
    json_decref(value);
}

static json_t *collect(struct muster_ctx *t, const char *what, const struct m_arg *args)
{
    json_t *given = json_object();
    for (; !is_end(args); args++)
        collect_one(t, what, args, given);
    return given;
}

/* "subdomain, plan", of what is taken. */
static const char *taken_names(struct muster_ctx *t, const json_t *takes)
{
    const char *name, *all = "";
    json_t *one;
    json_object_foreach((json_t *)(uintptr_t)takes, name, one)
    {
        all = m_fmt(t, "%s%s%s", all, *all ? ", " : "", name);
    }
    return *all ? all : "nothing";
}

static void refuse_unknown(struct muster_ctx *t, const char *what, const json_t *takes, json_t *given)
{
    const char *name;
    json_t *value;
    json_object_foreach(given, name, value)
    {
        if (json_object_get(takes, name))
            continue;
        const char *nearest = target_document_nearest(takes, name);
        /* Of an operation; a login is nothing that a scenario can need. */
        const char *skips = nearest || strchr(what, ' ') ? ""
                                                         : m_fmt(t,
                                                                 "; .needs = OPERATIONS(\"%s(%s)\") skips on a target "
                                                                 "that lacks it",
                                                                 what, name);
        ERROR("%s takes no %s%s%s: it takes %s%s", what, name, nearest ? ", but " : "", nearest ? nearest : "",
              taken_names(t, takes), skips);
    }
}

static json_t *in_their_words(const struct document *d, const json_t *spec, json_t *value)
{
    const char *words = json_string_value(json_object_get(spec, "words"));
    return words ? target_words_theirs(target_document_part(d, "words", words), value) : json_incref(value);
}

static const char *shown(struct muster_ctx *t, const json_t *spec, const json_t *value)
{
    char *text = json_is_true(json_object_get(spec, "secret")) ? NULL : exact_dumps(value, false);
    const char *kept = text ? m_fmt(t, "%.80s", text) : "***";
    free(text);
    return kept;
}

/* What was given, or the default, which may be made of the target's values: a new value; NULL: neither. */
static json_t *value_of(struct muster_ctx *t, const struct document *d, const char *name, const json_t *spec,
                        json_t *given)
{
    struct scope scope = {.t = t, .document = d};
    json_t *value = json_object_get(given, name), *fallback = json_object_get(spec, "default");
    return value ? json_incref(value) : fallback ? target_template_json(fallback, target_scope_names(&scope)) : NULL;
}

static void take_one(struct muster_ctx *t, const struct document *d, const char *what, const char *name,
                     const json_t *spec, json_t *given, json_t *taken)
{
    json_t *value = value_of(t, d, name, spec, given);
    const char *type = json_string_value(json_object_get(spec, "type"));
    if (!value && !json_is_true(json_object_get(spec, "optional")))
        ERROR("%s needs the argument %s", what, name);
    if (!value)
        return;
    json_t *typed = target_words_as_argument(type ? type : "str", value);
    if (!typed)
        ERROR("%s takes %s as %s, and was given %s", what, name, type ? type : "str", shown(t, spec, value));
    json_decref(value);
    if (json_is_true(json_object_get(spec, "secret")))
        target_secret_hide_value(t, typed);
    json_object_set_new(taken, name, in_their_words(d, spec, typed));
    json_decref(typed);
}

json_t *target_arguments_take_json(struct muster_ctx *t, const struct document *d, const char *what,
                                   const json_t *takes, json_t *given)
{
    json_t *taken = json_object(), *spec;
    const char *name;
    refuse_unknown(t, what, takes, given);
    json_object_foreach((json_t *)(uintptr_t)takes, name, spec)
    {
        take_one(t, d, what, name, spec, given, taken);
    }
    json_decref(given);
    return taken;
}

json_t *target_arguments_take(struct muster_ctx *t, const struct document *d, const char *what, const json_t *takes,
                              const struct m_arg *args)
{
    return target_arguments_take_json(t, d, what, takes, collect(t, what, args));
}

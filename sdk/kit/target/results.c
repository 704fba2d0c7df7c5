/* SPDX-License-Identifier: Apache-2.0 */
/* Results: what a target file says of an answer, made into one object. */
#include "results.h"

#include "pointer.h"
#include "stream.h"
#include "words.h"

#include <exact.h>
#include <stdlib.h>

static const char *text_in(const json_t *spec, const char *key)
{
    return json_string_value(json_object_get(spec, key));
}

static json_t *fail(struct reading *r, const char *name, const json_t *spec, const char *why, const char *what)
{
    const char *at = text_in(spec, "at");
    if (!r->lenient)
        snprintf(r->fault, sizeof r->fault, "%s %.120s, which is the result \"%s\"%s%s", why, what, name,
                 at ? " of " : "", at ? at : "");
    return NULL;
}

static json_t *fail_value(struct reading *r, const char *name, const json_t *spec, const char *why, const json_t *value)
{
    char *text = exact_dumps(value, true);
    fail(r, name, spec, why, text ? text : "?");
    free(text);
    return NULL;
}

static json_t *read_list(struct reading *r, const char *name, const json_t *spec, json_t *list)
{
    json_t *made = json_array(), *body = r->body;
    if (!json_is_array(list)) {
        json_decref(made);
        return fail_value(r, name, spec, "there is no list, but", list);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        r->body = json_array_get(list, i);
        json_t *one = target_results_read(r, json_object_get(spec, "result"));
        if (!one) {
            json_decref(made);
            r->body = body;
            return NULL;
        }
        json_array_append_new(made, one);
    }
    r->body = body;
    return made;
}

static json_t *header_of(const struct m_http_reply *reply, const char *name)
{
    const char *value = m_http_value(reply, name);
    return value ? json_string(value) : NULL;
}

/* The whole body as a text; NULL: it is none, or its last frame was cut off. */
static json_t *body_of(const struct m_http_reply *reply, const char *decode)
{
    const unsigned char *bytes = (const unsigned char *)reply->body;
    size_t n = (size_t)reply->body_len;
    if (!decode || !container_stream_is_framed(bytes, n))
        return json_stringn(reply->body, n);
    if (!container_stream_is_whole(bytes, n))
        return NULL;
    char *text = malloc(n + 1);
    json_t *made = text ? json_stringn(text, container_stream_take(bytes, n, 0, text)) : NULL;
    free(text);
    return made;
}

static json_t *count_of(json_t *body, const char *pointer)
{
    json_t *list = m_pointer_find_(body, pointer);
    return json_is_array(list) ? json_integer((json_int_t)json_array_size(list)) : NULL;
}

/* What stands there, before words and type: a new value; NULL: nothing. */
static json_t *raw_value(struct reading *r, const json_t *spec)
{
    const char *pointer = text_in(spec, "pointer"), *header = text_in(spec, "header"), *count = text_in(spec, "count");
    if (!pointer)
        pointer = text_in(spec, "each");
    if (count)
        return r->body ? count_of(r->body, count) : NULL;
    if (pointer)
        return r->body ? json_incref(m_pointer_find_(r->body, pointer)) : NULL;
    if (header)
        return header_of(r->reply, header);
    if (json_is_true(json_object_get(spec, "body")))
        return body_of(r->reply, text_in(spec, "decode"));
    if (json_is_true(json_object_get(spec, "status")))
        return json_integer(r->reply->status);
    return target_template_json(json_object_get(spec, "value"), target_scope_names(r->scope));
}

static json_t *missing(struct reading *r, const char *name, const json_t *spec)
{
    const char *pointer = text_in(spec, "pointer"), *header = text_in(spec, "header"),
               *decode = text_in(spec, "decode");
    int optional = json_is_true(json_object_get(spec, "optional"));
    pointer = pointer ? pointer : text_in(spec, "each");
    if (!pointer && text_in(spec, "count"))
        return fail(r, name, spec, r->body ? "there is no list at" : "the answer is no JSON, so there is no",
                    text_in(spec, "count"));
    /* Nothing at all may lack what is optional; a page of a proxy's, say, is another thing. */
    if (pointer && !r->body && (!optional || r->reply->body_len))
        return fail(r, name, spec, "the answer is no JSON, so there is no", pointer);
    if (optional)
        return NULL;
    if (decode)
        return fail(r, name, spec, "the answer was cut off, or is no text, which is no whole", decode);
    return fail(r, name, spec, header ? "the answer has no header" : "the answer has nothing at",
                pointer  ? pointer
                : header ? header
                         : "");
}

/* Takes `value`. */
static json_t *in_our_words(const struct reading *r, const json_t *spec, json_t *value)
{
    const char *words = text_in(spec, "words");
    if (!words)
        return value;
    json_t *ours = json_incref(target_words_ours(target_document_part(r->scope->document, "words", words), value));
    if (!ours)
        return value;
    json_decref(value);
    return ours;
}

static json_t *typed(struct reading *r, const char *name, const json_t *spec, json_t *value)
{
    const char *type = text_in(spec, "type");
    if (!type)
        return value;
    json_t *as = target_words_as(type, value);
    if (!as)
        fail_value(r, name, spec, "the answer has another type than the target file says:", value);
    json_decref(value);
    return as;
}

json_t *target_results_read_one(struct reading *r, const char *name, const json_t *spec)
{
    json_t *value = raw_value(r, spec);
    int optional = r->lenient || json_is_true(json_object_get(spec, "optional"));
    r->fault[0] = '\0';
    if (json_is_null(value) && optional) {
        json_decref(value);
        return NULL;
    }
    if (!value)
        return missing(r, name, spec);
    if (text_in(spec, "each")) {
        json_t *list = read_list(r, name, spec, value);
        json_decref(value);
        return list;
    }
    value = in_our_words(r, spec, value);
    value = typed(r, name, spec, value);
    if (value && json_is_true(json_object_get(spec, "secret")))
        target_secret_hide_value(r->scope->t, value);
    return value;
}

json_t *target_results_read(struct reading *r, const json_t *specs)
{
    json_t *made = json_object(), *spec;
    const char *name;
    r->fault[0] = '\0';
    json_object_foreach((json_t *)(uintptr_t)specs, name, spec)
    {
        json_t *value = target_results_read_one(r, name, spec);
        if (value)
            json_object_set_new(made, name, value);
        if (r->fault[0]) {
            json_decref(made);
            return NULL;
        }
    }
    return made;
}

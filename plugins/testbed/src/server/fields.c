/* SPDX-License-Identifier: Apache-2.0 */
/* Validation of request bodies. */
#include "server/fields.h"

#include <ctype.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void fields_begin(struct fields *f, struct request *r)
{
    *f = (struct fields){.r = r, .in = r->json, .errors = json_object(), .known = json_object()};
}

void field_error(struct fields *f, const char *name, const char *format, ...)
{
    char text[256], key[200];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    snprintf(key, sizeof key, "%s%s", f->prefix, name);
    json_object_set_new(f->errors, key, json_string(text));
}

/* The value, or NULL when it is absent or null (noted as wrong when required). */
static json_t *take(struct fields *f, const char *name, bool required)
{
    json_t *value = json_object_get(f->in, name);

    json_object_set_new(f->known, name, json_true());
    if (value && !json_is_null(value))
        return value;
    if (required)
        field_error(f, name, "is required");
    return NULL;
}

static void refuse_unknown(struct fields *f)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)f->in, name, value)
    {
        if (!json_object_get(f->known, name))
            field_error(f, name, "unknown field");
    }
}

bool fields_end(struct fields *f)
{
    refuse_unknown(f);
    size_t wrong = json_object_size(f->errors);
    json_decref(f->known);
    if (wrong == 0 || f->lenient) {
        json_decref(f->errors);
        return true;
    }
    reply_error(f->r, 422, "validation_failed", "%zu field%s invalid", wrong, wrong == 1 ? " is" : "s are");
    json_object_set_new(json_object_get(f->r->reply, "error"), "fields", f->errors);
    return false;
}

bool field_given(const struct fields *f, const char *name)
{
    const json_t *value = json_object_get(f->in, name);

    return value && !json_is_null(value);
}

static const char *take_text(struct fields *f, const char *name, bool required)
{
    const json_t *value = take(f, name, required);

    if (value && !json_is_string(value))
        field_error(f, name, "must be a string");
    return json_string_value(value);
}

const char *field_text(struct fields *f, const char *name, bool required, size_t min, size_t max)
{
    const char *text = take_text(f, name, required);

    if (text && (strlen(text) < min || strlen(text) > max))
        field_error(f, name, "must have %zu to %zu characters", min, max);
    return text;
}

const char *field_match(struct fields *f, const char *name, bool required, const char *pattern)
{
    const char *text = take_text(f, name, required);
    char anchored[128];
    regex_t re;

    if (!text)
        return NULL;
    snprintf(anchored, sizeof anchored, "^%s$", pattern);
    if (regcomp(&re, anchored, REG_EXTENDED | REG_NOSUB) != 0)
        return NULL;
    if (regexec(&re, text, 0, NULL, 0) != 0)
        field_error(f, name, "must match %s", pattern);
    regfree(&re);
    return text;
}

bool is_choice(const char *text, const char *choices)
{
    size_t len = strlen(text);
    for (const char *p = choices; p; p = strchr(p, ',') ? strchr(p, ',') + 2 : NULL)
        if (len > 0 && strncmp(p, text, len) == 0 && (p[len] == ',' || p[len] == '\0'))
            return true;
    return false;
}

const char *field_choice(struct fields *f, const char *name, bool required, const char *choices)
{
    const char *text = take_text(f, name, required);

    if (text && !is_choice(text, choices))
        field_error(f, name, "must be one of %s", choices);
    return text;
}

const char *field_password(struct fields *f, const char *name, bool required)
{
    bool weak = defect(f->r->tb, D_WEAK_PASSWORD_ACCEPTED);
    const char *text = field_text(f, name, required, weak ? 1 : 10, 128);
    bool letter = weak, digit = weak, told = defect(f->r->tb, D_PASSWORD_TOLD_BACK);

    for (const char *p = text ? text : ""; *p; p++) {
        letter |= isalpha((unsigned char)*p) != 0;
        digit |= isdigit((unsigned char)*p) != 0;
    }
    if (text && strlen(text) >= 10 && (!letter || !digit))
        field_error(f, name, "must have a letter and a digit%s%s", told ? ", and is " : "", told ? text : "");
    return text;
}

const char *field_email(struct fields *f, const char *name, bool required)
{
    const char *text = field_text(f, name, required, 3, 200);
    const char *at = text ? strchr(text, '@') : NULL;

    if (text && (!at || at == text || at[1] == '\0' || strchr(at + 1, '@') || strpbrk(text, " \t\r\n<>,;:\"()[]")))
        field_error(f, name, "must be an e-mail address");
    return text;
}

int64_t field_number(struct fields *f, const char *name, bool required, int64_t lowest, int64_t highest,
                     int64_t missing)
{
    const json_t *value = take(f, name, required);

    if (!value)
        return missing;
    int64_t n = json_integer_value(value);
    if (json_is_integer(value) && n >= lowest && n <= highest)
        return n;
    field_error(f, name, "must be a whole number from %lld to %lld", (long long)lowest, (long long)highest);
    return missing;
}

bool field_bool(struct fields *f, const char *name, bool missing)
{
    const json_t *value = take(f, name, false);

    if (value && !json_is_boolean(value))
        field_error(f, name, "must be true or false");
    return value ? json_is_true(value) : missing;
}

json_t *field_object(struct fields *f, const char *name, bool required)
{
    json_t *value = take(f, name, required);

    if (value && !json_is_object(value)) {
        field_error(f, name, "must be an object");
        return NULL;
    }
    return value;
}

json_t *field_any(struct fields *f, const char *name, bool required)
{
    json_t *value = json_object_get(f->in, name);

    json_object_set_new(f->known, name, json_true());
    if (!value && required)
        field_error(f, name, "is required");
    return value;
}

bool fields_enter(struct fields *f, const char *name, bool required, struct fields_outer *ret_outer)
{
    const json_t *inner = field_object(f, name, required);

    if (!inner)
        return false;
    *ret_outer = (struct fields_outer){.in = f->in, .known = f->known};
    memcpy(ret_outer->prefix, f->prefix, sizeof f->prefix);
    f->in = inner;
    f->known = json_object();
    snprintf(f->prefix, sizeof f->prefix, "%.63s%.62s.", ret_outer->prefix, name);
    return true;
}

void fields_leave(struct fields *f, struct fields_outer *outer)
{
    if (!defect(f->r->tb, D_PARTS_UNCHECKED))
        refuse_unknown(f);
    json_decref(f->known);
    f->in = outer->in;
    f->known = outer->known;
    memcpy(f->prefix, outer->prefix, sizeof f->prefix);
}

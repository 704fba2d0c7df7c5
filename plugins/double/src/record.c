/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BODY_MOST (64 * 1024)
#define STARS     "***"

static bool is_secret_name(const char *name)
{
    static const char *const parts[] = {"authorization", "cookie",      "token",      "secret",    "password",
                                        "passwd",        "api-key",     "api_key",    "apikey",    "signature",
                                        "private-key",   "private_key", "privatekey", "credential"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcasestr(name, parts[i]))
            return true;
    return false;
}

/* To be freed. */
static char *without(const char *text, const char *secret)
{
    char *result = NULL;
    size_t size = 0, length = strlen(secret);
    FILE *to = needed(open_memstream(&result, &size));
    for (const char *found; length >= 4 && (found = strstr(text, secret)); text = found + length)
        fprintf(to, "%.*s" STARS, (int)(found - text), text);
    fputs(text, to);
    if (fclose(to) != 0)
        needed(NULL);
    return needed(result);
}

static json_t *hide_in_text(const struct script *s, const char *text)
{
    char *clean = needed(strdup(text));
    for (size_t i = 0; s->secrets[i]; i++) {
        char *next = without(clean, json_string_value(json_object_get(s->values, s->secrets[i])));
        free(clean);
        clean = next;
    }
    json_t *hidden = needed(json_string(clean));
    free(clean);
    return hidden;
}

/* A copy. */
static json_t *hide(const struct script *s, json_t *value)
{
    const char *key;
    json_t *item, *copy;
    size_t i;
    if (json_is_string(value))
        return hide_in_text(s, json_string_value(value));
    if (json_is_object(value)) {
        copy = needed(json_object());
        json_object_foreach(value, key, item)
            json_object_set_new(copy, key, is_secret_name(key) ? json_string(STARS) : hide(s, item));
        return copy;
    }
    if (json_is_array(value)) {
        copy = needed(json_array());
        json_array_foreach(value, i, item) json_array_append_new(copy, hide(s, item));
        return copy;
    }
    return json_incref(value);
}

static bool is_form(const struct asked *a)
{
    const char *type = asked_header(a, "Content-Type");
    return type && strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0;
}

/* name=value&name=value, with the secret ones' values as stars. */
static json_t *form_record(const struct script *s, const char *body)
{
    char *copy = needed(strdup(body)), *rest = copy, *pair, *text = NULL;
    size_t size = 0;
    FILE *to = needed(open_memstream(&text, &size));
    while ((pair = strsep(&rest, "&"))) {
        char *equals = strchr(pair, '=');
        if (equals)
            *equals = '\0';
        fprintf(to, "%s%s%s%s", pair, equals ? "=" : "",
                !equals                ? ""
                : is_secret_name(pair) ? STARS
                                       : equals + 1,
                rest ? "&" : "");
    }
    if (fclose(to) != 0)
        needed(NULL);
    json_t *record = hide_in_text(s, text);
    free(text);
    free(copy);
    return record;
}

static json_t *body_record(const struct script *s, const struct asked *a)
{
    if (!a->body || a->length > BODY_MOST)
        return json_null();
    if (a->json)
        return hide(s, a->json);
    json_t *text = json_stringn(a->body, a->length); /* NULL: not UTF-8 */
    if (!text || strlen(a->body) != a->length) {
        json_decref(text);
        return json_null();
    }
    json_decref(text);
    return is_form(a) ? form_record(s, a->body) : hide_in_text(s, a->body);
}

static json_t *now(void)
{
    char day[40], text[64];
    struct timespec at;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME, &at);
    gmtime_r(&at.tv_sec, &parts);
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(text, sizeof text, "%s.%03ldZ", day, at.tv_nsec / 1000000);
    return needed(json_string(text));
}

static json_t *path_record(const struct script *s, const char *path)
{
    json_t *text = json_string(path);
    if (!text)
        return needed(json_string("(not UTF-8)"));
    json_decref(text);
    return hide_in_text(s, path);
}

json_t *record_make(const struct script *s, const struct asked *a, json_int_t number, const char *rule, unsigned status)
{
    json_t *r = needed(json_object());
    json_object_set_new(r, "n", json_integer(number));
    json_object_set_new(r, "at", now());
    json_object_set_new(r, "method", needed(json_string(a->method)));
    json_object_set_new(r, "path", path_record(s, a->path));
    json_object_set_new(r, "query", hide(s, a->query));
    json_object_set_new(r, "headers", hide(s, a->headers));
    json_object_set_new(r, "body", body_record(s, a));
    json_object_set_new(r, "body_bytes", json_integer((json_int_t)a->length));
    json_object_set_new(r, "status", json_integer(status));
    json_object_set_new(r, "rule", rule ? json_string(rule) : json_null());
    json_object_set_new(r, "expected", json_boolean(rule != NULL));
    return r;
}

void record_write(int fd, const json_t *record)
{
    char *text = needed(json_dumps(record, JSON_COMPACT)), *line;
    int n = asprintf(&line, "%s\n", text);
    if (n < 0)
        needed(NULL);
    for (const char *p = line; n > 0;) {
        ssize_t wrote = write(fd, p, (size_t)n);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) {
            fprintf(stderr, "muster-double: the record of requests: %s\n", strerror(errno));
            break;
        }
        p += wrote;
        n -= (int)wrote;
    }
    free(line);
    free(text);
}

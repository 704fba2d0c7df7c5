/* SPDX-License-Identifier: Apache-2.0 */
#include "control.h"

#include "house.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Takes the body. */
static void reply(struct outcome *o, unsigned status, json_t *body)
{
    o->status = status;
    if (!body)
        return;
    free(o->body);
    o->body = needed(json_dumps(body, JSON_COMPACT));
    o->length = strlen(o->body);
    json_decref(body);
}

static void reply_error(struct outcome *o, unsigned status, const char *text)
{
    json_t *words = json_string(text);
    reply(o, status, needed(json_pack("{s:o}", "error", words ? words : json_string("?"))));
}

static void reply_outcome(struct outcome *o, int e)
{
    if (e == 0)
        o->status = 204;
    else
        reply_error(o, e == -ENOENT ? 404 : e == -EEXIST ? 409 : 500, strerror(-e));
}

static void reply_url(struct outcome *o, int e, char *url)
{
    if (e == 0)
        reply(o, 200, needed(json_pack("{s:s}", "url", url)));
    else
        reply_outcome(o, e);
    if (e == 0)
        free(url);
}

struct call {
    struct house *house;
    const struct asked *asked;
    const char *name;
    struct outcome *o;
};

static const char *query(const struct call *c, const char *name)
{
    const char *value = json_string_value(json_object_get(c->asked->query, name));
    return value ? value : "";
}

static bool is_file_name(const char *name)
{
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name) && strlen(name) <= 64;
}

static void add_double(const struct call *c)
{
    char *url = NULL;
    if (!is_file_name(c->name)) {
        reply_error(c->o, 422, "a name has up to 64 of a-z, 0-9 and -");
        return;
    }
    int e = house_add(c->house, c->name, 0, &url);
    reply_url(c->o, e, url);
}

static void get_double(const struct call *c)
{
    char *url = NULL;
    int e = house_url(c->house, c->name, &url);
    reply_url(c->o, e, url);
}

static void remove_double(const struct call *c)
{
    if (strcmp(c->name, SHARED) == 0)
        reply_error(c->o, 409, "the shared one stays");
    else
        reply_outcome(c->o, house_remove(c->house, c->name));
}

static void reset_double(const struct call *c)
{
    reply_outcome(c->o, house_reset(c->house, c->name));
}

static void get_requests(const struct call *c)
{
    json_t *requests = NULL;
    int e = house_requests(c->house, c->name, strtoll(query(c, "after"), NULL, 10), &requests);
    if (e == 0)
        reply(c->o, 200, requests);
    else
        reply_outcome(c->o, e);
}

static void add_rule(const struct call *c)
{
    char *mistakes = NULL;
    const char *text = c->asked->body ? c->asked->body : "";
    int e = house_add_rule(c->house, c->name, query(c, "session"), text, strlen(text), &mistakes);
    if (e == -EINVAL)
        reply_error(c->o, 422, mistakes);
    else
        reply_outcome(c->o, e);
    free(mistakes);
}

static void end_session(const struct call *c)
{
    reply_outcome(c->o, house_end_session(c->house, c->name, query(c, "session")));
}

static void get_value(const struct call *c)
{
    json_t *value = json_object_get(house_script(c->house)->values, c->name);
    if (value)
        reply(c->o, 200, needed(json_pack("{s:O}", "secret", value)));
    else
        reply_outcome(c->o, -ENOENT);
}

static const struct {
    const char *method, *path;
    void (*fn)(const struct call *c);
} calls[] = {
    {"PUT", "/doubles/{name}", add_double},
    {"GET", "/doubles/{name}", get_double},
    {"DELETE", "/doubles/{name}", remove_double},
    {"POST", "/doubles/{name}/reset", reset_double},
    {"GET", "/doubles/{name}/requests", get_requests},
    {"POST", "/doubles/{name}/rules", add_rule},
    {"DELETE", "/doubles/{name}/rules", end_session},
    {"GET", "/values/{name}", get_value},
};

void control_play(void *house, const struct asked *asked, struct outcome *ret_outcome)
{
    *ret_outcome =
        (struct outcome){.status = 404, .body = needed(strdup("")), .cut = -1, .content_length = LENGTH_RIGHT};
    struct pool *pool = pool_new();
    json_t *names = needed(json_object());
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        const struct pattern p = pattern_parse(pool, calls[i].path);
        if (strcmp(calls[i].method, asked->method) != 0 || !pattern_matches(&p, asked->path, names))
            continue;
        const char *name = json_string_value(json_object_get(names, "name"));
        const struct call c = {house, asked, name ? name : "", ret_outcome};
        calls[i].fn(&c);
        break;
    }
    json_decref(names);
    pool_free(pool);
}

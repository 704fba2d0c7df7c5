/* SPDX-License-Identifier: Apache-2.0 */
/* Requests, and the shapes that all answers share. */
#include "server/request.h"

#include "common/number.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    enum role role;
} roles[] = {
    {"platform_admin", PA}, {"platform_operator", PO}, {"platform_auditor", PU},
    {"tenant_admin", TA},   {"tenant_member", TM},     {"tenant_viewer", TV},
};

enum role role_parse(const char *name)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(roles[i].name, name) == 0)
            return roles[i].role;
    return ROLE_NONE;
}

struct request *request_new(struct testbed *tb)
{
    struct request *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    r->tb = tb;
    r->number = ++tb->request_count;
    r->args = json_object();
    return r;
}

void request_free(struct request *r)
{
    if (!r)
        return;
    free(r->body);
    json_decref(r->args);
    json_decref(r->json);
    json_decref(r->reply);
    free(r->text);
    free(r);
}

void reply(struct request *r, int status, json_t *body)
{
    if (r->status != 0) {
        json_decref(body);
        return;
    }
    if (!body && status != 204) {
        reply_error(r, 500, "internal", "the answer could not be made");
        return;
    }
    r->status = status;
    r->reply = body;
}

void reply_text(struct request *r, int status, const char *type, char *text)
{
    if (r->status != 0 || !text) {
        free(text);
        reply(r, status, NULL);
        return;
    }
    r->status = status;
    r->text = text;
    r->text_type = type;
}

void reply_header(struct request *r, const char *name, const char *format, ...)
{
    size_t used = strlen(r->reply_headers);
    size_t room = sizeof r->reply_headers - used;
    char value[1280];
    va_list args;

    va_start(args, format);
    vsnprintf(value, sizeof value, format, args);
    va_end(args);
    if (snprintf(r->reply_headers + used, room, "%s: %s\n", name, value) >= (int)room)
        r->reply_headers[used] = '\0'; /* half a header is worse than none */
}

void reply_error(struct request *r, int status, const char *code, const char *format, ...)
{
    char message[512], id[32];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    snprintf(id, sizeof id, "r-%llu", (unsigned long long)r->number);
    json_t *text = json_string(message);
    if (!text)
        text = json_string("the request holds text that is not UTF-8");
    reply(r, status, json_pack("{s:{s:s, s:o, s:s}}", "error", "code", code, "message", text, "request_id", id));
    if (status == 401)
        reply_header(r, "WWW-Authenticate", "Bearer realm=\"muster-testbed\"");
}

void reply_instead(struct request *r, int status, const char *code, const char *message)
{
    json_decref(r->reply);
    free(r->text);
    r->reply = NULL;
    r->text = NULL;
    r->status = 0;
    r->reply_headers[0] = '\0';
    reply_error(r, status, code, "%s", message);
}

void reply_error_details(struct request *r, json_t *details)
{
    json_object_set_new(json_object_get(r->reply, "error"), "details", details);
}

void reply_not_found(struct request *r)
{
    reply_error(r, 404, "not_found", "there is no such thing here");
}

void reply_versioned(struct request *r, int status, json_t *body)
{
    reply_header(r, "ETag", "\"%lld\"", (long long)json_integer_value(json_object_get(body, "version")));
    reply(r, status, body);
}

bool request_version_matches(struct request *r, int64_t current)
{
    const json_t *in_body = json_object_get(r->json, "version");
    char etag[32];

    if (defect(r->tb, D_LOST_UPDATE))
        return true;
    snprintf(etag, sizeof etag, "\"%lld\"", (long long)current);
    if (r->if_match[0] && strcmp(r->if_match, "*") != 0 && strcmp(r->if_match, etag) != 0) {
        reply_error(r, 412, "precondition_failed", "If-Match is %s, the resource has %s", r->if_match, etag);
        return false;
    }
    if (in_body && json_integer_value(in_body) != current) {
        reply_error(r, 409, "version_conflict", "the change was made against version %lld, the resource has %lld",
                    (long long)json_integer_value(in_body), (long long)current);
        return false;
    }
    return true;
}

bool request_cookie(const struct request *r, const char *name, char *ret_value, size_t size)
{
    size_t len = strlen(name);

    for (const char *p = r->cookies; *p; p += strspn(p, "; ")) {
        size_t n = strcspn(p, ";");
        if (n > len && n - len - 1 < size && strncmp(p, name, len) == 0 && p[len] == '=') {
            snprintf(ret_value, size, "%.*s", (int)(n - len - 1), p + len + 1);
            return true;
        }
        p += n;
    }
    return false;
}

const char *request_arg(const struct request *r, const char *name)
{
    return json_string_value(json_object_get(r->args, name));
}

bool request_arg_number(struct request *r, const char *name, int64_t lowest, int64_t highest, int64_t missing,
                        int64_t *ret_number)
{
    const char *text = request_arg(r, name);

    if (!text) {
        *ret_number = missing;
        return true;
    }
    if (number_parse(text, lowest, highest, ret_number))
        return true;
    char must[80];
    snprintf(must, sizeof must, "must be a whole number from %lld to %lld", (long long)lowest, (long long)highest);
    reply_error(r, 422, "validation_failed", "a query value is invalid");
    json_object_set_new(json_object_get(r->reply, "error"), "fields", json_pack("{s:s}", name, must));
    return false;
}

bool request_page(struct request *r, struct page *ret_page)
{
    return request_arg_number(r, "limit", 1, 1000, 100, &ret_page->limit) &&
           request_arg_number(r, "offset", 0, INT64_C(1) << 40, 0, &ret_page->offset);
}

void request_complete(struct request *r)
{
    r->completed = true;
    if (r->wsi)
        lws_callback_on_writable(r->wsi);
    else
        request_free(r);
}

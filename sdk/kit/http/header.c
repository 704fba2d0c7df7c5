/* SPDX-License-Identifier: Apache-2.0 */
/* Header fields of requests: what may be sent, the form in which libcurl takes it, and those of every request. */
#include "header.h"

#include "field.h"

#include <muster/kit/data.h>
#include <stdlib.h>
#include <strings.h>

void http_header_require(struct muster_ctx *t, const char *name, size_t name_length, const char *value)
{
    if (!field_is_token(name, name_length))
        ERROR("the header \"%.*s\": its name may have letters, digits and !#$%%&'*+-.^_`|~ only",
              (int)(name_length < 64 ? name_length : 64), name);
    const char *fault = field_fault(value);
    if (fault)
        ERROR("the header \"%.*s\": %s", (int)name_length, name, fault);
}

void http_header_require_line(struct muster_ctx *t, const char *line)
{
    const char *colon = strchr(line, ':');
    if (!colon)
        ERROR("the header \"%.64s\": there is no colon between its name and its value", line);
    http_header_require(t, line, (size_t)(colon - line), colon + 1);
}

static struct curl_slist *append(struct m_http *http, struct curl_slist *list, const char *line)
{
    struct muster_ctx *t = http->t;
    struct curl_slist *longer = line ? http->lib->slist_append(list, line) : NULL;
    if (!longer)
        ERROR("out of memory for a request's headers");
    return longer;
}

struct curl_slist *http_header_add(struct m_http *http, struct curl_slist *list, const char *name, size_t name_length,
                                   const char *value)
{
    char *line = NULL;
    /* To curl, "Name:" removes a header and "Name;" sends it with an empty value. */
    int n = asprintf(&line, *value ? "%.*s: %s" : "%.*s;%s", (int)name_length, name, value);
    list = append(http, list, n < 0 ? NULL : line);
    free(line);
    return list;
}

struct curl_slist *http_header_add_line(struct m_http *http, struct curl_slist *list, const char *line)
{
    const char *colon = strchr(line, ':');
    if (colon[1 + strspn(colon + 1, " \t")]) /* as it is written, with its blanks or without */
        return append(http, list, line);
    return http_header_add(http, list, line, (size_t)(colon - line), "");
}

int http_header_is(const char *line, const char *name)
{
    size_t n = strlen(name);
    return strncasecmp(line, name, n) == 0 && (line[n] == ':' || line[n] == ';');
}

int http_header_listed(const struct curl_slist *list, const char *line)
{
    size_t n = strcspn(line, ":;");
    for (; list; list = list->next)
        if (strcspn(list->data, ":;") == n && strncasecmp(list->data, line, n) == 0)
            return 1;
    return 0;
}

static void remove_header(struct m_http *http, const char *name)
{
    struct curl_slist **at = &http->headers;
    while (*at) {
        struct curl_slist *this = *at;
        if (!http_header_is(this->data, name)) {
            at = &this->next;
            continue;
        }
        *at = this->next;
        this->next = NULL;
        http->lib->slist_free_all(this);
    }
}

void m_http_header(struct m_http *http, const char *name, const char *value)
{
    if (value)
        http_header_require(http->t, name, strlen(name), value);
    remove_header(http, name);
    if (value)
        http->headers = http_header_add(http, http->headers, name, strlen(name), value);
}

void m_http_bearer(struct m_http *http, const char *token)
{
    struct muster_ctx *t = http->t;
    char *value = NULL;
    if (token)
        http_header_require(t, "Authorization", strlen("Authorization"), token);
    if (token && asprintf(&value, "Bearer %s", token) < 0)
        ERROR("out of memory for a token");
    m_secret(t, token);
    m_http_header(http, "Authorization", value);
    free(value);
}

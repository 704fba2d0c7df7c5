/* SPDX-License-Identifier: Apache-2.0 */
/* What a database's URL says. */
#include "url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *behind_scheme(const char *url)
{
    static const char *const schemes[] = {"postgresql://", "postgres://"};
    for (size_t i = 0; url && i < sizeof schemes / sizeof *schemes; i++)
        if (strncmp(url, schemes[i], strlen(schemes[i])) == 0)
            return url + strlen(schemes[i]);
    return NULL;
}

enum sql_url_kind sql_url_kind(const char *url)
{
    if (behind_scheme(url))
        return SQL_URL_POSTGRES;
    return url && strncmp(url, "sqlite:", 7) == 0 ? SQL_URL_SQLITE : SQL_URL_NONE;
}

/* Up to the last "@": a password in which one or a slash was not escaped is no less secret. */
static const char *find_userinfo(const char *url, size_t *ret_length)
{
    const char *user = strstr(url, "://");
    if (!user)
        return NULL;
    user += 3;
    const char *at = memrchr(user, '@', strcspn(user, "?"));
    const char *colon = memchr(user, ':', at ? (size_t)(at - user) : 0);
    if (!colon || colon + 1 == at)
        return NULL;
    *ret_length = (size_t)(at - colon - 1);
    return colon + 1;
}

/* The value of "password=" or "sslpassword=", in a query or in what somebody took for a URL. */
static const char *find_password_field(const char *from)
{
    for (const char *at = from; (at = strcasestr(at, "password=")); at++) {
        const char *name = at > from + 2 && strncasecmp(at - 3, "ssl", 3) == 0 ? at - 3 : at;
        if (name > from && strchr("?& ", name[-1]))
            return at + strlen("password=");
    }
    return NULL;
}

const char *sql_url_password(const char *url, size_t *ret_length)
{
    return behind_scheme(url) ? find_userinfo(url, ret_length) : NULL;
}

char *sql_url_hide(const char *url)
{
    size_t length = 0, size = 0;
    char *text = NULL;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    const char *password = find_userinfo(url, &length);
    if (password) {
        fprintf(out, "%.*s***", (int)(password - url), url);
        url = password + length;
    }
    const char *query = strpbrk(url, "? ");
    for (const char *value; query && (value = find_password_field(query)); query = url) {
        fprintf(out, "%.*s***", (int)(value - url), url);
        url = value + strcspn(value, "& ");
    }
    fputs(url, out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

const char *sql_url_sqlite(const char *url, const char **ret_path, size_t *ret_length)
{
    static const char *const modes[] = {"ro", "rw", "rwc"};
    const char *path = url + strlen("sqlite:"), *query = strchr(path, '?');
    *ret_path = path;
    *ret_length = query ? (size_t)(query - path) : strlen(path);
    if (!query)
        return "rw";
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (strncmp(query, "?mode=", 6) == 0 && strcmp(query + 6, modes[i]) == 0)
            return modes[i];
    *ret_path = query;
    return NULL;
}

char *sql_url_with_database(const char *url, const char *database)
{
    char *other = NULL;
    const char *host = behind_scheme(url);
    size_t length = 0;
    const char *password = sql_url_password(url, &length);
    const char *from = password ? password + length : host;
    size_t before = (size_t)(from - url) + strcspn(from, "/?");
    const char *query = strchr(from, '?');
    return asprintf(&other, "%.*s/%s%s", (int)before, url, database, query ? query : "") < 0 ? NULL : other;
}

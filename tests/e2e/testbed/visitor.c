/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at pages by libcurl. */
#include "visitor.h"

void visitor_begin(struct visitor *v, struct bed *b)
{
    *v = (struct visitor){.bed = b, .curl = curl_easy_init()};
    assert_non_null(v->curl);
    curl_easy_setopt(v->curl, CURLOPT_COOKIEFILE, "");
}

void visitor_end(struct visitor *v)
{
    curl_easy_cleanup(v->curl);
    free(v->body);
    free(v->headers);
}

static size_t take(char *data, size_t size, size_t n, void *payload)
{
    return fwrite(data, size, n, payload) * size;
}

static void perform(struct visitor *v, const char *path)
{
    char url[1024];
    const char *at = NULL;
    size_t len;
    long status = 0;

    free(v->body);
    free(v->headers);
    FILE *body = open_memstream(&v->body, &len), *headers = open_memstream(&v->headers, &len);
    snprintf(url, sizeof url, "%s%s", v->bed->url, path);
    curl_easy_setopt(v->curl, CURLOPT_URL, url);
    curl_easy_setopt(v->curl, CURLOPT_TIMEOUT_MS, 20000L);
    curl_easy_setopt(v->curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(v->curl, CURLOPT_USERAGENT, "visitor");
    curl_easy_setopt(v->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(v->curl, CURLOPT_WRITEDATA, body);
    curl_easy_setopt(v->curl, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(v->curl, CURLOPT_HEADERDATA, headers);
    assert_int_equal(curl_easy_perform(v->curl), CURLE_OK);
    curl_easy_getinfo(v->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(v->curl, CURLINFO_EFFECTIVE_URL, &at);
    v->status = (int)status;
    snprintf(v->path, sizeof v->path, "%s", at + strlen(v->bed->url));
    fclose(body);
    fclose(headers);
}

void visit(struct visitor *v, const char *path, ...)
{
    char text[512];
    va_list args;

    va_start(args, path);
    vsnprintf(text, sizeof text, path, args);
    va_end(args);
    struct curl_slist *headers = v->proxy ? curl_slist_append(NULL, v->proxy) : NULL;
    curl_easy_setopt(v->curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(v->curl, CURLOPT_HTTPHEADER, headers);
    perform(v, text);
    curl_slist_free_all(headers);
}

void send_raw(struct visitor *v, const char *path, const char *type, const char *body)
{
    char line[160];

    snprintf(line, sizeof line, "Content-Type: %s", type);
    struct curl_slist *headers = curl_slist_append(NULL, line);
    curl_easy_setopt(v->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(v->curl, CURLOPT_POST, 1L);
    curl_easy_setopt(v->curl, CURLOPT_COPYPOSTFIELDS, body);
    perform(v, path);
    curl_slist_free_all(headers);
}

void send_form(struct visitor *v, const char *path, const char *fields, ...)
{
    static const char opening[] = "name=\"form_token\" value=\"";
    char text[2048];
    va_list args;
    const char *token = v->body ? strstr(v->body, opening) : NULL;

    token = token ? token + sizeof opening - 1 : "";
    int n = snprintf(text, sizeof text, "form_token=%.*s&", (int)strcspn(token, "\""), token);
    va_start(args, fields);
    vsnprintf(text + n, sizeof text - (size_t)n, fields, args);
    va_end(args);
    send_raw(v, path, "application/x-www-form-urlencoded", text);
}

void visitor_login(struct visitor *v, const char *base, const char *username, const char *password)
{
    char path[128];

    snprintf(path, sizeof path, "%s/login", base);
    visit(v, "%s", path);
    assert_int_equal(v->status, 200);
    send_form(v, path, "username=%s&password=%s", username, password);
}

bool shows(const struct visitor *v, const char *page)
{
    char text[80];

    snprintf(text, sizeof text, "<main data-page=\"%s\"", page);
    return has(v, text);
}

bool has(const struct visitor *v, const char *text)
{
    return v->body && strstr(v->body, text);
}

char *cookie(struct visitor *v, const char *name)
{
    struct curl_slist *all = NULL;
    char part[80], *found = NULL;

    snprintf(part, sizeof part, "\t%s\t", name);
    curl_easy_getinfo(v->curl, CURLINFO_COOKIELIST, &all);
    for (const struct curl_slist *one = all; one && !found; one = one->next)
        if (strstr(one->data, part))
            found = strdup(one->data);
    curl_slist_free_all(all);
    return found ? found : strdup("");
}

const char *cookie_value(const char *line)
{
    const char *tab = strrchr(line, '\t');

    return tab ? tab + 1 : "";
}

void give_cookie(struct visitor *v, const char *name, const char *value, const char *path)
{
    char line[1500];

    snprintf(line, sizeof line, "127.0.0.1\tFALSE\t%s\tFALSE\t0\t%s\t%s", path, name, value);
    curl_easy_setopt(v->curl, CURLOPT_COOKIELIST, line);
}

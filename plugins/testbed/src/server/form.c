/* SPDX-License-Identifier: Apache-2.0 */
/* Forms: application/x-www-form-urlencoded. */
#include "server/form.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define FORM_TYPE "application/x-www-form-urlencoded"

static int hex(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* In place; false for a broken or a zero byte. */
static bool decode(const struct request *r, char *text)
{
    char blank = defect(r->tb, D_PLUS_STAYS) ? '+' : ' ';
    char *to = text;

    for (const char *p = text; *p; p++) {
        if (*p == '%') {
            if (!isxdigit((unsigned char)p[1]) || !isxdigit((unsigned char)p[2]))
                return false;
            *to = (char)(hex(p[1]) << 4 | hex(p[2]));
            if (*to++ == '\0')
                return false;
            p += 2;
        } else {
            *to++ = *p == '+' ? blank : *p;
        }
    }
    *to = '\0';
    return true;
}

/* "name=value" into the object. */
static bool take_pair(const struct request *r, char *pair, json_t *into)
{
    char *value = strchr(pair, '=');

    if (!value)
        return false;
    *value++ = '\0';
    return decode(r, pair) && decode(r, value) && !json_object_get(into, pair) &&
           json_object_set_new(into, pair, json_string(value)) == 0;
}

static bool take_pairs(const struct request *r, char *text, json_t *into)
{
    bool fits = true;

    for (char *pair; fits && (pair = strsep(&text, "&"));)
        fits = !*pair || take_pair(r, pair, into);
    return fits;
}

bool form_parse(struct request *r)
{
    r->json = json_object();
    if (r->body_len == 0)
        return true;
    size_t named = strcspn(r->content_type, "; ");
    bool is_form = named == strlen(FORM_TYPE) && strncasecmp(r->content_type, FORM_TYPE, named) == 0;
    if (!is_form && !defect(r->tb, D_ANY_TYPE_IS_A_FORM)) {
        reply_error(r, 415, "no_form", "the body has to be %s", FORM_TYPE);
        return false;
    }
    bool fits = strlen(r->body) == r->body_len && take_pairs(r, r->body, r->json);
    if (!fits)
        reply_error(r, 400, "bad_form", "the form cannot be read");
    return fits;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* "text=Saved", "role=button[name=...]" and so on as XPath. */
#include "locate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tags that have a role without being given one (HTML-AAM), as far as XPath 1.0 can say so. */
static const struct {
    const char *role, *tags;
} roles[] = {
    {"alert", "false()"},
    {"article", "self::article"},
    {"button", "self::button or self::summary or self::input[@type='button' or @type='submit' or @type='reset' or "
               "@type='image']"},
    {"cell", "self::td"},
    {"checkbox", "self::input[@type='checkbox']"},
    {"columnheader", "self::th"},
    {"combobox", "self::select[not(@multiple)]"},
    {"dialog", "self::dialog"},
    {"form", "self::form"},
    {"heading", "self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6"},
    {"img", "self::img"},
    {"link", "self::a[@href] or self::area[@href]"},
    {"list", "self::ul or self::ol"},
    {"listbox", "self::select[@multiple]"},
    {"listitem", "self::li"},
    {"main", "self::main"},
    {"menuitem", "false()"},
    {"navigation", "self::nav"},
    {"option", "self::option"},
    {"progressbar", "self::progress"},
    {"radio", "self::input[@type='radio']"},
    {"row", "self::tr"},
    {"searchbox", "self::input[@type='search']"},
    {"spinbutton", "self::input[@type='number']"},
    {"status", "self::output"},
    {"switch", "false()"},
    {"tab", "false()"},
    {"table", "self::table"},
    {"tabpanel", "false()"},
    {"textbox",
     "self::textarea or self::input[not(@type) or @type='text' or @type='email' or @type='tel' or @type='url']"},
};

static const char NO_MEMORY[] = "out of memory";

char *browser_locate_literal(const char *text)
{
    char *out = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&out, &n);
    if (!f)
        return NULL;
    if (!strchr(text, '\'')) {
        fprintf(f, "'%s'", text);
    } else if (!strchr(text, '"')) {
        fprintf(f, "\"%s\"", text);
    } else { /* the parts between the apostrophes, which stand in quotes of the other kind */
        fputs("concat(''", f);
        for (size_t part; *text; text += part) {
            part = strcspn(text, "'");
            int apostrophe = part == 0;
            part = apostrophe ? 1 : part;
            fprintf(f, apostrophe ? ",\"%.*s\"" : ",'%.*s'", (int)part, text);
        }
        fputc(')', f);
    }
    return fclose(f) == 0 ? out : NULL;
}

static struct locator xpath(char *value)
{
    return (struct locator){"xpath", value, value ? NULL : NO_MEMORY};
}

/* The text with blanks at its ends removed and others made one, as normalize-space() has it; owned by the caller. */
static char *without_blanks(const char *text)
{
    static const char blanks[] = " \t\r\n";
    char *out = malloc(strlen(text) + 1), *to = out;
    while (out && *(text += strspn(text, blanks))) {
        size_t n = strcspn(text, blanks);
        if (to > out)
            *to++ = ' ';
        to = (char *)memcpy(to, text, n) + n;
        text += n;
    }
    if (out)
        *to = '\0';
    return out;
}

static struct locator with_literal(const char *text, char *(*make)(const char *literal))
{
    char *plain = without_blanks(text);
    char *literal = plain ? browser_locate_literal(plain) : NULL;
    char *value = literal ? make(literal) : NULL;
    free(plain);
    free(literal);
    return xpath(value);
}

static char *make_text(const char *l)
{
    char *value = NULL;
    int n = asprintf(&value,
                     "//body/descendant-or-self::*[not(self::script or self::style)][normalize-space(.)=%s and "
                     "not(*[not(self::script or self::style)][normalize-space(.)=%s])]",
                     l, l);
    return n < 0 ? NULL : value;
}

static char *make_label(const char *l)
{
    char *value = NULL;
    int n = asprintf(&value,
                     "//*[self::input or self::select or self::textarea][@id=//label[normalize-space(.)=%s]/@for or "
                     "ancestor::label[normalize-space(.)=%s or text()[normalize-space(.)=%s]] or @aria-label=%s or "
                     "@placeholder=%s]",
                     l, l, l, l, l);
    return n < 0 ? NULL : value;
}

static char *make_name(const char *l)
{
    char *value = NULL;
    int n = asprintf(&value, "[normalize-space(.)=%s or @aria-label=%s or @title=%s or @alt=%s or @value=%s]", l, l, l,
                     l, l);
    return n < 0 ? NULL : value;
}

static const char *tags_of(const char *role, size_t length)
{
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strlen(roles[i].role) == length && memcmp(roles[i].role, role, length) == 0)
            return roles[i].tags;
    return NULL;
}

/* `[name="..."]`, which is all that may stand behind a role; to be freed. */
static char *name_of(const char *at)
{
    static const char before[] = "[name=\"";
    size_t n = strlen(at);
    if (n < sizeof before + 1 || strncmp(at, before, sizeof before - 1) != 0 || strcmp(at + n - 2, "\"]") != 0)
        return NULL;
    return strndup(at + sizeof before - 1, n - 2 - (sizeof before - 1));
}

static struct locator by_role(const char *role)
{
    size_t length = strcspn(role, "[");
    const char *tags = tags_of(role, length);
    if (!tags)
        return (struct locator){NULL, NULL, "no such role is known here: use a CSS selector, as [role=...]"};
    char *name = role[length] ? name_of(role + length) : strdup("");
    if (!name)
        return (struct locator){NULL, NULL, "behind a role stands [name=\"...\"], or nothing"};
    struct locator named = role[length] ? with_literal(name, make_name) : xpath(strdup(""));
    char *value = NULL;
    int n = named.value
                ? asprintf(&value, "//*[@role='%.*s' or (not(@role) and (%s))]%s", (int)length, role, tags, named.value)
                : -1;
    free(name);
    free(named.value);
    return xpath(n < 0 ? NULL : value);
}

static const char *behind(const char *where, const char *prefix)
{
    size_t n = strlen(prefix);
    return strncmp(where, prefix, n) == 0 ? where + n : NULL;
}

struct locator browser_locator_of(const char *where)
{
    const char *rest;
    if (!where || !*where)
        return (struct locator){NULL, NULL, "it says nothing"};
    if ((rest = behind(where, "text=")))
        return with_literal(rest, make_text);
    if ((rest = behind(where, "label=")))
        return with_literal(rest, make_label);
    if ((rest = behind(where, "role=")))
        return by_role(rest);
    if ((rest = behind(where, "xpath=")))
        return xpath(strdup(rest));
    if (behind(where, "//") || behind(where, "(//"))
        return xpath(strdup(where));
    char *css = strdup(where);
    return (struct locator){"css selector", css, css ? NULL : NO_MEMORY};
}

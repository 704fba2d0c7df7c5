/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what is used: `name`, `plugin.name`, `name(value, key=value, as=alias)`. */
#include "plan/uses.h"

#include "base/buf.h"
#include "plan/syntax.h"

#include <errno.h>
#include <string.h>

enum { MAX_ARGS = 64 };

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
static const char digits[] = "0123456789";

struct reader {
    const char *text, *p;
    const struct use_values *values;
    struct arena *arena;
    struct err *err;
};

static void skip_blanks(struct reader *r)
{
    r->p += strspn(r->p, " \t");
}

static bool accept(struct reader *r, char c)
{
    if (*r->p != c)
        return false;
    r->p++;
    skip_blanks(r);
    return true;
}

/* The length of the name at `p`; `dash`: a fixture's, which may have dashes. */
static size_t name_length(const char *p, bool dash)
{
    size_t n = strspn(p, letters);
    if (n == 0)
        return 0;
    for (;;) {
        size_t more = strspn(p + n, letters) + strspn(p + n, digits) + (dash ? strspn(p + n, "-") : 0);
        if (more == 0)
            return n;
        n += strspn(p + n, letters);
        n += strspn(p + n, digits);
        n += dash ? strspn(p + n, "-") : 0;
    }
}

static int add_value_of(struct reader *r, struct buf *out)
{
    const char *name = r->p + 2;
    size_t len = name_length(name, false);
    if (len == 0 || name[len] != '}')
        return syntax_error(r->err, r->text, r->p,
                            "${ needs the name of a parameter and a } (write $${ for a plain ${)");
    const struct param_list *params = r->values ? r->values->params : NULL;
    for (uint32_t i = 0; params && i < params->n; i++) {
        if (strlen(params->items[i].name) != len || memcmp(params->items[i].name, name, len) != 0)
            continue;
        const char *value = r->values->values ? r->values->values[i] : params->items[i].fallback;
        if (!value)
            return syntax_error(r->err, r->text, r->p, "the parameter %s has no value here", params->items[i].name);
        buf_adds(out, value);
        r->p = name + len + 1;
        return 0;
    }
    return syntax_error(r->err, r->text, r->p, "who uses it has no parameter %.*s", (int)len, name);
}

/* What stands for something else, inside of quotes and outside: 1 when there was such a thing, 0 when not. */
static int add_special(struct reader *r, struct buf *out)
{
    if (strncmp(r->p, "$${", 3) == 0) {
        buf_adds(out, "${");
        r->p += 3;
        return 1;
    }
    if (strncmp(r->p, "${", 2) != 0)
        return 0;
    int e = add_value_of(r, out);
    return e < 0 ? e : 1;
}

static int quoted(struct reader *r, struct buf *out)
{
    const char *open = r->p++;
    while (*r->p != *open) {
        if (!*r->p)
            return syntax_error(r->err, r->text, open, "closing quote %c is missing", *open);
        int e = *r->p == '\\' ? syntax_escape(r->err, r->text, &r->p, out) : add_special(r, out);
        if (e < 0)
            return e;
        if (e == 0 && *r->p && *r->p != *open && *r->p != '\\' && strncmp(r->p, "${", 2) != 0)
            buf_addc(out, *r->p++);
    }
    r->p++;
    return 0;
}

static int bare(struct reader *r, struct buf *out)
{
    const char *first = r->p;
    for (;;) {
        int e = add_special(r, out);
        if (e < 0)
            return e;
        size_t n = e == 1 ? 0 : syntax_word(r->p);
        if (e == 0 && n == 0)
            break;
        buf_add(out, r->p, n);
        r->p += n;
    }
    if (r->p > first)
        return 0;
    return *r->p && !strchr(",)", *r->p) ? syntax_unexpected(r->err, r->text, r->p)
                                         : syntax_error(r->err, r->text, r->p, "a value is missing");
}

static int parse_value(struct reader *r, const char **ret_value)
{
    autobuf struct buf out = {0};
    int e = *r->p == '"' || *r->p == '\'' ? quoted(r, &out) : bare(r, &out);
    if (e < 0)
        return e;
    skip_blanks(r);
    *ret_value = arena_strdup(r->arena, buf_str(&out));
    return 0;
}

/* NULL: it stands for its position. */
static const char *parse_key(struct reader *r)
{
    size_t len = name_length(r->p, false);
    if (len == 0 || r->p[len + strspn(r->p + len, " \t")] != '=')
        return NULL;
    const char *key = arena_strndup(r->arena, r->p, len);
    r->p += len;
    skip_blanks(r);
    accept(r, '=');
    return key;
}

static int take_alias(struct reader *r, const struct use_arg *arg, bool *given, struct use *u)
{
    if (*given)
        return syntax_error(r->err, r->text, arg->place, "as is there twice");
    size_t len = name_length(arg->value, true);
    if (len == 0 || arg->value[len])
        return syntax_error(r->err, r->text, arg->place,
                            "\"%s\" can't be a fixture's name: it is a letter or _, then letters, digits, _ and -",
                            arg->value);
    u->alias = arg->value;
    *given = true;
    return 0;
}

static int check_arg(struct reader *r, const struct use_arg *args, uint32_t n)
{
    if (n > 0 && !args[n].key && args[n - 1].key)
        return syntax_error(r->err, r->text, args[n].place, "an argument without a name after one with a name");
    for (uint32_t i = 0; args[n].key && i < n; i++)
        if (args[i].key && strcmp(args[i].key, args[n].key) == 0)
            return syntax_error(r->err, r->text, args[n].place, "argument %s is there twice", args[n].key);
    return 0;
}

static int parse_args(struct reader *r, struct use *u)
{
    struct use_arg args[MAX_ARGS + 1];
    uint32_t n = 0;
    bool aliased = false;
    while (!accept(r, ')')) {
        if (n == MAX_ARGS)
            return syntax_error(r->err, r->text, r->p, "more than %d arguments", MAX_ARGS);
        args[n] = (struct use_arg){.place = r->p};
        args[n].key = parse_key(r);
        int e = parse_value(r, &args[n].value);
        bool is_alias = args[n].key && strcmp(args[n].key, "as") == 0;
        if (e == 0)
            e = is_alias ? take_alias(r, &args[n], &aliased, u) : check_arg(r, args, n);
        if (e < 0)
            return e;
        n += !is_alias;
        if (!accept(r, ',') && *r->p != ')')
            return syntax_error(r->err, r->text, r->p, *r->p ? "expected \",\" or \")\"" : "\")\" is missing");
    }
    struct use_arg *copy = arena_alloc(r->arena, (n ? n : 1) * sizeof *copy);
    memcpy(copy, args, n * sizeof *copy);
    u->args = copy;
    u->n_args = n;
    return 0;
}

/* A fixture's name has no dots: what stands before the last one is the plugin's. */
static int parse_name(struct reader *r, struct use *u)
{
    const char *first = r->p, *dot = NULL;
    size_t n = strspn(r->p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789.-");
    for (size_t i = 0; i < n; i++)
        if (first[i] == '.')
            dot = first + i;
    const char *name = dot ? dot + 1 : first;
    size_t len = name_length(name, true);
    if (n == 0)
        return *first && *first != '(' ? syntax_unexpected(r->err, r->text, first)
                                       : syntax_error(r->err, r->text, first, "the name of a fixture is missing");
    if (len == 0 || name + len != first + n || dot == first)
        return syntax_error(r->err, r->text, first, "\"%.*s\" is no name of a fixture: NAME or PLUGIN.NAME", (int)n,
                            first);
    u->plugin = dot ? arena_strndup(r->arena, first, (size_t)(dot - first)) : NULL;
    u->name = u->alias = arena_strndup(r->arena, name, len);
    r->p = first + n;
    skip_blanks(r);
    return 0;
}

int use_parse(const char *text, const struct use_values *values, struct arena *arena, struct use *ret_use,
              struct err *err)
{
    struct reader r = {text, text, values, arena, err};
    struct use u = {.text = text};
    int e = syntax_check_utf8(err, text);
    skip_blanks(&r);
    if (e == 0)
        e = parse_name(&r, &u);
    if (e == 0 && accept(&r, '('))
        e = parse_args(&r, &u);
    if (e < 0)
        return e;
    if (*r.p)
        return syntax_error(err, text, r.p, "expected nothing more after the fixture");
    *ret_use = u;
    return 0;
}

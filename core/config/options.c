/* SPDX-License-Identifier: Apache-2.0 */
/* Options of the command line, from a table. */
#include "config/options.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "config/synonyms.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void option_list_add(struct option_list *l, const char *item)
{
    GROW(l->items, l->n, l->cap);
    l->items[l->n++] = item;
}

void option_list_free(struct option_list *l)
{
    free(l->items);
    *l = (struct option_list){0};
}

static bool is_end(const struct option *o)
{
    return o->kind == OPTION_GROUP && !o->help;
}

static const struct option *find_long(const struct option *table, const char *name, size_t len)
{
    for (const struct option *o = table; !is_end(o); o++)
        if (o->kind != OPTION_GROUP && strlen(o->name) == len && memcmp(o->name, name, len) == 0)
            return o;
    return NULL;
}

const struct option *option_find(const struct option *table, const char *name)
{
    return find_long(table, name, strlen(name));
}

const char *option_suggest(const struct option *table, const char *name)
{
    struct suggestion s = suggest_start(name);
    for (const struct option *o = table; name[0] && name[1] && !is_end(o); o++)
        if (o->kind != OPTION_GROUP)
            suggest_offer(&s, o->name);
    return s.best;
}

void option_values_add(struct option_values *values, struct option_value value)
{
    GROW(values->items, values->n, values->cap);
    values->items[values->n++] = value;
}

void option_values_free(struct option_values *values)
{
    free(values->items);
    *values = (struct option_values){0};
}

static const struct option *find_letter(const struct option *table, char letter)
{
    for (const struct option *o = table; !is_end(o); o++)
        if (o->kind != OPTION_GROUP && o->letter == letter)
            return o;
    return NULL;
}

static void add_argument(struct buf *out, const struct option *o)
{
    if (o->arg)
        buf_addf(out, o->kind == OPTION_ATTACHED ? "[=%s]" : " %s", o->arg);
}

/* "-j, --jobs N: How many ..." */
static void add_option_name(struct buf *out, const struct option *o)
{
    if (o->letter)
        buf_addf(out, "-%c, ", o->letter);
    buf_addf(out, "--%s", o->name);
    add_argument(out, o);
}

/* What the option is for is said, too: a word of another tool may promise something else. */
static int unknown(const struct option *table, const char *dashes, const char *name, struct err *err)
{
    const struct option *o = NULL;
    const struct synonym *known = synonym_next(name, NULL);
    while (known && !(o = find_long(table, known->option, strlen(known->option))))
        known = synonym_next(name, known);
    if (known && known->advice)
        return err_set(err, -EINVAL, "unknown option %s%s: %s", dashes, name, known->advice);
    if (known) {
        autobuf struct buf ours = {0};
        add_option_name(&ours, o);
        return err_set(err, -EINVAL, "unknown option %s%s: here it is %s: %s", dashes, name, buf_str(&ours), o->help);
    }
    const char *best = option_suggest(table, name);
    return best ? err_set(err, -EINVAL, "unknown option %s%s: did you mean --%s?", dashes, name, best)
                : err_set(err, -EINVAL, "unknown option %s%s", dashes, name);
}

static int parse_int(const char *text, int64_t *ret_value)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end || errno)
        return -EINVAL;
    *ret_value = n;
    return 0;
}

static int parse_size(const char *text, int64_t *ret_value)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    int shift = *end == 'k' || *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
    if (!isdigit((unsigned char)*text) || errno || (*end && (shift == 0 || end[1])) || n > (INT64_MAX >> shift))
        return -EINVAL;
    *ret_value = (int64_t)n << shift;
    return 0;
}

static const char *what_it_takes(enum option_kind kind)
{
    switch (kind) {
    case OPTION_INT:
        return "a whole number";
    case OPTION_DURATION:
        return "a duration such as 250ms, 30s or 2m";
    default:
        return "a size in bytes such as 65536, 64k or 16M";
    }
}

static int refuse_value(const struct option *o, const char *value, struct err *err)
{
    if (o->kind == OPTION_CHOICE) /* its help names the words: shown here, nobody has to look for them */
        return err_set(err, -EINVAL, "--%s %s is not known. --%s %s: %s", o->name, value, o->name, o->arg, o->help);
    return err_set(err, -EINVAL, "--%s %s: it takes %s (%s)", o->name, value, what_it_takes(o->kind), o->arg);
}

static int set_value(const struct option *o, const char *value, void *settings, struct err *err)
{
    void *at = (char *)settings + o->offset;
    int r = 0;
    switch (o->kind) {
    case OPTION_STRING:
    case OPTION_ATTACHED:
        *(const char **)at = value;
        return 0;
    case OPTION_LIST:
        option_list_add(at, value);
        return 0;
    case OPTION_INT:
        r = parse_int(value, at);
        break;
    case OPTION_DURATION:
        r = clock_parse_duration(value, at);
        break;
    case OPTION_SIZE:
        r = parse_size(value, at);
        break;
    default:
        r = o->choose(value, at);
        break;
    }
    return r < 0 ? refuse_value(o, value, err) : 0;
}

/* Without a value it is given once more; a file says true or false, or how often. */
static int set_flag(const struct option *o, const char *value, void *settings, struct err *err)
{
    void *at = (char *)settings + o->offset;
    int64_t n;
    if (o->kind == OPTION_COUNT && value && (parse_int(value, &n) < 0 || n > INT32_MAX))
        return err_set(err, -EINVAL, "--%s=%s: it takes a whole number", o->name, value);
    if (o->kind == OPTION_COUNT) {
        *(int *)at = value ? (int)n : *(int *)at + 1;
        return 0;
    }
    bool off = value && strcmp(value, "false") == 0;
    if (value && !off && strcmp(value, "true") != 0)
        return err_set(err, -EINVAL, "--%s takes no argument but true or false", o->name);
    *(bool *)at = !off;
    return 0;
}

static bool takes_value(const struct option *o)
{
    return o->kind != OPTION_FLAG && o->kind != OPTION_COUNT;
}

int options_apply(const struct option_values *values, void *settings, struct err *err)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < values->n; i++) {
        const struct option_value *v = &values->items[i];
        r = takes_value(v->option) ? set_value(v->option, v->value, settings, err)
                                   : set_flag(v->option, v->value, settings, err);
        if (r < 0 && v->from)
            err_prefix(err, "%s", v->from);
    }
    return r;
}

struct cursor {
    int argc, at;
    char **argv;
    struct option_values *values;
};

/* The value of an option: what is attached to it, or the next argument. */
static int take_value(struct cursor *c, const struct option *o, const char *attached, struct err *err)
{
    if (!attached && c->at + 1 >= c->argc)
        return err_set(err, -EINVAL, "--%s needs an argument: --%s %s", o->name, o->name, o->arg);
    option_values_add(c->values, (struct option_value){o, attached ? attached : c->argv[++c->at], NULL});
    return 0;
}

static int parse_long(const struct option *table, struct cursor *c, struct err *err)
{
    const char *name = c->argv[c->at] + 2;
    size_t len = strcspn(name, "=");
    const char *attached = name[len] == '=' ? name + len + 1 : NULL;
    const struct option *o = find_long(table, name, len);
    if (!o) {
        autofree char *word = xstrndup(name, len);
        return unknown(table, "--", word, err);
    }
    if (o->kind == OPTION_ATTACHED) {
        option_values_add(c->values, (struct option_value){o, attached ? attached : "", NULL});
        return 0;
    }
    if (takes_value(o))
        return take_value(c, o, attached, err);
    option_values_add(c->values, (struct option_value){o, attached, NULL});
    return 0;
}

static int parse_letters(const struct option *table, struct cursor *c, struct err *err)
{
    for (const char *p = c->argv[c->at] + 1; *p; p++) {
        const struct option *o = find_letter(table, *p);
        if (!o)
            return unknown(table, "-", (char[2]){*p, '\0'}, err);
        if (takes_value(o))
            return take_value(c, o, p[1] ? p + 1 : NULL, err);
        option_values_add(c->values, (struct option_value){o, NULL, NULL});
    }
    return 0;
}

/* "-1", or "-1/more", as some verbs count runs back, where no option is a digit. */
static bool is_number(const struct option *table, const char *arg)
{
    size_t digits = strspn(arg + 1, "0123456789");
    return digits > 0 && (!arg[1 + digits] || arg[1 + digits] == '/') && !find_letter(table, arg[1]);
}

int options_collect(const struct option *table, int argc, char **argv, struct option_values *ret_values,
                    struct option_list *ret_operands, bool *ret_help, struct err *err)
{
    struct cursor c = {argc, 1, argv, ret_values};
    bool only_operands = false;
    *ret_help = false;
    for (; c.at < argc; c.at++) {
        const char *arg = argv[c.at];
        int r = 0;
        if (only_operands || arg[0] != '-' || !arg[1] || is_number(table, arg))
            option_list_add(ret_operands, arg);
        else if (strcmp(arg, "--") == 0)
            only_operands = true;
        else if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)
            *ret_help = true;
        else
            r = arg[1] == '-' ? parse_long(table, &c, err) : parse_letters(table, &c, err);
        if (r < 0 || *ret_help)
            return r;
    }
    return 0;
}

enum { HELP_COLUMN = 28, HELP_WIDTH = 80 };

/* Adds `text` from column HELP_COLUMN on, broken at blanks. */
static void add_wrapped(struct buf *out, const char *text)
{
    size_t column = HELP_COLUMN;
    for (const char *p = text; *p;) {
        size_t word = strcspn(p, " ");
        if (column > HELP_COLUMN && column + 1 + word > HELP_WIDTH) {
            buf_addf(out, "\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
        } else if (column > HELP_COLUMN) {
            buf_addc(out, ' ');
            column++;
        }
        buf_add(out, p, word);
        column += word;
        p += word;
        p += strspn(p, " ");
    }
    buf_addc(out, '\n');
}

static void add_option(struct buf *out, const struct option *o)
{
    size_t start = out->len;
    if (o->letter)
        buf_addf(out, "  -%c, --%s", o->letter, o->name);
    else
        buf_addf(out, "      --%s", o->name);
    add_argument(out, o);
    size_t used = out->len - start;
    if (used + 2 > HELP_COLUMN)
        buf_addf(out, "\n%*s", HELP_COLUMN, "");
    else
        buf_addf(out, "%*s", (int)(HELP_COLUMN - used), "");
    add_wrapped(out, o->help);
}

void options_help(const struct option *table, struct buf *out)
{
    for (const struct option *o = table; !is_end(o); o++) {
        if (o->kind == OPTION_GROUP)
            buf_addf(out, "\n%s:\n", o->help);
        else
            add_option(out, o);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/threshold.h"

#include "base/number.h"
#include "base/suggest.h"
#include "plan/syntax.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_LEN = 255, NUMBER_MAX_LEN = 64 };
#define DIGITS  "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static const struct unit {
    const char *name, *recorded;
    double factor;
} units[] = {
    {"us", "ms", 1e-3},        {"ms", "ms", 1},
    {"s", "ms", 1e3},          {"m", "ms", 60e3},
    {"min", "ms", 60e3},       {"h", "ms", 3600e3},
    {"B", "bytes", 1},         {"bytes", "bytes", 1},
    {"kB", "bytes", 1e3},      {"MB", "bytes", 1e6},
    {"GB", "bytes", 1e9},      {"KiB", "bytes", 1024},
    {"MiB", "bytes", 1048576}, {"GiB", "bytes", 1073741824},
    {"%", "percent", 1},       {"percent", "percent", 1},
    {"1/s", "1/s", 1},         {"/s", "1/s", 1},
};

struct parser {
    const char *text, *at;
    struct arena *arena;
    struct err *err;
};

static void skip_blanks(struct parser *p)
{
    p->at += strspn(p->at, " \t");
}

void threshold_statistic_add(struct buf *out, const struct threshold *t)
{
    static const char *const names[] = {
        [STATISTIC_MAX] = "max", [STATISTIC_MIN] = "min",     [STATISTIC_MEAN] = "mean",
        [STATISTIC_SUM] = "sum", [STATISTIC_COUNT] = "count", [STATISTIC_PERCENTILE] = "p"};
    buf_adds(out, names[t->statistic]);
    if (t->statistic == STATISTIC_PERCENTILE)
        number_add(out, t->percent);
}

const char *threshold_order_sign(enum threshold_order order)
{
    static const char *const signs[] = {
        [ORDER_LESS] = "<", [ORDER_AT_MOST] = "<=", [ORDER_MORE] = ">", [ORDER_AT_LEAST] = ">="};
    return signs[order];
}

static int take_percentile(struct parser *p, const char *word, struct threshold *t)
{
    t->statistic = STATISTIC_PERCENTILE;
    if (number_parse(word + 1, &t->percent) && t->percent > 0 && t->percent < 100 &&
        word[1 + strspn(word + 1, DIGITS ".")] == '\0')
        return 0;
    return syntax_error(p->err, p->text, p->at, "%s is no percentile: p50, p95, p99.9", word);
}

static int take_statistic(struct parser *p, const char *word, struct threshold *t)
{
    static const struct {
        const char *name;
        enum statistic statistic;
    } known[] = {{"max", STATISTIC_MAX},  {"min", STATISTIC_MIN}, {"mean", STATISTIC_MEAN},
                 {"avg", STATISTIC_MEAN}, {"sum", STATISTIC_SUM}, {"count", STATISTIC_COUNT}};
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        t->statistic = known[i].statistic;
        if (strcmp(known[i].name, word) == 0)
            return 0;
    }
    if (strcmp(word, "median") == 0) {
        t->statistic = STATISTIC_PERCENTILE;
        t->percent = 50;
        return 0;
    }
    if (word[0] == 'p' && word[1] >= '0' && word[1] <= '9')
        return take_percentile(p, word, t);
    return syntax_error(p->err, p->text, p->at,
                        "%s is no statistic: max, min, mean, median, sum, count, p95 and its like", word);
}

/* A word of a name's characters, in the arena. */
static int take_name(struct parser *p, const char *what, const char **ret_name)
{
    size_t n = strspn(p->at, LETTERS DIGITS "_.-");
    if (n == 0 || n > NAME_MAX_LEN) {
        syntax_error(p->err, p->text, p->at, "%s is missing here: 1 to %d of A-Z a-z 0-9 _ . -", what, NAME_MAX_LEN);
        return -EINVAL;
    }
    *ret_name = arena_strndup(p->arena, p->at, n);
    return 0;
}

/* "p95(query.time)", "query.time" */
static int take_subject(struct parser *p, struct threshold *t, bool *ret_given)
{
    int r = take_name(p, "the name of a metric", &t->metric);
    if (r < 0)
        return r;
    const char *behind = p->at + strlen(t->metric);
    behind += strspn(behind, " \t");
    *ret_given = *behind == '(';
    if (!*ret_given) {
        p->at = behind;
        return 0;
    }
    if ((r = take_statistic(p, t->metric, t)) < 0)
        return r;
    p->at = behind + 1;
    skip_blanks(p);
    if ((r = take_name(p, "the name of a metric", &t->metric)) < 0)
        return r;
    p->at += strlen(t->metric);
    skip_blanks(p);
    if (*p->at != ')')
        return syntax_error(p->err, p->text, p->at, "a closing parenthesis is missing");
    p->at++;
    skip_blanks(p);
    return 0;
}

static int take_order(struct parser *p, struct threshold *t)
{
    static const struct {
        const char *sign;
        enum threshold_order order;
    } known[] = {{"<=", ORDER_AT_MOST}, {">=", ORDER_AT_LEAST}, {"<", ORDER_LESS}, {">", ORDER_MORE}};
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (strncmp(known[i].sign, p->at, strlen(known[i].sign)) == 0) {
            t->order = known[i].order;
            p->at += strlen(known[i].sign);
            skip_blanks(p);
            return 0;
        }
    }
    return syntax_error(p->err, p->text, p->at, "<, <=, > or >= and a bound belong here, or =off");
}

static const struct unit *find_unit(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (strcmp(units[i].name, name) == 0)
            return &units[i];
    return NULL;
}

double threshold_sample(double value, const char *unit, const char **ret_unit)
{
    const struct unit *known = find_unit(unit);
    *ret_unit = known ? known->recorded : unit;
    return known ? value * known->factor : value;
}

static int no_unit(struct parser *p, const char *name)
{
    static const char all[] = "us, ms, s, m, h; B, kB, MB, GB, KiB, MiB, GiB; %; 1/s; or none, for the metric's own";
    struct suggestion s = suggest_start(name);
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        suggest_offer(&s, units[i].name);
    return s.best
               ? syntax_error(p->err, p->text, p->at, "%s is no unit; did you mean %s? There are %s", name, s.best, all)
               : syntax_error(p->err, p->text, p->at, "%s is no unit; there are %s", name, all);
}

/* A number ends where a unit begins: 1e3 is one, 1e is not. */
static size_t number_length(const char *s)
{
    size_t n = strspn(s, "+-");
    n += strspn(s + n, DIGITS ".");
    size_t exponent = n + (s[n] == 'e' || s[n] == 'E');
    exponent += exponent > n && (s[exponent] == '+' || s[exponent] == '-');
    size_t digits = exponent > n ? strspn(s + exponent, DIGITS) : 0;
    return digits > 0 ? exponent + digits : n;
}

static int take_bound(struct parser *p, struct threshold *t)
{
    char number[NUMBER_MAX_LEN];
    size_t n = number_length(p->at);
    snprintf(number, sizeof number, "%.*s", (int)(n < sizeof number ? n : 0), p->at);
    if (!number_parse(number, &t->bound))
        return syntax_error(p->err, p->text, p->at, "a number belongs here: 2s, 1.5MiB, 99.9%%");
    p->at += n;
    skip_blanks(p);
    n = strspn(p->at, LETTERS DIGITS "/%");
    const char *name = arena_strndup(p->arena, p->at, n);
    const struct unit *unit = n > 0 ? find_unit(name) : NULL;
    if (n > 0 && !unit)
        return no_unit(p, name);
    if (unit && t->statistic == STATISTIC_COUNT)
        return syntax_error(p->err, p->text, p->at, "a count of samples has no unit");
    t->unit = unit ? unit->recorded : NULL;
    t->bound *= unit ? unit->factor : 1;
    p->at += n;
    skip_blanks(p);
    return *p->at ? syntax_error(p->err, p->text, p->at, "nothing belongs behind the bound") : 0;
}

/* The statistic and the order in one spelling, the bound as it was written. */
static const char *spell(struct parser *p, const struct threshold *t, const char *rest)
{
    autobuf struct buf out = {0};
    if (!t->any) {
        threshold_statistic_add(&out, t);
        buf_addc(&out, '(');
    }
    buf_adds(&out, t->metric);
    if (!t->any)
        buf_addc(&out, ')');
    if (t->off)
        buf_adds(&out, "=off");
    else
        buf_addf(&out, " %s %s", threshold_order_sign(t->order), rest);
    while (out.len > 0 && (out.data[out.len - 1] == ' ' || out.data[out.len - 1] == '\t'))
        out.len--;
    return arena_strdup(p->arena, buf_str(&out));
}

int threshold_parse(const char *text, struct arena *arena, struct threshold *ret_threshold, struct err *err)
{
    struct parser p = {text, text, arena, err};
    struct threshold t = {0};
    bool given;
    int r = syntax_check_utf8(err, text);
    skip_blanks(&p);
    if (r < 0 || (r = take_subject(&p, &t, &given)) < 0)
        return r;
    const char *off = *p.at == '=' ? p.at + 1 + strspn(p.at + 1, " \t") : "";
    t.off = strncmp(off, "off", 3) == 0 && !off[3 + strspn(off + 3, " \t")];
    t.any = t.off && !given;
    if (!t.off && (r = take_order(&p, &t)) < 0)
        return r;
    if (!t.off && !given)
        t.statistic = t.order <= ORDER_AT_MOST ? STATISTIC_MAX : STATISTIC_MIN;
    const char *bound = p.at;
    if (!t.off && (r = take_bound(&p, &t)) < 0)
        return r;
    t.text = spell(&p, &t, bound);
    *ret_threshold = t;
    return 0;
}

bool threshold_is_same(const struct threshold *a, const struct threshold *b)
{
    if (strcmp(a->metric, b->metric) != 0)
        return false;
    if (a->any || b->any)
        return true;
    bool percent = a->percent <= b->percent && a->percent >= b->percent;
    return a->statistic == b->statistic && (a->statistic != STATISTIC_PERCENTILE || percent);
}

bool threshold_holds(const struct threshold *t, double value)
{
    switch (t->order) {
    case ORDER_LESS:
        return value < t->bound;
    case ORDER_AT_MOST:
        return value <= t->bound;
    case ORDER_MORE:
        return value > t->bound;
    case ORDER_AT_LEAST:
        break;
    }
    return value >= t->bound;
}

/* Four digits tell a value from its bound in all but the nearest cases, for which reports have the number itself. */
static void add_rounded(struct buf *out, double value, const char *unit)
{
    char text[48];
    snprintf(text, sizeof text, fabs(value) < 1e4 || fabs(value) >= 1e15 ? "%.4g" : "%.0f", value);
    double rounded;
    if (number_parse(text, &rounded))
        number_add(out, rounded);
    else
        buf_adds(out, text);
    buf_adds(out, unit);
}

static void add_time(struct buf *out, double ms)
{
    double s = ms / 1000;
    if (s < 0 || s >= 1e9 || s < 60) {
        bool small = fabs(ms) < 1000;
        add_rounded(out, small ? ms : s, small ? "ms" : "s");
        return;
    }
    long long whole = (long long)s, minutes = whole / 60;
    if (minutes >= 60)
        buf_addf(out, "%lldh", minutes / 60);
    buf_addf(out, "%lldm", minutes % 60);
    add_rounded(out, minutes >= 10 ? (double)(whole % 60) : s - 60 * (double)minutes, "s");
}

void threshold_value_add(struct buf *out, double value, const char *unit)
{
    static const struct {
        double factor;
        const char *name;
    } sizes[] = {{1073741824, " GiB"}, {1048576, " MiB"}, {1024, " KiB"}};
    if (strcmp(unit, "ms") == 0) {
        add_time(out, value);
        return;
    }
    for (size_t i = 0; strcmp(unit, "bytes") == 0 && i < ARRAY_LEN(sizes); i++) {
        if (fabs(value) >= sizes[i].factor) {
            add_rounded(out, value / sizes[i].factor, sizes[i].name);
            return;
        }
    }
    add_rounded(out, value, "");
    if (*unit)
        buf_addf(out, " %s", strcmp(unit, "percent") == 0 ? "%" : unit);
}

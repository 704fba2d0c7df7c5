/* SPDX-License-Identifier: Apache-2.0 */
/* The markers that muster acts on: their names and their arguments. */
#include "plan/known.h"

#include "base/suggest.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_KEYS = 3 };

struct known {
    const char *name;
    const char *keys[MAX_KEYS]; /* in the order in which they may be given without a name */
    const char *usage;
    bool repeatable;
};

static const struct known known_markers[] = {
    {"timeout", {"timeout"}, "timeout(SECONDS)", false},
    {"flaky", {"reruns", "reruns_delay", "retry_on"}, "flaky(reruns=N, reruns_delay=SECONDS, retry_on=\"...\")", false},
    {"skip", {"reason"}, "skip(reason=\"...\")", false},
    {"known_failure", {"reason", "until"}, "known_failure(reason=\"...\", until=\"YYYY-MM-DD\")", false},
    {"lock", {"name"}, "lock(\"NAME\")", true},
    {"group", {"name", "max"}, "group(\"NAME\", max=N)", true},
    {"weight", {"n"}, "weight(N)", false},
    {"memory", {"size"}, "memory(\"SIZE\")", false},
    {"pids", {"n"}, "pids(N)", false},
    {"containment", {"rung"}, "containment(\"RUNG\")", false},
    {"serial", {NULL}, "serial, without arguments", false},
};

static const struct known *known_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(known_markers); i++)
        if (strcmp(known_markers[i].name, name) == 0)
            return &known_markers[i];
    return NULL;
}

/* The position of the key, or -1. */
static int known_position(const struct known *k, const char *key)
{
    for (int i = 0; i < MAX_KEYS && k->keys[i]; i++)
        if (strcmp(k->keys[i], key) == 0)
            return i;
    return -1;
}

int known_error(const struct scenario_info *s, const struct marker *m, struct err *err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *message = xvasprintf(fmt, ap);
    va_end(ap);
    int e = err_set(err, -EINVAL, "%s: marker %s: %s", s->id, m->text, message);
    free(message);
    return e;
}

static int check_args(const struct scenario_info *s, const struct marker *m, const struct known *k, struct err *err)
{
    bool given[MAX_KEYS] = {0};
    int next = 0;
    for (uint32_t i = 0; i < m->n_args; i++) {
        const char *key = m->args[i].key;
        int at = key ? known_position(k, key) : next++;
        if (at < 0)
            return known_error(s, m, err, "unknown argument \"%s\": it is %s", key, k->usage);
        if (at >= MAX_KEYS || !k->keys[at])
            return known_error(s, m, err, "too many arguments: it is %s", k->usage);
        if (given[at])
            return known_error(s, m, err, "%s is given twice", k->keys[at]);
        given[at] = true;
    }
    return 0;
}

int known_check(const struct scenario_info *s, struct err *err)
{
    for (uint32_t i = 0; i < s->n_markers; i++) {
        const struct marker *m = &s->markers[i];
        const struct known *k = known_find(m->name);
        if (!k)
            continue;
        if (!k->repeatable && marker_find(s->markers, i, m->name))
            return known_error(s, m, err, "%s is there twice", m->name);
        int e = check_args(s, m, k, err);
        if (e < 0)
            return e;
    }
    return 0;
}

bool known_is(const char *name)
{
    return known_find(name) != NULL;
}

static bool has_same_letters(const char *a, const char *b)
{
    int counts[256] = {0};
    for (; *a; a++)
        counts[(unsigned char)*a]++;
    for (; *b; b++)
        counts[(unsigned char)*b]--;
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        if (counts[i] != 0)
            return false;
    return true;
}

/* Among short words every second one is a slip away from another (`look` and `lock`, `ship` and `skip`): of these only
 * letters that are swapped, missing or too many are a slip, and not the first. */
static bool may_be_meant(const char *name, const char *known, size_t limit)
{
    enum { SHORT = 5 };
    size_t len = strlen(name), other = strlen(known);
    if (other >= len + limit || len >= other + limit)
        return false; /* a part of a name (`known`) is a word */
    return other >= SHORT || (*name == *known && (len != other || has_same_letters(name, known)));
}

/* Stricter than where nothing else could have been meant: authors' own markers are words too. */
const char *known_meant(const char *name)
{
    enum { SHORT = 3, LONG = 7, LONGEST = 31 };
    char small[LONGEST + 1];
    size_t len = strlen(name), limit = len < LONG ? 2 : 3;
    if (known_find(name) || len < SHORT || len > LONGEST)
        return NULL;
    for (size_t i = 0; i <= len; i++)
        small[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i]);
    struct suggestion s = suggest_start(small);
    s.distance = limit;
    for (size_t i = 0; i < ARRAY_LEN(known_markers); i++) {
        if (strcmp(small, known_markers[i].name) == 0 || may_be_meant(small, known_markers[i].name, limit))
            suggest_offer(&s, known_markers[i].name);
    }
    return s.best;
}

/* What pytest and its plugins, nextest, JUnit and Robot Framework call it. */
const char *known_elsewhere(const struct marker *m)
{
    static const struct {
        const char *name, *known;
    } names[] = {{"retry", "flaky"},        {"retries", "flaky"},       {"rerun", "flaky"},
                 {"reruns", "flaky"},       {"xfail", "known_failure"}, {"time_limit", "timeout"},
                 {"resource_lock", "lock"}, {"disabled", "skip"},       {"ignore", "skip"}};
    for (size_t i = 0; m->n_args > 0 && i < ARRAY_LEN(names); i++)
        if (strcasecmp(m->name, names[i].name) == 0)
            return known_find(names[i].known)->usage;
    return NULL;
}

const struct marker_value *known_arg(const struct marker *m, const char *key)
{
    const struct known *k = known_find(m->name);
    assert(k && known_position(k, key) >= 0);
    return marker_arg(m, key, known_position(k, key));
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Things made up by rules, as the kit `factory` makes them. A factory is known by its name: the same one goes on with
 * its numbers, so its rules are read once.
 */
#include <muster/kit/data.h>
#include <muster/kit/factory.h>
#include <muster/kit/json.h>

#include <pthread.h>
#include <stdlib.h>

enum { FIELDS_MOST = 100, DEEPEST = 8, GIVEN_MOST = 64 };

/* Of this process; freed with it. */
struct known {
    struct known *next;
    const char *rules; /* as they were given */
    struct m_factory factory;
};
static struct known *all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const struct m_factory *factory_of(struct muster_ctx *t, const char *name, const struct m_json *fields,
                                          int depth);

/* [a, b, c] -> "a|b|c" */
static const char *choices(struct muster_ctx *t, const char *field, const struct m_json *of)
{
    const char *texts = "";
    int64_t n = m_json_count(of, "");
    for (int64_t i = 0; i < n; i++) {
        const char *one = m_json_str(m_json_item(of, (uint64_t)i), "");
        if (!one || strchr(one, '|'))
            ERROR("make: choice %s: number %d is no text, or has a | in it", field, (int)i + 1);
        texts = m_fmt(t, "%s%s%s", texts, i ? "|" : "", one);
    }
    if (n < 1)
        ERROR("make: choice %s: `of` is a list of texts", field);
    return texts;
}

static int64_t integer(struct muster_ctx *t, const struct m_json *rule, const char *pointer, const char *field)
{
    int64_t n = m_json_int(rule, pointer);
    if (n == M_JSON_NO_INT)
        ERROR("make: %s: %s is an integer", field, pointer + 1);
    return n;
}

static struct m_factory_field read_rule(struct muster_ctx *t, const struct m_json *rule, int depth)
{
    struct m_factory_field f = {0};
    const struct m_json *nested = m_json_at(rule, "/fields");
    if ((f.name = m_json_str(rule, "/unique"))) {
        f.kind = M_FIELD_UNIQUE_;
        f.text = m_json_str(rule, "/prefix") ? m_json_str(rule, "/prefix") : "e2e";
    } else if ((f.name = m_json_str(rule, "/text"))) {
        f.kind = M_FIELD_TEXT_;
        f.text = m_json_str(rule, "/of");
    } else if ((f.name = m_json_str(rule, "/choice"))) {
        f.kind = M_FIELD_CHOICE_;
        f.text = choices(t, f.name, m_json_at(rule, "/of"));
    } else if ((f.name = m_json_str(rule, "/number"))) {
        f.kind = M_FIELD_NUMBER_;
        f.least = integer(t, rule, "/from", f.name);
        f.most = integer(t, rule, "/to", f.name);
    } else if ((f.name = m_json_str(rule, "/object"))) {
        f.kind = M_FIELD_NESTED_;
    } else if ((f.name = m_json_str(rule, "/several"))) {
        f.kind = M_FIELD_LIST_;
        f.least = f.most = integer(t, rule, "/count", f.name);
    }
    int of_others = f.kind == M_FIELD_NESTED_ || f.kind == M_FIELD_LIST_;
    if (!f.name || (f.kind == M_FIELD_TEXT_ && !f.text) || (of_others && !nested))
        ERROR(
            "make: no rule: %s. It is {unique: NAME, prefix: P}, {text: NAME, of: TEMPLATE}, {choice: NAME, of: "
            "[...]}, "
            "{number: NAME, from: A, to: B}, {object: NAME, fields: [...]} or {several: NAME, count: N, fields: [...]}",
            m_json_text(t, rule, ""));
    if (of_others)
        f.nested = factory_of(t, f.name, nested, depth + 1);
    return f;
}

static struct m_factory read_factory(struct muster_ctx *t, const char *name, const struct m_json *fields, int depth)
{
    int64_t n = m_json_count(fields, "");
    if (n < 1 || n > FIELDS_MOST || depth > DEEPEST)
        ERROR("make: %s: `fields` is a list of 1 to %d rules, at most %d deep", name, FIELDS_MOST, DEEPEST);
    struct m_factory_field read[FIELDS_MOST + 1] = {0};
    for (int64_t i = 0; i < n; i++)
        read[i] = read_rule(t, m_json_item(fields, (uint64_t)i), depth);
    struct m_factory_field *kept = calloc((size_t)n + 1, sizeof *kept);
    if (!kept)
        ERROR("make: out of memory");
    memcpy(kept, read, (size_t)n * sizeof *kept);
    return (struct m_factory){.name = m_keep(t, name, strlen(name)), .fields = kept};
}

/* By name and rules: of two with other rules each has numbers of its own. */
static const struct m_factory *known(const char *name, const char *rules)
{
    pthread_mutex_lock(&lock);
    struct known *k = all;
    while (k && (strcmp(k->factory.name, name) != 0 || strcmp(k->rules, rules) != 0))
        k = k->next;
    pthread_mutex_unlock(&lock);
    return k ? &k->factory : NULL;
}

static const struct m_factory *factory_of(struct muster_ctx *t, const char *name, const struct m_json *fields,
                                          int depth)
{
    const char *rules = m_json_text(t, fields, "");
    const struct m_factory *there = known(name, rules ? rules : "");
    if (there)
        return there;
    struct m_factory made = read_factory(t, name, fields, depth);
    struct known *k = calloc(1, sizeof *k);
    if (!k)
        ERROR("make: out of memory");
    *k = (struct known){.rules = rules, .factory = made};
    pthread_mutex_lock(&lock);
    k->next = all;
    all = k;
    pthread_mutex_unlock(&lock);
    return &k->factory;
}

DATA_STEP(json, make,
          PARAMS((str, factory, NULL, "Its name: things are numbered for each"),
                 (json, fields, NULL, "Rules, in the order of the fields"),
                 (json, with, "[]", "Values in place of what a rule gives: [\"plan=pro\"]")),
          .summary = "A thing made up by rules: the same seed makes the same")
{
    const char *given[GIVEN_MOST + 1] = {0};
    struct m_json *rules = m_json_parse(t, fields), *values = m_json_parse(t, with); /* live as long as the factory */
    int64_t n = m_json_count(values, "");
    if (n > GIVEN_MOST)
        ERROR("make: `with` has more than %d values", GIVEN_MOST);
    for (int64_t i = 0; i < n; i++)
        if (!(given[i] = m_json_str(m_json_item(values, (uint64_t)i), "")))
            ERROR("make: `with` is a list of texts, \"field=value\"");
    return m_make(t, factory_of(t, factory, rules, 0), given);
}

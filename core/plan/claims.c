/* SPDX-License-Identifier: Apache-2.0 */
/* Locks, groups, weights. */
#include "plan/claims.h"

#include "plan/known.h"

#include <string.h>

enum { MOST = 1000000 };

static int name_of(const struct scenario_info *s, const struct marker *m, const char **ret_name, struct err *err)
{
    const struct marker_value *v = known_arg(m, "name");
    if (!v || v->type != MARKER_STR || !*v->text)
        return known_error(s, m, err, "it needs a name, as in %s(\"db\"%s)", m->name,
                           strcmp(m->name, "group") == 0 ? ", max=2" : "");
    *ret_name = v->text;
    return 0;
}

/* A whole number from 1. */
static int count_of(const struct scenario_info *s, const struct marker *m, const char *key, uint32_t *ret_count,
                    struct err *err)
{
    const struct marker_value *v = known_arg(m, key);
    if (!v || v->type != MARKER_INT || v->integer < 1 || v->integer > MOST)
        return known_error(s, m, err, "%s is a whole number from 1 to %d", key, MOST);
    *ret_count = (uint32_t)v->integer;
    return 0;
}

static int add_claim(const struct scenario_info *s, const struct marker *m, bool group, struct claims *c,
                     struct err *err)
{
    struct claim claim = {.group = group, .name = "", .max = 1, .marker = m};
    int e = name_of(s, m, &claim.name, err);
    if (e == 0 && group)
        e = count_of(s, m, "max", &claim.max, err);
    if (e < 0)
        return e;
    for (uint32_t i = 0; i < c->n; i++)
        if (c->items[i].group == group && strcmp(c->items[i].name, claim.name) == 0)
            return known_error(s, m, err, "it is there twice");
    if (c->n == CLAIMS_MAX)
        return known_error(s, m, err, "more than %d locks and groups", CLAIMS_MAX);
    c->items[c->n++] = claim;
    return 0;
}

bool claims_any(const struct scenario_info *s)
{
    for (uint32_t i = 0; i < s->n_markers; i++) {
        const char *name = s->markers[i].name;
        if (strcmp(name, "lock") == 0 || strcmp(name, "group") == 0 || strcmp(name, "weight") == 0 ||
            strcmp(name, "serial") == 0)
            return true;
    }
    return false;
}

int claims_of(const struct scenario_info *s, struct claims *ret_claims, struct err *err)
{
    struct claims c = {.weight = 1};
    int e = 0;
    for (uint32_t i = 0; i < s->n_markers && e == 0; i++) {
        const struct marker *m = &s->markers[i];
        if (strcmp(m->name, "lock") == 0)
            e = add_claim(s, m, false, &c, err);
        else if (strcmp(m->name, "group") == 0)
            e = add_claim(s, m, true, &c, err);
        else if (strcmp(m->name, "weight") == 0)
            e = count_of(s, m, "n", &c.weight, err);
        else if (strcmp(m->name, "serial") == 0)
            c.serial = true;
    }
    if (e == 0)
        *ret_claims = c;
    return e;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Fixtures of every scope, made anew in the attempt's own process: what a plugin's functions see is the same. */
#include "loader.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct made_fixture made[MAX_FIXTURES]; /* in the order of their set-up */
static size_t n_made;

static const struct muster_fixture *find_fixture(const struct muster_plugin *p, const char *name)
{
    for (uint64_t i = 0; i < p->n_fixtures; i++)
        if (p->fixtures[i] && strcmp(p->fixtures[i]->name, name) == 0)
            return p->fixtures[i];
    return NULL;
}

static struct made_fixture *find_made(const char *name)
{
    for (size_t i = 0; i < n_made; i++)
        if (strcmp(made[i].name, name) == 0)
            return &made[i];
    return NULL;
}

/* `plan=${plan}`: an argument, or `as` the name; a parameter of the case where one is named. */
static void take_argument(char *argument, struct made_fixture *f, const struct values *case_values)
{
    char *value = strchr(argument, '=');
    if (!value)
        errx(1, "%s is no name=value", argument);
    *value++ = '\0';
    size_t n = strlen(value);
    const char *text = value;
    if (strncmp(value, "${", 2) == 0 && value[n - 1] == '}') {
        value[n - 1] = '\0';
        text = values_get(case_values, value + 2);
    }
    if (strcmp(argument, "as") == 0)
        f->name = text;
    else
        values_set(&f->arguments, argument, text);
}

static bool make(const struct muster_plugin *p, struct muster_ctx *t, const char *use, const struct values *case_values)
{
    char *name = strdup(use), *list = strchr(name, '(');
    if (list)
        *list++ = '\0';
    const struct muster_fixture *fixture = find_fixture(p, name);
    if (!fixture)
        return false;
    struct made_fixture f = {.fixture = fixture, .name = name};
    values_init(&f.arguments, fixture->params);
    for (char *rest = list, *argument; rest && (argument = strtok_r(rest, ",) ", &rest));)
        take_argument(argument, &f, case_values);
    if (find_made(f.name))
        return true;
    if (!set_up_fixtures(p, t, fixture->uses, &f.arguments))
        return false;
    if (n_made == MAX_FIXTURES)
        errx(1, "more fixtures than this host keeps");
    made[n_made] = f;
    struct made_fixture *at = &made[n_made++];
    struct user before = *user_of(t);
    *user_of(t) = (struct user){&at->arguments, at};
    fixture->setup(t);
    bool ready = !fixture->ready || fixture->ready(t) == 1;
    *user_of(t) = before;
    return ready;
}

bool set_up_fixtures(const struct muster_plugin *p, struct muster_ctx *t, const char *const *uses,
                     const struct values *case_values)
{
    for (size_t i = 0; uses && uses[i]; i++)
        if (!make(p, t, uses[i], case_values))
            return false;
    return true;
}

void tear_down_fixtures(struct muster_ctx *t)
{
    while (n_made > 0) {
        struct made_fixture *f = &made[--n_made];
        *user_of(t) = (struct user){&f->arguments, f};
        if (f->fixture->teardown)
            f->fixture->teardown(t);
    }
}

static const char *value(struct muster_ctx *t, const char *fixture, const char *key)
{
    const struct made_fixture *f = find_made(fixture);
    (void)t;
    for (size_t i = 0; f && i < f->n_published; i++)
        if (strcmp(f->published[i].key, key) == 0)
            return f->published[i].value;
    return NULL;
}

static void *pointer(struct muster_ctx *t, const char *fixture)
{
    const struct made_fixture *f = find_made(fixture);
    (void)t;
    return f ? f->pointer : NULL;
}

static struct made_fixture *own(struct muster_ctx *t)
{
    struct made_fixture *f = user_of(t)->fixture;
    if (!f)
        errx(1, "a scenario called what is for a fixture's functions");
    return f;
}

static void publish(struct muster_ctx *t, const char *key, const char *text)
{
    struct made_fixture *f = own(t);
    if (f->n_published == sizeof f->published / sizeof f->published[0])
        errx(1, "more values than this host keeps");
    f->published[f->n_published].key = strdup(key);
    f->published[f->n_published++].value = strdup(text);
}

static void hand_over(struct muster_ctx *t, void *p)
{
    own(t)->pointer = p;
}

static void watch(struct muster_ctx *t, int32_t pid, const char *what)
{
    fprintf(stderr, "  %s lives as long as %s, process %d\n", own(t)->name, what, (int)pid);
}

const struct muster_ext_fixtures *fixtures_extension(void)
{
    static const struct muster_ext_fixtures x = {sizeof x, 0, value, pointer, publish, hand_over, watch};
    return &x;
}

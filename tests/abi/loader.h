/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the minimal host (loader.c): one process, one attempt at a time, nothing is ever freed across a fork. */
#ifndef TESTS_ABI_LOADER_H
#define TESTS_ABI_LOADER_H

#include <muster/ext/fixtures.h>
#include <muster/ext/params.h>
#include <muster/plugin.h>

#include <stdbool.h>
#include <stddef.h>

enum { MAX_PARAMS = 64, MAX_FIXTURES = 16 };

/* Values for a list of parameters: each is a text, and NULL where there is none. */
struct values {
    const struct muster_param *const *params; /* NULL-terminated */
    const char *texts[MAX_PARAMS];
};

/* A fixture that has been set up for the attempt. */
struct made_fixture {
    const struct muster_fixture *fixture;
    const char *name; /* as its user calls it */
    struct values arguments;
    struct {
        char *key, *value;
    } published[16];
    size_t n_published;
    void *pointer;
};

/* Whose functions run: the attempt's scenario, or one of its fixtures. */
struct user {
    const struct values *values;
    struct made_fixture *fixture; /* NULL: the scenario */
};

/* ---- loader_typed.c ---- */

/* A list without values but the fallbacks. */
void values_init(struct values *v, const struct muster_param *const *params);
void values_set(struct values *v, const char *name, const char *text);
const char *values_get(const struct values *v, const char *name);

/* How many cases the scenario has by the rows in its tables; a table without any, whose rows are in a file, is one. */
size_t count_cases(const struct muster_scenario *s);
/* The values of the case with this number, and its id: ID[plan=pro,seats=10]. */
void describe_case(const struct muster_scenario *s, size_t number, struct values *ret_values, char *ret_id,
                   size_t size);

/* Calls a typed function with its arguments; what it returns comes as text. */
void call_typed(void (*call)(void), uint32_t returns, struct muster_ctx *t, const struct values *v, char *ret_text,
                size_t size);

/* json and (str name, i32 size=1), as loader prints them. */
const char *type_name(uint32_t type);
void print_params(const struct muster_param *const *params);

/* ---- loader_fixtures.c ---- */

/* Sets up what `uses` names, and what that uses, in this process, whatever the scope; false when there is no such
 * fixture or it is not ready. */
bool set_up_fixtures(const struct muster_plugin *p, struct muster_ctx *t, const char *const *uses,
                     const struct values *case_values);
void tear_down_fixtures(struct muster_ctx *t);
const struct muster_ext_fixtures *fixtures_extension(void);

/* ---- loader.c ---- */

struct user *user_of(struct muster_ctx *t);

#endif

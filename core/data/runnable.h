/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scenario written as data, checked and ready to run: what check_*.c make and run_*.c execute.
 *
 * It is made once, in the host, and constant from then on; attempts fork from it. Everything lives in the arena of its
 * file, the JSON values beside it. Variables have numbers: what has a name in the file is a slot when it runs.
 */
#ifndef MUSTER_DATA_RUNNABLE_H
#define MUSTER_DATA_RUNNABLE_H

#include "data/diagnostics.h"
#include "data/match.h"

#include <muster/plugin.h>

enum { NO_SLOT = UINT32_MAX };

/* What is between ${ and }. */
enum source {
    FROM_VARIABLE, /* slot */
    FROM_PARAM,    /* name: of the case */
    FROM_ENV,      /* name */
    FROM_TARGET,   /* name */
    FROM_FIXTURE,  /* fixture, name */
    FROM_FOLDER,   /* name: the path of the folder that the file lies in */
    FROM_RUNNER,   /* name: uuid, slot, attempt, run_id, tmpdir, seed, case */
};

struct reference {
    enum source source;
    uint32_t slot;
    uint32_t type; /* MUSTER_TYPE_* of what it stands for, the pointer applied */
    const char *name, *fixture;
    const char *pointer;  /* into the value; "": all of it */
    const char *fallback; /* after :-, when there is no value; or NULL */
    const char *written;  /* "${workload.id}" */
    struct place at;
};

/* A text with references in it: literal pieces and references in turn. */
struct piece {
    const char *text; /* or, when NULL: */
    const struct reference *reference;
};

enum value_kind { VALUE_LITERAL, VALUE_REFERENCE, VALUE_TEXT, VALUE_LIST, VALUE_MAP };

struct value {
    enum value_kind kind;
    struct place at;
    json_t *literal;
    const char *text; /* of a literal that is a number: as it was written */
    const struct reference *reference;
    const struct piece *pieces;
    const struct value *const *items; /* of a list, a map */
    const char *const *keys;          /* of a map */
    uint32_t n;                       /* pieces, items */
};

/* One comparison: what `pointer` of the subject points to, with `expected`. */
struct expectation {
    struct place at;
    const struct value *subject; /* of an `if`; NULL: what the step returned */
    const char *pointer;
    enum match_op op;
    const struct value *expected;
    const regex_t *regex; /* of a literal MATCH_MATCHES */
};

struct expectations {
    const struct expectation *items;
    uint32_t n;
};

/* A function of a plugin. */
struct step_function {
    const char *plugin; /* "acme.persys" */
    const char *path;
    const struct muster_step *step;
    uint32_t n_params;
    bool yields;                           /* another one of the name is meant */
    const struct muster_fixture *fixtures; /* of its plugin */
    size_t n_fixtures;
};

struct step;

struct step_list {
    const struct step *const *items;
    uint32_t n;
};

enum step_kind { STEP_CALL, STEP_PARALLEL, STEP_EACH, STEP_GROUP };

struct step {
    enum step_kind kind;
    struct place at;
    const struct value *title; /* as it is reported */
    struct expectations condition;
    /* STEP_CALL */
    const struct step_function *function;
    const struct value *const *args; /* of each parameter; NULL: its fallback */
    uint32_t save;                   /* NO_SLOT */
    struct expectations expect, until;
    bool polls; /* it has an `until`, perhaps only for its own checks */
    /* STEP_PARALLEL */
    const struct step_list *branches;
    uint32_t n_branches;
    /* STEP_EACH: `body` for each item of `each`, or as many times as it says; STEP_GROUP */
    const struct value *each;
    uint32_t item; /* slot */
    struct step_list body;
    /* STEP_GROUP: values that are bound first, of a defined group's parameters */
    const struct value *const *bound; /* NULL: the fallback of its parameter */
    const struct muster_param *const *defaults;
    const uint32_t *bound_to;
    uint32_t n_bound;
    int64_t timeout_ns;  /* 0: none. Of the whole step; with `until`: of the polling */
    int64_t interval_ns; /* between tries */
    uint32_t retries;
};

struct variable {
    const char *name;
    const struct value *value; /* of `vars`: evaluated when the scenario begins; or NULL */
};

struct program {
    const char *file;
    struct place at;
    const char *id;
    const struct variable *variables; /* by slot */
    uint32_t n_variables;
    const struct reference *const *outside; /* what has to be there before the first step: env, target */
    uint32_t n_outside;
    const struct muster_param *const *params; /* NULL-terminated; or NULL */
    struct step_list steps, finally;
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a scenario's parameters and tables to its cases: one for each combination of the tables' rows, the last table's
 * varying fastest. A parameter has its value from the table that it is a column of, or else its fallback.
 *
 * cases_open() checks all of it, cell by cell, and case_values() and case_id() then make the cases one by one, so that
 * a million of them need no more memory than the caller keeps. Pure; the set borrows the scenario and its tables.
 */
#ifndef MUSTER_PLAN_CASES_H
#define MUSTER_PLAN_CASES_H

#include "base/err.h"
#include "base/mem.h"
#include "plan/catalogue.h"

enum {
    CASES_MAX = 1000 * 1000,     /* of one scenario */
    CASE_VALUES_MAX = 60 * 1024, /* bytes of all values of a case: an attempt is told them in one packet */
};

/* Says whether a text is JSON; -EINVAL with what is wrong. */
typedef int (*json_check)(const char *text, struct err *err);

struct case_set {
    const struct scenario_info *scenario;
    const struct table_info *tables;
    uint32_t n_tables;
    uint32_t n;                   /* cases */
    struct param_source *sources; /* of each parameter */
    struct arena arena;           /* what case_set_free() frees */
};

#define autocases __attribute__((cleanup(case_set_free)))

/* `tables` stand in place of the scenario's own. -EINVAL names the scenario, where it stands, and the table, row and
 * column at fault: rows are counted from 1, those of a file are named by file and line. */
int cases_open(const struct scenario_info *s, const struct table_info *tables, uint32_t n_tables, json_check check_json,
               struct case_set *ret_set, struct err *err);
/* The values of case `i`, one for each parameter, in their order; borrowed from the tables. */
void case_values(const struct case_set *set, uint32_t i, const char **ret_values);
/* Its id (case_id.h), with the parameters that stand in tables; in the arena. */
const char *case_id(const struct case_set *set, const char *const *values, struct arena *arena);
void case_set_free(struct case_set *set);

/* The parameter of that name, or NULL. */
const struct param_info *param_find(const struct param_list *params, const char *name, size_t len);
/* "no parameter has the name planet; did you mean plan?", -EINVAL. */
int param_unknown(const struct param_list *params, const char *name, struct err *err);

#endif

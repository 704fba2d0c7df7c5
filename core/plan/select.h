/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Selecting: from the catalogue to the list of cases that a run is made of, in the order of the sources
 * (plugins as they were given, then file and line, as the catalogue has them).
 *
 * A case is selected if one of the id patterns selects it (glob.h; without patterns, all are), and -m
 * and -k are both true of it. A selected case may still be one to skip, with a reason: it has the marker
 * skip, or needs what this runner or target doesn't have. Skipped ones are planned and reported.
 *
 * A scenario with parameters is as many cases as its tables give (cases.h). They are made only when an id pattern may
 * select one of them and -m is true of the scenario: what is not asked for is not read, and its mistakes are nobody's.
 *
 * Pure: the selection owns its list, its reasons and the ids of cases with parameters; it borrows scenarios' ids from
 * the catalogue and values from the tables, which must outlive it, and keeps nothing of the options.
 */
#ifndef MUSTER_PLAN_SELECT_H
#define MUSTER_PLAN_SELECT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "plan/cases.h"
#include "plan/catalogue.h"
#include "plan/limits.h"
#include "plan/target_info.h"

struct select_options {
    const char *const *ids; /* patterns */
    size_t n_ids;           /* 0: all */
    const char *where;      /* the scenarios were looked for, for messages: "in ..."; NULL: where the user said */
    const char *markers;    /* -m; NULL or blank: all */
    const char *keywords;   /* -k; NULL or blank: all */
    const char *const *capabilities;
    size_t n_capabilities; /* what `needs` of a scenario can be met with */
    /* The run's target, *ret_target NULL where it has none; NULL: it has none. Asked when a selected scenario needs it.
     */
    int (*target)(void *target_data, const struct target_info **ret_target, struct err *err);
    void *target_data;
    const char *const *own_markers; /* that look like slips of muster's, and are none */
    size_t n_own_markers;
    struct limit_settings limits;
    const char *today;     /* "2026-11-21", for markers that expire */
    json_check check_json; /* NULL: nobody looks at JSON values */
    /* The tables to take in place of the scenario's own; NULL: its own, without the rows of their files. */
    int (*tables)(void *tables_data, const struct scenario_info *s, const struct table_info **ret_tables,
                  uint32_t *ret_n, struct err *err);
    void *tables_data;
};

struct case_plan {
    uint32_t scenario;         /* index into catalogue.scenarios */
    const char *id;            /* the case's; the scenario's own where it has no parameters */
    const char *const *values; /* of the scenario's parameters, as text, in their order; NULL without parameters */
    struct limits limits;
    const char *skip_reason;   /* NULL: run it */
    const char *known_failure; /* why it may fail; NULL: it may not, or not any more */
    uint32_t position;         /* of a shard's case, its place in the whole plan, from 1 (shard.h); 0: not divided */
};

struct selection {
    struct arena arena;
    struct case_plan *cases;
    size_t n_cases, cap_cases;
    size_t n_deselected;        /* asked for by id, and left out by -m or -k */
    const char *target_fixture; /* what `target` stands for among what is used; NULL: nothing. Its maker sets it */
};

#define autoselection __attribute__((cleanup(selection_free)))

/* -EINVAL: a mistake in -m or -k (with column and caret), in a selected scenario's timeout, flaky,
 * skip or known_failure marker, or in its tables; -ENOENT: a pattern that selects nothing, with the nearest id. Nothing
 * selected at all is not an error here. */
int select_cases(const struct catalogue *c, const struct select_options *o, struct selection *ret_selection,
                 struct err *err);
void selection_free(struct selection *s);

/* Whether muster understands the scenario's markers: its own with their arguments, and none that is a slip away from
 * one of these and not among o->own_markers. -EINVAL names the scenario and the marker. */
int select_check_markers(const struct catalogue *c, const struct select_options *o, uint32_t scenario, struct err *err);
/* The names in -m that no scenario has as a marker and muster does not know, each with the nearest that there is, or
 * NULL. */
void select_each_unknown_marker(const struct catalogue *c, const char *markers,
                                void (*take)(const char *name, const char *meant, void *data), void *data);
/* The same of o->keywords: words that are a part of no name, and of no case's id. Where a word is new, the tables of
 * all scenarios are asked for. */
void select_each_unknown_keyword(const struct catalogue *c, const struct select_options *o,
                                 void (*take)(const char *name, const char *meant, void *data), void *data);

#endif

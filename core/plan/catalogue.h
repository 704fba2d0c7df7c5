/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue: what the supervisor knows of the plugins and their scenarios.
 *
 * Hosts describe their plugin over the wire; the supervisor copies the description in here, into one
 * arena, and never sees a plugin's own memory. The catalogue owns all strings; pointers into it hold
 * until catalogue_free(). It is complete before planning begins and constant from then on.
 */
#ifndef MUSTER_PLAN_CATALOGUE_H
#define MUSTER_PLAN_CATALOGUE_H

#include "base/err.h"
#include "base/mem.h"
#include "plan/idmap.h"
#include "plan/marker.h"

#include <stdbool.h>
#include <stdint.h>

struct plugin_info {
    const char *path;    /* as found: the name that messages use */
    const char *name;    /* "acme.payments" */
    const char *version; /* "1.4.0" */
    const char *summary; /* "" when it has none */
    uint32_t abi_minor;  /* the minor it was built for */
    bool fresh;          /* attempts must be spawned fresh: loading started threads, or the author asks for it */
    uint32_t first;      /* its scenarios are catalogue.scenarios[first .. first + count) */
    uint32_t count;
    uint32_t first_fixture, n_fixtures; /* in catalogue.fixtures */
    uint32_t first_step, n_steps;       /* in catalogue.steps */
    uint32_t first_cleanup, n_cleanups; /* in catalogue.cleanups */
    const char *const *thresholds;      /* NULL-terminated, as written: plan/threshold.h */
    bool yields;                        /* its steps are for files that find them nowhere else */
    const char *const *named;           /* NULL-terminated: plugins that a file of data brings along, by their paths */
    bool provider; /* found for its fixtures and steps only: its scenarios are not in the catalogue */
};

/* MUSTER_TYPE_* of muster/plugin.h, which the supervisor does not include. */
enum value_type { TYPE_NONE, TYPE_I32, TYPE_I64, TYPE_U64, TYPE_F64, TYPE_BOOL, TYPE_STR, TYPE_JSON, TYPE_N };

/* "i32" */
const char *value_type_name(enum value_type type);

struct param_info {
    enum value_type type;
    const char *name;
    const char *fallback; /* NULL: a value has to be given */
    const char *summary;
};

struct param_list {
    const struct param_info *items;
    uint32_t n;
};

/* Where a row was read. */
struct row_place {
    const char *file; /* NULL: it is the plugin's own */
    uint32_t line;
};

/* Rows of values for some of a scenario's parameters. */
struct table_info {
    const char *const *columns; /* names of parameters */
    uint32_t n_columns;         /* 0: the file's own */
    const char *const *cells;   /* row by row; NULL: the parameter's fallback */
    uint64_t n_rows;
    const char *file;               /* with more rows, as the plugin names it: relative to its folder; "": none */
    const struct row_place *places; /* of each row; NULL: all are the plugin's own */
};

enum fixture_scope { SCOPE_ATTEMPT = 1, SCOPE_PLUGIN, SCOPE_RUN };

struct fixture_info {
    uint32_t plugin; /* index into catalogue.plugins */
    uint32_t index;  /* position in the plugin's own table */
    enum fixture_scope scope;
    const char *name, *summary, *file;
    uint32_t line;
    struct param_list params;
    const char *const *uses;                                                              /* NULL-terminated */
    uint32_t setup_timeout_ms, ready_timeout_ms, teardown_timeout_ms, health_interval_ms; /* 0: not set */
};

/* A step function. */
struct step_info {
    uint32_t plugin;
    const char *name, *summary, *file;
    uint32_t line;
    enum value_type returns;
    uint32_t timeout_ms; /* 0: not set */
    struct param_list params;
    const char *const *uses;  /* NULL-terminated */
    const char *const *needs; /* NULL-terminated */
};

struct cleanup_info {
    const char *name;
    uint32_t timeout_ms; /* 0: not set */
};

struct scenario_info {
    uint32_t plugin;  /* index into catalogue.plugins */
    uint32_t index;   /* position in the plugin's own table: what its host is asked to run */
    const char *id;   /* "acme.payments.refund_twice" */
    const char *name; /* "refund_twice": the tail of id */
    const char *summary;
    const char *file; /* source file as compiled */
    uint32_t line;
    const struct marker *markers;
    uint32_t n_markers;
    const char *const *needs; /* NULL-terminated: capabilities without which it is skipped */
    const char *const *uses;  /* NULL-terminated: fixtures */
    uint32_t timeout_ms;      /* of the body; 0 = not set */
    uint32_t setup_timeout_ms, teardown_timeout_ms;
    uint32_t reruns; /* 0 = not set */
    uint32_t rerun_delay_ms;
    struct param_list params;
    const struct table_info *tables; /* its cases are the combinations of their rows */
    uint32_t n_tables;
};

struct catalogue {
    struct arena arena;
    struct plugin_info *plugins;
    size_t n_plugins, cap_plugins;
    struct scenario_info *scenarios;
    size_t n_scenarios, cap_scenarios;
    struct fixture_info *fixtures;
    size_t n_fixtures, cap_fixtures;
    struct step_info *steps;
    size_t n_steps, cap_steps;
    struct cleanup_info *cleanups;
    size_t n_cleanups, cap_cleanups;
    struct idmap ids; /* of the plugins that catalogue_admit() let in: id -> index into scenarios */
};

/* Lets the last plugin in, which has just been added with its scenarios at the end, if all of its ids
 * are new. Else -EEXIST: *err names the id, both places in the sources and the other plugin's file, and
 * the caller takes the plugin out again with catalogue_drop_last(). Time grows with this plugin only. */
int catalogue_admit(struct catalogue *c, struct err *err);
/* Takes out the last plugin and its scenarios, one that was not let in. */
void catalogue_drop_last(struct catalogue *c);
/* How many plugins somebody asked for: providers are not among them. */
size_t catalogue_asked_for(const struct catalogue *c);
void catalogue_free(struct catalogue *c);

#endif

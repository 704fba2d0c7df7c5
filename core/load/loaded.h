/* SPDX-License-Identifier: Apache-2.0 */
/* What a loaded plugin is made of (plugin.h loads one, and has its rules). */
#ifndef MUSTER_LOAD_LOADED_H
#define MUSTER_LOAD_LOADED_H

#include "base/err.h"
#include "base/mem.h"
#include "ipc/message.h"

#include <muster/plugin.h>
#include <stdbool.h>

/* What a call with parameters takes of them. */
struct plugin_param {
    uint32_t type; /* MUSTER_TYPE_* */
    const char *name;
};
struct plugin_params {
    const struct plugin_param *items;
    uint32_t n;
};

/* What running a scenario takes. */
struct plugin_entry {
    void (*setup)(struct muster_ctx *ctx);    /* or NULL */
    void (*run)(struct muster_ctx *ctx);      /* NULL when it is `call` */
    void (*teardown)(struct muster_ctx *ctx); /* or NULL */
    void (*call)(void);                       /* with `params` as arguments */
    struct plugin_params params;
    /* Of a scenario written as data, in place of run and teardown: called with `program` (data/data.h). */
    void (*run_data)(struct muster_ctx *ctx, const void *program);
    void (*teardown_data)(struct muster_ctx *ctx, const void *program);                  /* or NULL */
    void (*resume_data)(struct muster_ctx *ctx, const void *program, const char *state); /* in a new image */
    const void *program;
    /* What it declares of the target's operations, as written but without "operation:"; NULL-terminated. "*": any.
     * NULL: it declares none. */
    const char *const *operations;
};

/* "operation:tenant.create" in a scenario's needs (plan/needs.h has what it means). */
#define OPERATION_NEED "operation:"

/* The operations among a scenario's needs, for plugin_entry: in the arena, or NULL where there is none. */
const char *const *operations_among(struct arena *arena, const char *const *needs);

/* What running a fixture takes. */
struct plugin_fixture {
    const char *name;
    uint32_t scope; /* MUSTER_SCOPE_* */
    void (*setup)(struct muster_ctx *ctx);
    int32_t (*ready)(struct muster_ctx *ctx); /* or NULL */
    void (*teardown)(struct muster_ctx *ctx); /* or NULL */
    struct plugin_params params;
};

struct plugin {
    const char *name, *version, *summary;
    uint32_t abi_minor;
    bool fresh;                        /* started threads while loading, or asks for it */
    struct muster_scenario *scenarios; /* ordered by file and line; NULL after plugin_shrink() */
    uint32_t n_scenarios;
    const struct plugin_entry *entries; /* of the scenarios, in the same order */
    struct muster_cleanup *cleanups;
    uint32_t n_cleanups;
    const char *const *cleanup_paths; /* of the plugins that have them; NULL: all are this one's */
    struct muster_fixture *fixtures;  /* in the plugin's order; NULL after plugin_shrink() */
    const struct plugin_fixture *fixture_entries;
    uint32_t n_fixtures;
    struct muster_step *steps; /* NULL after plugin_shrink() */
    uint32_t n_steps;
    const char *const *thresholds; /* as written; NULL-terminated, or NULL after plugin_shrink() */
    const char *const *named;      /* of a file of data: plugins whose paths it alone names; NULL-terminated, or NULL */
    struct file_identity file;     /* from which it was loaded */
    struct arena arena;
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin, loaded and normalised: the only reader of plugin structs.
 *
 * plugin_load() maps the file, calls its entry and copies every struct into one of this runner's own size: what an
 * older plugin lacks is zero, and a non-zero byte beyond what this runner knows is refused. After that nothing
 * looks at the plugin's tables again. Runs in a host or, in fresh mode, in an attempt; never in the supervisor. A
 * plugin whose pointers are wild ends the process: the caller has said (load_progress) how far it was.
 */
#ifndef MUSTER_LOAD_PLUGIN_H
#define MUSTER_LOAD_PLUGIN_H

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
};

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
    struct file_identity file; /* from which it was loaded */
    struct arena arena;
};

/* Called before each stage; so that a supervisor knows where a host died. */
typedef void (*load_progress)(void *data, enum load_stage stage);

/* 0, or a negative errno with a sentence and a stable reason: those of elf.h and "unresolved-symbol", "cannot-load",
 * "no-entry", "wrong-major", "refuses", "newer-minor", "bad-table", "duplicate-scenario", "no-scenarios". A file that
 * changes meanwhile can't be loaded. */
int plugin_load(const char *path, load_progress progress, void *data, struct plugin *ret_plugin,
                const char **ret_reason, struct err *err);

/* Drops all texts and keeps what running takes, in memory that a fork does not copy and nobody can write: what is
 * forked from a host pays for every page of it. Without memory for that the plugin stays as it is. */
void plugin_shrink(struct plugin *p);

/*
 * The rule for structs that cross the interface (Linux's copy_struct_from_user): copies `theirs`, which says it has
 * `theirs_size` bytes, into `ours` of `ours_size` bytes. 0, or -E2BIG when a byte beyond ours is not zero; *ret_offset
 * is then its offset.
 */
int struct_copy(void *ours, size_t ours_size, const void *theirs, size_t theirs_size, size_t *ret_offset);

#endif

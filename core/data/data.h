/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios written as data, from the host's side: a file of YAML becomes a plugin.
 *
 * What parses, checks and runs them is a module of its own, muster-data.so beside muster-host: it maps libfyaml and
 * jansson, which no other plugin should have to carry. A host maps it for a path that ends in .yaml or .yml, calls
 * data_load() and treats what that returns like any other plugin. Attempts fork from the host with the checked programs
 * in memory; running one calls back into the module, which sees no more of the host than struct loader_environment.
 */
#ifndef MUSTER_DATA_DATA_H
#define MUSTER_DATA_DATA_H

#include "base/err.h"
#include "load/plugin.h"

#include <muster/plugin.h>
#include <stdatomic.h>
#include <stdbool.h>

/*
 * Thread guards. A step that may be tried again, that has a time limit or runs beside others, runs on a thread of its
 * own. A failed required check or stop() there must not end the attempt, nor may it unwind the plugin's frames: so the
 * thread stands still for good, and whoever waits for it is told. The host consults the calling thread's guard in its
 * checks, stops and steps.
 */
enum guard_mode {
    GUARD_DROP, /* what fails is only logged: it will be tried again. But for a stop with SKIP, which is final */
    GUARD_KEEP, /* what fails is recorded as always, but does not end the attempt */
};

struct thread_guard {
    _Atomic enum guard_mode mode;
    atomic_bool abandoned; /* nobody waits for the thread: it stands still at its next call of the host */
    uint32_t parent;       /* the step that the first one of its thread lies in */
    uint64_t failed;       /* failed checks and stops */
    bool final;            /* it has stopped in a way that no other try can change */
    char last[512];        /* the newest of them */
    void (*ended)(struct thread_guard *t); /* called on the thread before it stands still */
};

/* A plugin that has steps. */
struct data_provider {
    const char *path, *name;
    bool yields;              /* its steps are taken where no other has one of the name: a demonstration's */
    const char *const *steps; /* their names, NULL-terminated; NULL: not known, it is mapped to see */
};

/* Calls a step function with a text for each of its parameters (muster/plugin.h says which texts a type has). *ret_text
 * is malloc'd, and NULL of one that returns nothing. */
typedef int (*data_call_fn)(struct muster_ctx *ctx, const struct muster_step *step, const char *const *texts,
                            char **ret_text, struct err *err);

struct loader_environment {
    const struct data_provider *providers;
    size_t n_providers;
    const char *target; /* the run's target file as canonical JSON; NULL: it has none, or none was wanted */
    data_call_fn call;
    void (*set_guard)(struct thread_guard *guard); /* of the calling thread; NULL: none */
    /* Nobody waits for the guard's thread any more. It can't be ended, and goes on with what it has in hand until it
     * calls the host: nothing of the plugin may be called in this process from then on. */
    void (*abandon)(struct thread_guard *guard);
    /* Goes on with the attempt in a new image of its process, which ends all of its threads: there resume_data() of the
     * entry is called with `state`. Returns only when that can't be had, a negative errno. From the main thread. */
    int (*start_anew)(const char *state, struct err *err);
};

#define DATA_MODULE "muster-data.so"
#define DATA_ENTRY  "muster_data_load_1"

/* Reads the file, maps the plugins whose steps it calls, checks all of it and returns it as a plugin. `around` and what
 * it points to have to live as long as the process. Reasons: those of plugin_load() for a file that can't be had, and
 * "bad-data" with every mistake in its own line. */
typedef int (*data_load_fn)(const char *path, const struct loader_environment *around, load_progress progress,
                            void *progress_data, struct plugin *ret_plugin, const char **ret_reason, struct err *err);
int data_load(const char *path, const struct loader_environment *around, load_progress progress, void *progress_data,
              struct plugin *ret_plugin, const char **ret_reason, struct err *err);

#endif

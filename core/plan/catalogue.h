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
};

struct catalogue {
    struct arena arena;
    struct plugin_info *plugins;
    size_t n_plugins, cap_plugins;
    struct scenario_info *scenarios;
    size_t n_scenarios, cap_scenarios;
    struct idmap ids; /* of the plugins that catalogue_admit() let in: id -> index into scenarios */
};

/* Lets the last plugin in, which has just been added with its scenarios at the end, if all of its ids
 * are new. Else -EEXIST: *err names the id, both places in the sources and the other plugin's file, and
 * the caller takes the plugin out again with catalogue_drop_last(). Time grows with this plugin only. */
int catalogue_admit(struct catalogue *c, struct err *err);
/* Takes out the last plugin and its scenarios, one that was not let in. */
void catalogue_drop_last(struct catalogue *c);
void catalogue_free(struct catalogue *c);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plugins whose tables lie. One file, copied under many names: `lie-NAME.so` spoils, in the way of that name, a
 * table that is otherwise in order.
 */
#include <muster/plugin.h>

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Structs as a later minor version might have them. */
struct later_scenario {
    struct muster_scenario known;
    uint64_t later;
};
struct later_plugin {
    struct muster_plugin known;
    uint64_t later;
};

static void body(struct muster_ctx *ctx)
{
    (void)ctx;
}

static void undo(struct muster_ctx *ctx, const char *payload)
{
    (void)ctx;
    (void)payload;
}

static const char *markers[] = {"e2e", NULL};
static struct later_scenario one = {{.size = sizeof(struct muster_scenario), .id = "one", .run = body}, 0};
static struct later_scenario two = {{.size = sizeof(struct muster_scenario), .id = "two", .run = body}, 0};
static struct muster_cleanup cleanup = {.size = sizeof cleanup, .name = "undo", .run = undo};
static const struct muster_scenario *scenarios[] = {&one.known, &two.known};
static const struct muster_cleanup *cleanups[] = {&cleanup};
static struct later_plugin table = {{.size = sizeof(struct muster_plugin),
                                     .abi_minor = MUSTER_ABI_MINOR,
                                     .name = "hostile.lie",
                                     .version = "1.0",
                                     .scenarios = scenarios,
                                     .n_scenarios = 2,
                                     .cleanups = cleanups,
                                     .n_cleanups = 1},
                                    0};

/* An address at which nothing is mapped. */
static void *wild(void)
{
    return (void *)(uintptr_t)0x10;
}

/* The name of a lie, and how it is told. Two are none: `nothing`, and a table that was built with a later header
 * but uses nothing that is new there. */
#define LIES(X)                                                                                                        \
    X(plugin_size_zero, table.known.size = 0)                                                                          \
    X(plugin_size_small, table.known.size = offsetof(struct muster_plugin, n_cleanups))                                \
    X(plugin_size_huge, table.known.size = UINT32_MAX)                                                                 \
    X(plugin_field_later, table.known.size = sizeof table; table.later = 1)                                            \
    X(plugin_field_later_unused, table.known.name = "hostile.later"; table.known.size = sizeof table;                  \
      table.known.abi_minor = MUSTER_ABI_MINOR + 1)                                                                    \
    X(plugin_flag_later, table.known.flags = 1u << 31)                                                                 \
    X(plugin_reserved_used, table.known.reserved = 1)                                                                  \
    X(plugin_name_null, table.known.name = NULL)                                                                       \
    X(plugin_name_empty, table.known.name = "")                                                                        \
    X(plugin_name_odd, table.known.name = "../../etc")                                                                 \
    X(plugin_version_null, table.known.version = NULL)                                                                 \
    X(scenarios_null, table.known.scenarios = NULL)                                                                    \
    X(scenarios_none, table.known.n_scenarios = 0)                                                                     \
    X(scenarios_all_null, memset(scenarios, 0, sizeof scenarios))                                                      \
    X(scenarios_too_many, table.known.n_scenarios = UINT64_MAX)                                                        \
    X(scenarios_wild, table.known.scenarios = wild())                                                                  \
    X(scenario_wild, scenarios[1] = wild())                                                                            \
    X(scenario_size_small, two.known.size = 8)                                                                         \
    X(scenario_size_huge, two.known.size = 1u << 30)                                                                   \
    X(scenario_field_later, two.known.size = sizeof two; two.later = 1)                                                \
    X(scenario_flag_later, two.known.flags = 1u << 31)                                                                 \
    X(scenario_reserved_used, two.known.reserved2 = 1)                                                                 \
    X(scenario_id_null, two.known.id = NULL)                                                                           \
    X(scenario_id_empty, two.known.id = "")                                                                            \
    X(scenario_id_odd, two.known.id = "a/../b")                                                                        \
    X(scenario_id_wild, two.known.id = wild())                                                                         \
    X(scenario_id_twice, two.known.id = "one")                                                                         \
    X(scenario_run_null, two.known.run = NULL)                                                                         \
    X(scenario_marker_wild, two.known.markers = markers; markers[0] = wild())                                          \
    X(scenario_marker_odd, two.known.file = "odd.c"; two.known.line = 7; two.known.markers = markers;                  \
      markers[0] = "priority p0 (")                                                                                    \
    X(cleanups_null, table.known.cleanups = NULL)                                                                      \
    X(cleanup_size_small, cleanup.size = 4)                                                                            \
    X(cleanup_name_null, cleanup.name = NULL)                                                                          \
    X(cleanup_run_null, cleanup.run = NULL)                                                                            \
    X(nothing, (void)0)

#define DEFINE(name_, statement_)                                                                                      \
    static void name_(void)                                                                                            \
    {                                                                                                                  \
        statement_;                                                                                                    \
    }
#define ENTRY(name_, statement_) {#name_, name_},

LIES(DEFINE)

static const struct {
    const char *name;
    void (*tell)(void);
} lies[] = {LIES(ENTRY)};

/* "NAME" of ".../lie-NAME.so", without its end. */
static size_t own_name(const char **ret_name)
{
    Dl_info info;
    if (!dladdr(&table, &info) || !(*ret_name = strrchr(info.dli_fname, '/')))
        abort();
    *ret_name += strlen("/lie-");
    return strcspn(*ret_name, ".");
}

const struct muster_plugin *muster_plugin_v1(uint32_t host_minor)
{
    const char *name;
    size_t n = own_name(&name);
    (void)host_minor;
    if (strncmp(name, "entry_returns_garbage", n) == 0)
        return wild();
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        if (strlen(lies[i].name) != n || strncmp(lies[i].name, name, n) != 0)
            continue;
        lies[i].tell();
        return &table.known;
    }
    return NULL; /* entry_returns_null */
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/register.h: what SCENARIO, CLEANUP and MUSTER_PLUGIN are made of. Include muster.h, not this.
 *
 * Model
 *   A macro defines a table entry and leaves a pointer to it in a linker section of its kind; MUSTER_PLUGIN
 *   hands the sections' bounds to the runner. Only pointers are in the sections, so that an entry may grow.
 *
 *   A linker that removes unused sections must not remove these. `used` and `retain` tell compiler and linker so;
 *   where `retain` is not known, the references to the bounds hold the section. These are not weak: if a section is
 * lost nevertheless, the link fails, and the plugin isn't left without a scenario and without a word. They are hidden:
 * each plugin sees its own.
 *
 *   The pointers are not const, although nobody writes to them: a const one is read-only data without
 *   relocations and writable data with them, and a section can't be both.
 */
#ifndef MUSTER_REGISTER_H
#define MUSTER_REGISTER_H

#if defined(__GNUC__)
#pragma GCC system_header
#endif

#include <muster/plugin.h>

#define M_UNUSED_ __attribute__((unused))

#if defined(__has_attribute)
#if __has_attribute(retain)
#define M_RETAIN_ , retain
#endif
#endif
#ifndef M_RETAIN_
#define M_RETAIN_
#endif
#define M_SECTION_(section_) __attribute__((section(#section_), used M_RETAIN_))

#ifdef __cplusplus
#define M_NULL_           nullptr
#define M_EXTERN_C_BEGIN_ extern "C" {
#define M_EXTERN_C_END_   }
#else
#define M_NULL_ 0
#define M_EXTERN_C_BEGIN_
#define M_EXTERN_C_END_
#endif

/* The NULL entry makes the section exist, so that its bounds resolve in a plugin without such a thing. */
#define M_SECTION_BOUNDS_(type_, section_)                                                                             \
    M_SECTION_(section_) static const struct type_ *section_##_none = M_NULL_;                                         \
    M_EXTERN_C_BEGIN_                                                                                                  \
    extern const struct type_ *__start_##section_[] __attribute__((visibility("hidden")));                             \
    extern const struct type_ *__stop_##section_[] __attribute__((visibility("hidden")));                              \
    M_EXTERN_C_END_

/*
 * The author's fields follow the given ones as `.field = value, ...`, and always end with a comma: the public
 * macros add it, so that there may be none.
 */
#define M_SCENARIO_(id_, ...)                                                                                          \
    static void scenario_##id_(struct muster_ctx *t);                                                                  \
    static const struct muster_scenario muster_scenario_##id_ = M_SCENARIO_INIT_(id_, __VA_ARGS__);                    \
    M_SECTION_(muster_scenarios)                                                                                       \
    static const struct muster_scenario *muster_scenario_at_##id_ = &muster_scenario_##id_;                            \
    static void scenario_##id_(struct muster_ctx *t M_UNUSED_)

#define M_CLEANUP_(function_, name_, ...)                                                                              \
    static void function_(struct muster_ctx *t, const char *payload);                                                  \
    static const struct muster_cleanup muster_cleanup_##function_ = M_CLEANUP_INIT_(function_, name_, __VA_ARGS__);    \
    M_SECTION_(muster_cleanups)                                                                                        \
    static const struct muster_cleanup *muster_cleanup_at_##function_ = &muster_cleanup_##function_;                   \
    static void function_(struct muster_ctx *t M_UNUSED_, const char *payload M_UNUSED_)

#define M_PLUGIN_(name_, version_, ...)                                                                                \
    M_SECTION_BOUNDS_(muster_scenario, muster_scenarios)                                                               \
    M_SECTION_BOUNDS_(muster_cleanup, muster_cleanups)                                                                 \
    static struct muster_plugin muster_plugin_table = M_PLUGIN_INIT_(name_, version_, __VA_ARGS__);                    \
    M_EXTERN_C_BEGIN_                                                                                                  \
    MUSTER_EXPORT const struct muster_plugin *muster_plugin_v1(uint32_t host_minor M_UNUSED_)                          \
    {                                                                                                                  \
        muster_plugin_table.scenarios = __start_muster_scenarios;                                                      \
        muster_plugin_table.n_scenarios = (uint64_t)(__stop_muster_scenarios - __start_muster_scenarios);              \
        muster_plugin_table.cleanups = __start_muster_cleanups;                                                        \
        muster_plugin_table.n_cleanups = (uint64_t)(__stop_muster_cleanups - __start_muster_cleanups);                 \
        return &muster_plugin_table;                                                                                   \
    }                                                                                                                  \
    M_EXTERN_C_END_

#ifdef __cplusplus
#include <muster/register_cxx.h>
#else

#define M_STRINGS_(...) ((const char *const[]){__VA_ARGS__, 0})
#define M_SCENARIO_INIT_(id_, ...)                                                                                     \
    {                                                                                                                  \
        .size = sizeof(struct muster_scenario), .id = #id_, .file = __FILE__, .line = __LINE__, .run = scenario_##id_, \
        __VA_ARGS__                                                                                                    \
    }
#define M_CLEANUP_INIT_(function_, name_, ...)                                                                         \
    {                                                                                                                  \
        .size = sizeof(struct muster_cleanup), .name = name_, .run = function_, __VA_ARGS__                            \
    }
#define M_PLUGIN_INIT_(name_, version_, ...)                                                                           \
    {                                                                                                                  \
        .size = sizeof(struct muster_plugin), .abi_minor = MUSTER_ABI_MINOR, .name = name_, .version = version_,       \
        __VA_ARGS__                                                                                                    \
    }

#endif

#endif

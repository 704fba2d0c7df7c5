/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/register.h: what SCENARIO, CLEANUP, FIXTURE, DATA_STEP and MUSTER_PLUGIN are made of. Include muster.h,
 * not this.
 *
 * Model
 *   A macro defines a table entry and leaves a pointer to it in a linker section of its kind; MUSTER_PLUGIN
 *   hands the sections' bounds to the runner. Only pointers are in the sections, so that an entry may grow.
 *
 *   A linker that removes unused sections must not remove these. `used` and `retain` tell compiler and linker so;
 *   where `retain` is not known, the references to the bounds hold the section. These are not weak: if a section is
 *   lost nevertheless, the link fails, and the plugin isn't left without a scenario and without a word. They are
 *   hidden: each plugin sees its own.
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
#include <muster/register_each.h>

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
#define M_NULL_                nullptr
#define M_EXTERN_C_BEGIN_      extern "C" {
#define M_EXTERN_C_END_        }
#define M_STATIC_ASSERT_       static_assert
#define M_CALLABLE_(function_) reinterpret_cast<void (*)()>(function_)
#else
#define M_NULL_ 0
#define M_EXTERN_C_BEGIN_
#define M_EXTERN_C_END_
#define M_STATIC_ASSERT_       _Static_assert
#define M_CALLABLE_(function_) ((void (*)(void))(function_))
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
 * macros add it, so that there may be none. PARAMS(...), in front of the fields, is a list in parentheses; a macro
 * that may be given it comes as ..._PLAIN_ without and ..._WITH_ with it.
 */
#define M_SCENARIO_(id_, ...)       M_PASTE_(M_SCENARIO_, M_WITH_OR_PLAIN_(__VA_ARGS__))(id_, __VA_ARGS__)
#define M_SCENARIO_PLAIN_(id_, ...) M_SCENARIO_AS_(id_, M_NO_ARGUMENTS_, .run = scenario_##id_, __VA_ARGS__)
#define M_SCENARIO_WITH_(id_, params_, ...)                                                                            \
    M_PARAMS_(scenario_##id_, params_)                                                                                 \
    M_SCENARIO_AS_(id_, M_ARGUMENTS_(params_), .call = M_CALLABLE_(scenario_##id_),                                    \
                   .params = M_PARAMS_OF_(scenario_##id_), __VA_ARGS__)
#define M_SCENARIO_AS_(id_, arguments_, ...)                                                                           \
    static void scenario_##id_ arguments_;                                                                             \
    static const struct muster_scenario muster_scenario_##id_ = M_SCENARIO_INIT_(id_, __VA_ARGS__);                    \
    M_SECTION_(muster_scenarios)                                                                                       \
    static const struct muster_scenario *muster_at_scenario_##id_ = &muster_scenario_##id_;                            \
    static void scenario_##id_ arguments_

#define M_CLEANUP_(function_, name_, ...)                                                                              \
    static void function_(struct muster_ctx *t, const char *payload);                                                  \
    static const struct muster_cleanup muster_cleanup_##function_ = M_CLEANUP_INIT_(function_, name_, __VA_ARGS__);    \
    M_SECTION_(muster_cleanups)                                                                                        \
    static const struct muster_cleanup *muster_at_cleanup_##function_ = &muster_cleanup_##function_;                   \
    static void function_(struct muster_ctx *t M_UNUSED_, const char *payload M_UNUSED_)

#define M_FIXTURE_(name_, scope_, ...)       M_PASTE_(M_FIXTURE_, M_WITH_OR_PLAIN_(__VA_ARGS__))(name_, scope_, __VA_ARGS__)
#define M_FIXTURE_PLAIN_(name_, scope_, ...) M_FIXTURE_AS_(name_, .scope = scope_, __VA_ARGS__)
#define M_FIXTURE_WITH_(name_, scope_, params_, ...)                                                                   \
    M_PARAMS_(fixture_##name_, params_)                                                                                \
    M_FIXTURE_AS_(name_, .scope = scope_, .params = M_PARAMS_OF_(fixture_##name_), __VA_ARGS__)
#define M_FIXTURE_AS_(name_, ...)                                                                                      \
    static void fixture_##name_(struct muster_ctx *t);                                                                 \
    static const struct muster_fixture muster_fixture_##name_ = M_FIXTURE_INIT_(name_, __VA_ARGS__);                   \
    M_SECTION_(muster_fixtures)                                                                                        \
    static const struct muster_fixture *muster_at_fixture_##name_ = &muster_fixture_##name_;                           \
    static void fixture_##name_(struct muster_ctx *t M_UNUSED_)

#define M_DATA_STEP_(returns_, name_, ...)                                                                             \
    M_PASTE_(M_DATA_STEP_, M_WITH_OR_PLAIN_(__VA_ARGS__))(returns_, name_, __VA_ARGS__)
#define M_DATA_STEP_PLAIN_(returns_, name_, ...)                                                                       \
    M_DATA_STEP_AS_(returns_, name_, M_NO_ARGUMENTS_, .returns = M_RETURNS_##returns_, __VA_ARGS__)
#define M_DATA_STEP_WITH_(returns_, name_, params_, ...)                                                               \
    M_PARAMS_(step_##name_, params_)                                                                                   \
    M_DATA_STEP_AS_(returns_, name_, M_ARGUMENTS_(params_), .returns = M_RETURNS_##returns_,                           \
                    .params = M_PARAMS_OF_(step_##name_), __VA_ARGS__)
#define M_DATA_STEP_AS_(returns_, name_, arguments_, ...)                                                              \
    static M_TYPE_##returns_ step_##name_ arguments_;                                                                  \
    static const struct muster_step muster_step_##name_ = M_DATA_STEP_INIT_(name_, __VA_ARGS__);                       \
    M_SECTION_(muster_steps)                                                                                           \
    static const struct muster_step *muster_at_step_##name_ = &muster_step_##name_;                                    \
    static M_TYPE_##returns_ step_##name_ arguments_

/*
 * A list of nothing but the NULL entry stays out: what a plugin does not use, an older runner need not know. Each bound
 * is used once: ld.bfd takes a second use for a reason to keep one section of several, and a loss would be in part.
 */
#define M_PLUGIN_LIST_(list_, section_)                                                                                \
    muster_plugin_table.list_ = __start_##section_;                                                                    \
    muster_plugin_table.n_##list_ = (uint64_t)(__stop_##section_ - muster_plugin_table.list_);                         \
    if (muster_plugin_table.n_##list_ <= 1) {                                                                          \
        muster_plugin_table.list_ = M_NULL_;                                                                           \
        muster_plugin_table.n_##list_ = 0;                                                                             \
    }

#define M_PLUGIN_(name_, version_, ...)                                                                                \
    M_SECTION_BOUNDS_(muster_scenario, muster_scenarios)                                                               \
    M_SECTION_BOUNDS_(muster_cleanup, muster_cleanups)                                                                 \
    M_SECTION_BOUNDS_(muster_fixture, muster_fixtures)                                                                 \
    M_SECTION_BOUNDS_(muster_step, muster_steps)                                                                       \
    static struct muster_plugin muster_plugin_table = M_PLUGIN_INIT_(name_, version_, __VA_ARGS__);                    \
    M_EXTERN_C_BEGIN_                                                                                                  \
    MUSTER_EXPORT const struct muster_plugin *muster_plugin_v1(uint32_t host_minor M_UNUSED_)                          \
    {                                                                                                                  \
        M_PLUGIN_LIST_(scenarios, muster_scenarios)                                                                    \
        M_PLUGIN_LIST_(cleanups, muster_cleanups)                                                                      \
        M_PLUGIN_LIST_(fixtures, muster_fixtures)                                                                      \
        M_PLUGIN_LIST_(steps, muster_steps)                                                                            \
        return &muster_plugin_table;                                                                                   \
    }                                                                                                                  \
    M_EXTERN_C_END_

#include <muster/register_params.h>

#define M_OPERATION_OF_(with_, operation_) "operation:" operation_,

#define M_ROWS_MESSAGE_ "a ROW has more or fewer cells than there are COLUMNS"

#ifdef __cplusplus
#include <muster/register_cxx.h>
#else

#define M_STRINGS_(...)                               ((const char *const[]){__VA_ARGS__, 0})
#define M_OPERATIONS_(...)                            ((const char *const[]){M_EACH_(M_OPERATION_OF_, , __VA_ARGS__) 0})
/* The same within a function: its strings may be made there. */
#define M_LIST_(...)                                  M_STRINGS_(__VA_ARGS__)
/* function(first, &object), where the object has these fields. */
#define M_WITH_FIELDS_(type_, function_, first_, ...) function_(first_, &(struct type_){__VA_ARGS__})
#define M_SCENARIO_INIT_(id_, ...)                                                                                     \
    {                                                                                                                  \
        .size = sizeof(struct muster_scenario), .id = #id_, .file = __FILE__, .line = __LINE__, __VA_ARGS__            \
    }
#define M_CLEANUP_INIT_(function_, name_, ...)                                                                         \
    {                                                                                                                  \
        .size = sizeof(struct muster_cleanup), .name = name_, .run = function_, __VA_ARGS__                            \
    }
#define M_FIXTURE_INIT_(name_, ...)                                                                                    \
    {                                                                                                                  \
        .size = sizeof(struct muster_fixture), .name = #name_, .file = __FILE__, .line = __LINE__,                     \
        .setup = fixture_##name_, __VA_ARGS__                                                                          \
    }
#define M_DATA_STEP_INIT_(name_, ...)                                                                                  \
    {                                                                                                                  \
        .size = sizeof(struct muster_step), .name = #name_, .file = __FILE__, .line = __LINE__,                        \
        .call = M_CALLABLE_(step_##name_), __VA_ARGS__                                                                 \
    }
#define M_PLUGIN_INIT_(name_, version_, ...)                                                                           \
    {                                                                                                                  \
        .size = sizeof(struct muster_plugin), .abi_minor = MUSTER_ABI_MINOR, .name = name_, .version = version_,       \
        __VA_ARGS__                                                                                                    \
    }

#define M_TABLES_(...) ((const struct muster_table *const[]){__VA_ARGS__, 0})
#define M_TABLE_(columns_, ...)                                                                                        \
    (&(const struct muster_table){.size = sizeof(struct muster_table),                                                 \
                                  .columns = M_STRINGS_(M_BARE_ columns_),                                             \
                                  .cells = (const char *const[]){__VA_ARGS__},                                         \
                                  .n_rows =                                                                            \
                                      M_N_STRINGS_(__VA_ARGS__) / M_N_STRINGS_(M_BARE_ columns_) +                     \
                                      M_ROWS_ARE_WHOLE_(M_N_STRINGS_(__VA_ARGS__), M_N_STRINGS_(M_BARE_ columns_))})
#define M_TABLE_FILE_1_(file_) (&(const struct muster_table){.size = sizeof(struct muster_table), .file = file_})
#define M_TABLE_FILE_2_(file_, columns_)                                                                               \
    (&(const struct muster_table){                                                                                     \
        .size = sizeof(struct muster_table), .columns = M_STRINGS_(M_BARE_ columns_), .file = file_})
#define M_N_STRINGS_(...) (sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))
/* 0: an assertion where an expression has to stand. */
#define M_ROWS_ARE_WHOLE_(n_cells_, n_columns_)                                                                        \
    (0 * sizeof(struct {                                                                                               \
         _Static_assert((n_cells_) % (n_columns_) == 0, M_ROWS_MESSAGE_);                                              \
         char m_;                                                                                                      \
     }))

#endif

#endif

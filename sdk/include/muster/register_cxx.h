/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/register_cxx.h: the C++ half of register.h. Include muster.h, not this.
 *
 * C++ has designated initialisers from C++20 on, and then only in the order of the struct's fields. So the
 * macros don't use them: `.summary = "..."` is pasted behind a variable's name and becomes an assignment, one for
 * each argument. The same text therefore works from C++11 on, in any order.
 *
 * The tables are filled by constructors, before the runner calls the entry.
 */
#ifndef MUSTER_REGISTER_CXX_H
#define MUSTER_REGISTER_CXX_H

#if defined(__GNUC__)
#pragma GCC system_header
#endif

#include <stddef.h>

/* Parentheses around it all: the commas inside would separate a macro's arguments. */
#define M_STRINGS_(...)                                                                                                \
    ([]() -> const char *const * {                                                                                     \
        static const char *const m_strings_[] = {__VA_ARGS__, nullptr};                                                \
        return m_strings_;                                                                                             \
    }())

#define M_OPERATIONS_(...)                                                                                             \
    ([]() -> const char *const * {                                                                                     \
        static const char *const m_strings_[] = {M_EACH_(M_OPERATION_OF_, , __VA_ARGS__) nullptr};                     \
        return m_strings_;                                                                                             \
    }())

/*
 * The same within a function, of strings that may be made there. They are arguments, so that a temporary one lives as
 * long as the expression around the list. The list itself is the place's and the thread's: it holds until the place is
 * come by again, as C's does. Each place has a function of its own, since a lambda's type is nobody else's.
 */
#ifdef __cplusplus
template <class Place, class... String> inline const char *const *m_list_(Place, String... strings)
{
    static __thread const char *list[sizeof...(strings)];
    const char *given[] = {strings...};
    for (size_t i = 0; i < sizeof...(strings); i++)
        list[i] = given[i];
    return list;
}
#endif
#define M_LIST_(...) (m_list_([]() {}, __VA_ARGS__, nullptr))

/* function(first, &object), where the object has these fields. One expression assigns them and calls, so that
 * temporaries live as long as the call. */
#define M_WITH_FIELDS_(type_, function_, first_, ...)                                                                  \
    M_WITH_FIELDS_IN_(M_PASTE_(m_fields_, __COUNTER__), type_, function_, first_, __VA_ARGS__)
#define M_WITH_FIELDS_IN_(object_, type_, function_, first_, ...)                                                      \
    (__extension__({                                                                                                   \
        type_ object_ = type_();                                                                                       \
        M_EACH_(M_FIELD_, object_, __VA_ARGS__) function_(first_, &object_);                                           \
    }))
#define M_FIELD_(object_, field_) (void)(object_ field_),

#define M_MAKE_(type_, ...)                                                                                            \
    ([]() -> type_ {                                                                                                   \
        type_ m_made_ = type_();                                                                                       \
        m_made_.size = static_cast<uint32_t>(sizeof(type_));                                                           \
        M_EACH_(M_ASSIGN_, m_made_, __VA_ARGS__)                                                                       \
        return m_made_;                                                                                                \
    }())

/* One assignment for each field, thirty at the most; an empty one, after the last comma, assigns nothing. */
#define M_ASSIGN_(v_, field_) (void)(v_ field_);

#define M_SCENARIO_INIT_(id_, ...)             M_MAKE_(muster_scenario, .id = #id_, .file = __FILE__, .line = __LINE__, __VA_ARGS__)
#define M_CLEANUP_INIT_(function_, name_, ...) M_MAKE_(muster_cleanup, .name = name_, .run = function_, __VA_ARGS__)
#define M_FIXTURE_INIT_(name_, ...)                                                                                    \
    M_MAKE_(muster_fixture, .name = #name_, .file = __FILE__, .line = __LINE__, .setup = fixture_##name_, __VA_ARGS__)
#define M_DATA_STEP_INIT_(name_, ...)                                                                                  \
    M_MAKE_(muster_step, .name = #name_, .file = __FILE__, .line = __LINE__, .call = M_CALLABLE_(step_##name_),        \
            __VA_ARGS__)
#define M_PLUGIN_INIT_(name_, version_, ...)                                                                           \
    M_MAKE_(muster_plugin, .abi_minor = MUSTER_ABI_MINOR, .name = name_, .version = version_, __VA_ARGS__)

#define M_TABLES_(...)                                                                                                 \
    ([]() -> const muster_table *const * {                                                                             \
        static const muster_table *const m_tables_[] = {__VA_ARGS__, nullptr};                                         \
        return m_tables_;                                                                                              \
    }())
#define M_TABLE_(columns_, ...)                                                                                        \
    ([]() -> const muster_table * {                                                                                    \
        static const char *const m_columns_[] = {M_BARE_ columns_, nullptr};                                           \
        static const char *const m_cells_[] = {__VA_ARGS__};                                                           \
        constexpr uint64_t m_n_columns_ = sizeof m_columns_ / sizeof m_columns_[0] - 1;                                \
        constexpr uint64_t m_n_cells_ = sizeof m_cells_ / sizeof m_cells_[0];                                          \
        static_assert(m_n_cells_ % m_n_columns_ == 0, M_ROWS_MESSAGE_);                                                \
        static const muster_table m_table_ = {sizeof(muster_table),      0,      m_columns_, m_cells_,                 \
                                              m_n_cells_ / m_n_columns_, nullptr};                                     \
        return &m_table_;                                                                                              \
    }())
#define M_TABLE_FILE_1_(file_)                                                                                         \
    ([]() -> const muster_table * {                                                                                    \
        static const muster_table m_table_ = {sizeof(muster_table), 0, nullptr, nullptr, 0, file_};                    \
        return &m_table_;                                                                                              \
    }())
#define M_TABLE_FILE_2_(file_, columns_)                                                                               \
    ([]() -> const muster_table * {                                                                                    \
        static const char *const m_columns_[] = {M_BARE_ columns_, nullptr};                                           \
        static const muster_table m_table_ = {sizeof(muster_table), 0, m_columns_, nullptr, 0, file_};                 \
        return &m_table_;                                                                                              \
    }())

#endif

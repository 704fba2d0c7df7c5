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

/* Parentheses around it all: the commas inside would separate a macro's arguments. */
#define M_STRINGS_(...)                                                                                                \
    ([]() -> const char *const * {                                                                                     \
        static const char *const m_strings_[] = {__VA_ARGS__, nullptr};                                                \
        return m_strings_;                                                                                             \
    }())

#define M_MAKE_(type_, ...)                                                                                            \
    ([]() -> type_ {                                                                                                   \
        type_ m_made_ = type_();                                                                                       \
        m_made_.size = static_cast<uint32_t>(sizeof(type_));                                                           \
        M_ASSIGN_(m_made_, __VA_ARGS__)                                                                                \
        return m_made_;                                                                                                \
    }())

#define M_SCENARIO_INIT_(id_, ...)                                                                                     \
    M_MAKE_(muster_scenario, .id = #id_, .file = __FILE__, .line = __LINE__, .run = scenario_##id_, __VA_ARGS__)
#define M_CLEANUP_INIT_(function_, name_, ...) M_MAKE_(muster_cleanup, .name = name_, .run = function_, __VA_ARGS__)
#define M_PLUGIN_INIT_(name_, version_, ...)                                                                           \
    M_MAKE_(muster_plugin, .abi_minor = MUSTER_ABI_MINOR, .name = name_, .version = version_, __VA_ARGS__)

/* One assignment for each argument, thirty at the most; an empty one, after the last comma, assigns nothing. */
/* clang-format off */
#define M_ASSIGN_(v_, ...)        M_ASSIGN_N_(M_COUNT_(__VA_ARGS__), v_, __VA_ARGS__)
#define M_ASSIGN_N_(n_, v_, ...)  M_ASSIGN_OF_(n_, v_, __VA_ARGS__)
#define M_ASSIGN_OF_(n_, v_, ...) M_ASSIGN_##n_##_(v_, __VA_ARGS__)
#define M_COUNT_(...)                                                                           \
    M_COUNTED_(__VA_ARGS__, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13,   \
               12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define M_COUNTED_(a1_, a2_, a3_, a4_, a5_, a6_, a7_, a8_, a9_, a10_, a11_, a12_,              \
                   a13_, a14_, a15_, a16_, a17_, a18_, a19_, a20_, a21_, a22_, a23_, a24_, \
                   a25_, a26_, a27_, a28_, a29_, a30_, n_, ...) n_
#define M_ASSIGN_1_(v_, a_)       (void)(v_ a_);
#define M_ASSIGN_2_(v_, a_, ...)  (void)(v_ a_); M_ASSIGN_1_(v_, __VA_ARGS__)
#define M_ASSIGN_3_(v_, a_, ...)  (void)(v_ a_); M_ASSIGN_2_(v_, __VA_ARGS__)
#define M_ASSIGN_4_(v_, a_, ...)  (void)(v_ a_); M_ASSIGN_3_(v_, __VA_ARGS__)
#define M_ASSIGN_5_(v_, a_, ...)  (void)(v_ a_); M_ASSIGN_4_(v_, __VA_ARGS__)
#define M_ASSIGN_6_(v_, a_, ...)  (void)(v_ a_); M_ASSIGN_5_(v_, __VA_ARGS__)
#define M_ASSIGN_7_(v_, a_, ...)  (void)(v_ a_); M_ASSIGN_6_(v_, __VA_ARGS__)
#define M_ASSIGN_8_(v_, a_, ...)  (void)(v_ a_); M_ASSIGN_7_(v_, __VA_ARGS__)
#define M_ASSIGN_9_(v_, a_, ...)  (void)(v_ a_); M_ASSIGN_8_(v_, __VA_ARGS__)
#define M_ASSIGN_10_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_9_(v_, __VA_ARGS__)
#define M_ASSIGN_11_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_10_(v_, __VA_ARGS__)
#define M_ASSIGN_12_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_11_(v_, __VA_ARGS__)
#define M_ASSIGN_13_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_12_(v_, __VA_ARGS__)
#define M_ASSIGN_14_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_13_(v_, __VA_ARGS__)
#define M_ASSIGN_15_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_14_(v_, __VA_ARGS__)
#define M_ASSIGN_16_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_15_(v_, __VA_ARGS__)
#define M_ASSIGN_17_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_16_(v_, __VA_ARGS__)
#define M_ASSIGN_18_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_17_(v_, __VA_ARGS__)
#define M_ASSIGN_19_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_18_(v_, __VA_ARGS__)
#define M_ASSIGN_20_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_19_(v_, __VA_ARGS__)
#define M_ASSIGN_21_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_20_(v_, __VA_ARGS__)
#define M_ASSIGN_22_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_21_(v_, __VA_ARGS__)
#define M_ASSIGN_23_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_22_(v_, __VA_ARGS__)
#define M_ASSIGN_24_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_23_(v_, __VA_ARGS__)
#define M_ASSIGN_25_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_24_(v_, __VA_ARGS__)
#define M_ASSIGN_26_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_25_(v_, __VA_ARGS__)
#define M_ASSIGN_27_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_26_(v_, __VA_ARGS__)
#define M_ASSIGN_28_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_27_(v_, __VA_ARGS__)
#define M_ASSIGN_29_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_28_(v_, __VA_ARGS__)
#define M_ASSIGN_30_(v_, a_, ...) (void)(v_ a_); M_ASSIGN_29_(v_, __VA_ARGS__)
/* clang-format on */

#endif

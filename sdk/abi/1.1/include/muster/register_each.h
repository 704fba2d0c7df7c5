/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/register_each.h: what the preprocessor needs to count arguments, to repeat a macro for each, and to tell
 * whether PARAMS(...) was given. Include muster.h, not this.
 *
 * A list that these take ends with a comma or has an element at least: `...` without an argument is not C11.
 */
#ifndef MUSTER_REGISTER_EACH_H
#define MUSTER_REGISTER_EACH_H

#if defined(__GNUC__)
#pragma GCC system_header
#endif

#define M_PASTE2_(a_, b_)         a_##b_
#define M_PASTE_(a_, b_)          M_PASTE2_(a_, b_)
#define M_SECOND_OF_(a_, b_, ...) b_
#define M_SECOND_(...)            M_SECOND_OF_(__VA_ARGS__, )
/* macro(arguments), where what stands for an argument may turn out to be several. */
#define M_CALL_(macro_, ...)      macro_(__VA_ARGS__)
/* M_BARE_ (a, b): without the parentheses. */
#define M_BARE_(...)              __VA_ARGS__

/* WITH_ when the first argument is in parentheses, as that of PARAMS(...) is; else PLAIN_. */
#define M_WITH_OR_PLAIN_(...)                  M_WITH_OR_PLAIN_FIRST_(__VA_ARGS__, )
#define M_WITH_OR_PLAIN_FIRST_(argument_, ...) M_SECOND_(M_PROBE_ argument_, PLAIN_)
#define M_PROBE_(...)                          , WITH_

/* How many arguments: 1 to 30. */
/* clang-format off */
#define M_COUNT_(...)                                                                           \
    M_COUNTED_(__VA_ARGS__, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13,   \
               12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define M_COUNTED_(a1_, a2_, a3_, a4_, a5_, a6_, a7_, a8_, a9_, a10_, a11_, a12_,              \
                   a13_, a14_, a15_, a16_, a17_, a18_, a19_, a20_, a21_, a22_, a23_, a24_, \
                   a25_, a26_, a27_, a28_, a29_, a30_, n_, ...) n_

/* M_EACH_(macro, with, a, b): macro(with, a) macro(with, b). */
#define M_EACH_(m_, w_, ...)       M_EACH_N_(M_COUNT_(__VA_ARGS__), m_, w_, __VA_ARGS__)
#define M_EACH_N_(n_, ...)         M_EACH_OF_(n_, __VA_ARGS__)
#define M_EACH_OF_(n_, m_, w_, ...) M_EACH_##n_##_(m_, w_, __VA_ARGS__)
#define M_EACH_1_(m_, w_, a_)       m_(w_, a_)
#define M_EACH_2_(m_, w_, a_, ...)   m_(w_, a_) M_EACH_1_(m_, w_, __VA_ARGS__)
#define M_EACH_3_(m_, w_, a_, ...)   m_(w_, a_) M_EACH_2_(m_, w_, __VA_ARGS__)
#define M_EACH_4_(m_, w_, a_, ...)   m_(w_, a_) M_EACH_3_(m_, w_, __VA_ARGS__)
#define M_EACH_5_(m_, w_, a_, ...)   m_(w_, a_) M_EACH_4_(m_, w_, __VA_ARGS__)
#define M_EACH_6_(m_, w_, a_, ...)   m_(w_, a_) M_EACH_5_(m_, w_, __VA_ARGS__)
#define M_EACH_7_(m_, w_, a_, ...)   m_(w_, a_) M_EACH_6_(m_, w_, __VA_ARGS__)
#define M_EACH_8_(m_, w_, a_, ...)   m_(w_, a_) M_EACH_7_(m_, w_, __VA_ARGS__)
#define M_EACH_9_(m_, w_, a_, ...)   m_(w_, a_) M_EACH_8_(m_, w_, __VA_ARGS__)
#define M_EACH_10_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_9_(m_, w_, __VA_ARGS__)
#define M_EACH_11_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_10_(m_, w_, __VA_ARGS__)
#define M_EACH_12_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_11_(m_, w_, __VA_ARGS__)
#define M_EACH_13_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_12_(m_, w_, __VA_ARGS__)
#define M_EACH_14_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_13_(m_, w_, __VA_ARGS__)
#define M_EACH_15_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_14_(m_, w_, __VA_ARGS__)
#define M_EACH_16_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_15_(m_, w_, __VA_ARGS__)
#define M_EACH_17_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_16_(m_, w_, __VA_ARGS__)
#define M_EACH_18_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_17_(m_, w_, __VA_ARGS__)
#define M_EACH_19_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_18_(m_, w_, __VA_ARGS__)
#define M_EACH_20_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_19_(m_, w_, __VA_ARGS__)
#define M_EACH_21_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_20_(m_, w_, __VA_ARGS__)
#define M_EACH_22_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_21_(m_, w_, __VA_ARGS__)
#define M_EACH_23_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_22_(m_, w_, __VA_ARGS__)
#define M_EACH_24_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_23_(m_, w_, __VA_ARGS__)
#define M_EACH_25_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_24_(m_, w_, __VA_ARGS__)
#define M_EACH_26_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_25_(m_, w_, __VA_ARGS__)
#define M_EACH_27_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_26_(m_, w_, __VA_ARGS__)
#define M_EACH_28_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_27_(m_, w_, __VA_ARGS__)
#define M_EACH_29_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_28_(m_, w_, __VA_ARGS__)
#define M_EACH_30_(m_, w_, a_, ...)  m_(w_, a_) M_EACH_29_(m_, w_, __VA_ARGS__)
/* clang-format on */

#endif

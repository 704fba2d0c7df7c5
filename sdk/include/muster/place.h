/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/place.h: how a function of the kit knows the author's line that called it, which it names when it ends the
 * scenario. The kit's headers include it; nothing in it is for authors.
 *
 * Model
 *   A function f() of the kit that may end the scenario is declared between M_KIT_BEGIN_ and M_KIT_END_. Behind that,
 *   M_PLACED_(type, f, (a, b), parameters) makes a function around it, which notes its caller's place and calls f().
 *   In C++ it has the name f, in front of the kit's, which is in a namespace: the place is a default argument, found
 *   by the compiler, so a class may have a member f as ever. In C it is f_at_(), and a macro f(...) calls it; without
 *   parentheses f is the kit's function itself.
 *   What is noted is the thread's, and the plugin's alone. Arguments are evaluated before it is.
 *   Who calls the kit otherwise, as a pointer or from another language, notes nothing.
 */
#ifndef MUSTER_PLACE_H
#define MUSTER_PLACE_H

#if defined(__GNUC__)
#pragma GCC system_header
#endif

#include <muster/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In each library of the kit. `file` has to stay. */
void m_called_at_(const char *file, uint32_t line);

#ifdef __cplusplus
}
#endif

#if defined(__cplusplus)

#define M_KIT_BEGIN_                                                                                                   \
    namespace m_kit_                                                                                                   \
    {
#define M_KIT_END_ }
#define M_PLACED_(type_, name_, arguments_, ...)                                                                       \
    inline type_ name_(__VA_ARGS__, const char *m_file_ = __builtin_FILE(), uint32_t m_line_ = __builtin_LINE())       \
    {                                                                                                                  \
        m_called_at_(m_file_, m_line_);                                                                                \
        return m_kit_::name_ arguments_;                                                                               \
    }
#define M_PLACED_VOID_(name_, arguments_, ...) M_PLACED_(void, name_, arguments_, __VA_ARGS__)

/* The context, as the first argument of a function with an ellipsis, behind which no default argument can stand. */
struct m_placed_ctx_ {
    struct muster_ctx *t;
    const char *file;
    uint32_t line;

    m_placed_ctx_(struct muster_ctx *ctx, const char *file_ = __builtin_FILE(), uint32_t line_ = __builtin_LINE())
        : t(ctx), file(file_), line(line_)
    {
    }
};

#else

#define M_KIT_BEGIN_
#define M_KIT_END_

#ifdef MUSTER_KIT_SOURCE /* the kit's own calls are on behalf of the author's */
/* What this thread's last m_called_at_() noted; without one, what is given. */
const char *m_called_file_(const char *otherwise);
uint32_t m_called_line_(uint32_t otherwise);
#define M_HERE_ m_called_file_(__FILE__), m_called_line_(__LINE__)
#define M_PLACED_(...)
#define M_PLACED_VOID_(...)
#else
#define M_PLACED_IN_C_
#define M_PLACED_(type_, name_, arguments_, ...)                                                                       \
    static inline type_ name_##_at_(const char *m_file_, uint32_t m_line_, __VA_ARGS__)                                \
    {                                                                                                                  \
        m_called_at_(m_file_, m_line_);                                                                                \
        return name_ arguments_;                                                                                       \
    }
#define M_PLACED_VOID_(name_, arguments_, ...)                                                                         \
    static inline void name_##_at_(const char *m_file_, uint32_t m_line_, __VA_ARGS__)                                 \
    {                                                                                                                  \
        m_called_at_(m_file_, m_line_);                                                                                \
        name_ arguments_;                                                                                              \
    }
#endif

#endif

#endif

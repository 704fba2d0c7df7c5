/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/check.h: the functions behind the CHECK_* and REQUIRE_* macros of muster.h. They compare, turn both
 * values into text and hand the outcome to the runner. Include muster.h, not this.
 */
#ifndef MUSTER_CHECK_H
#define MUSTER_CHECK_H

#if defined(__GNUC__)
#pragma GCC system_header
#endif

#include <muster/plugin.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where a check stands. */
struct m_site {
    const char *file;
    const char *expression;
    uint32_t line;
    uint32_t required;
};

#ifdef __cplusplus
static inline struct m_site m_site_(const char *file, uint32_t line, uint32_t required, const char *expression)
{
    struct m_site s;
    s.file = file;
    s.expression = expression;
    s.line = line;
    s.required = required;
    return s;
}
#define M_SITE_(required_, expression_) m_site_(__FILE__, __LINE__, required_, expression_)
#else
#define M_SITE_(required_, expression_) ((struct m_site){__FILE__, expression_, __LINE__, required_})
#endif

/* Returns `passed`. */
static inline int m_report_(struct muster_ctx *t, struct m_site at, int passed, const char *actual,
                            const char *expected, const char *message)
{
    struct muster_check c;
    memset(&c, 0, sizeof c);
    c.size = sizeof c;
    c.flags = (passed ? MUSTER_CHECK_PASSED : 0u) | (at.required ? MUSTER_CHECK_REQUIRED : 0u);
    c.file = at.file;
    c.line = at.line;
    c.expression = at.expression;
    c.actual = actual;
    c.expected = expected;
    c.message = message;
    t->host->check(t, &c);
    if (!passed && at.required)
        __builtin_trap(); /* never reached: says to compilers and analysers what a REQUIRE_* guarantees */
    return passed;
}

static inline int m_check_true_(struct muster_ctx *t, struct m_site at, int value)
{
    return m_report_(t, at, value, value ? "true" : "false", "true", NULL);
}

/*
 * An operator as the set of orders in which it holds: 1 for below, 2 for equal, 4 for above. Found by the compiler,
 * so that what is no comparison (`=`, `=>`) is an error there.
 */
#define M_ORDERS_(op_)  (((0 op_ 1) ? 1u : 0u) | ((0 op_ 0) ? 2u : 0u) | ((1 op_ 0) ? 4u : 0u))
#define M_INT_(value_)  ((int64_t)((value_) | 0))
#define M_UINT_(value_) ((uint64_t)((value_) | 0))

/* `order` is below, at or above zero, as strcmp returns it. */
static inline int m_holds_(int order, uint32_t orders)
{
    uint32_t found = order < 0 ? 1u : order == 0 ? 2u : 4u;
    return (orders & found) != 0;
}

static inline int m_check_int_(struct muster_ctx *t, struct m_site at, int64_t a, uint32_t orders, int64_t b)
{
    if (m_holds_((a > b) - (a < b), orders))
        return m_report_(t, at, 1, NULL, NULL, NULL);
    char left[24], right[24];
    snprintf(left, sizeof left, "%" PRId64, a);
    snprintf(right, sizeof right, "%" PRId64, b);
    return m_report_(t, at, 0, left, right, NULL);
}

static inline int m_check_uint_(struct muster_ctx *t, struct m_site at, uint64_t a, uint32_t orders, uint64_t b)
{
    if (m_holds_((a > b) - (a < b), orders))
        return m_report_(t, at, 1, NULL, NULL, NULL);
    char left[24], right[24];
    snprintf(left, sizeof left, "%" PRIu64, a);
    snprintf(right, sizeof right, "%" PRIu64, b);
    return m_report_(t, at, 0, left, right, NULL);
}

/* NULL equals only NULL, and is below every string. */
static inline int m_check_str_(struct muster_ctx *t, struct m_site at, const char *a, uint32_t orders, const char *b)
{
    int order = a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
    return m_report_(t, at, m_holds_(order, orders), a ? a : "NULL", b ? b : "NULL", NULL);
}

static inline int m_check_str_has_(struct muster_ctx *t, struct m_site at, const char *a, const char *b)
{
    return m_report_(t, at, a && b && strstr(a, b), a ? a : "NULL", b ? b : "NULL", NULL);
}

/* Sixteen bytes from the first difference on, in hexadecimal. */
static inline void m_hex_(char out[49], const unsigned char *p, size_t n)
{
    out[0] = '\0';
    for (size_t i = 0; i < n && i < 16; i++)
        snprintf(out + (i ? 3 * i - 1 : 0), 4, i ? " %02x" : "%02x", p[i]);
}

static inline int m_check_mem_(struct muster_ctx *t, struct m_site at, const void *a, const void *b, size_t n)
{
    const unsigned char *l = (const unsigned char *)a, *r = (const unsigned char *)b;
    if (n > 0 && (!l || !r))
        return m_report_(t, at, 0, l ? "bytes" : "NULL", r ? "bytes" : "NULL", NULL);
    size_t i = 0;
    while (i < n && l[i] == r[i])
        i++;
    if (i == n)
        return m_report_(t, at, 1, NULL, NULL, NULL);
    char left[49], right[49], where[48];
    m_hex_(left, l + i, n - i);
    m_hex_(right, r + i, n - i);
    snprintf(where, sizeof where, "first difference at byte %zu", i);
    return m_report_(t, at, 0, left, right, where);
}

static inline int m_check_double_(struct muster_ctx *t, struct m_site at, double a, double b, double tolerance)
{
    double difference = a > b ? a - b : b - a;
    if (a == b || difference <= tolerance)
        return m_report_(t, at, 1, NULL, NULL, NULL);
    char left[32], right[32], by[64];
    snprintf(left, sizeof left, "%.17g", a);
    snprintf(right, sizeof right, "%.17g", b);
    snprintf(by, sizeof by, "differ by %.6g", difference);
    return m_report_(t, at, 0, left, right, by);
}

#ifdef __cplusplus
extern "C" {
#endif

/* In the kit's `json` library. */
int m_check_json(struct muster_ctx *t, struct m_site at, const char *text, const char *pointer, const char *expected);

#ifdef __cplusplus
}
#endif

#endif

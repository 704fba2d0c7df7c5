/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/check.h: what the CHECK_* and REQUIRE_* macros of muster.h are made of. Include muster.h, not this.
 *
 * Model
 *   A check has one definition: M_x_(arguments), which makes its text from the arguments as they are written, compares
 *   their values, and expands to an argument list. In front of it M_CHECK_x and M_REQUIRE_x put the function that
 *   reports what came out. So these two, and their short names, are names and nothing more; and as object-like macros
 *   they leave the arguments unexpanded: a failure shows `status == HTTP_OK`, not `status == 200`.
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

/* Where a check stands, and whether its failure ends the body. For checks of your own:
 *     #define CHECK_ANSWER(status_, reply_) check_answer(t, M_SITE(0, #reply_ " answers " #status_), (status_),
 * (reply_))
 */
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
#define M_SITE(required_, expression_) m_site_(__FILE__, __LINE__, required_, expression_)
#else
#define M_SITE(required_, expression_) ((struct m_site){__FILE__, expression_, __LINE__, required_})
#endif

/* What a comparison found. */
struct m_outcome {
    int passed;
    const char *actual, *expected; /* the values; NULL: those below, or none where these are "" */
    char left[49], right[49];
    char message[288]; /* "": none */
};

static inline struct m_outcome m_outcome_(int passed, const char *actual, const char *expected)
{
    struct m_outcome o;
    o.passed = passed;
    o.actual = actual;
    o.expected = expected;
    o.left[0] = o.right[0] = o.message[0] = '\0';
    return o;
}

/* What the kit's last wait in this file and on this thread has to say when it ran out, NULL when it did not, and its
 * line. A check tells it whose values wait, or that stands on the same line: of any other it is no reason. */
static __thread const char *m_waited_;
static __thread uint32_t m_waited_line_;

/* Before the values of a check are made: what is waited for in vain from now on is theirs. */
static inline void m_forget_waited_(uint32_t line)
{
    if (m_waited_line_ != line)
        m_waited_ = NULL;
}

/* The message of a check that failed, and what was waited for in vain. */
static inline const char *m_add_waited_(const char *message, char *out, size_t size)
{
    if (!m_waited_)
        return message;
    snprintf(out, size, "%s%s%s", message ? message : "", message ? "; " : "", m_waited_);
    return out;
}

/* m_report() of a check that has forgotten the waits of others. */
static inline int m_report_(struct muster_ctx *t, struct m_site at, int passed, const char *actual,
                            const char *expected, const char *message)
{
    struct muster_check c;
    char text[1024];
    memset(&c, 0, sizeof c);
    c.size = sizeof c;
    c.flags = (passed ? MUSTER_CHECK_PASSED : 0u) | (at.required ? MUSTER_CHECK_REQUIRED : 0u);
    c.file = at.file;
    c.line = at.line;
    c.expression = at.expression;
    c.actual = actual;
    c.expected = expected;
    c.message = passed ? message : m_add_waited_(message, text, sizeof text);
    m_waited_ = NULL;
    t->host->check(t, &c);
    if (!passed && at.required)
        __builtin_trap(); /* never reached: says to compilers and analysers what a REQUIRE_* guarantees */
    return passed;
}

/* Hands the outcome of a check to the runner. The texts, which may be NULL, are copied. Returns `passed`. */
static inline int m_report(struct muster_ctx *t, struct m_site at, int passed, const char *actual, const char *expected,
                           const char *message)
{
    m_forget_waited_(at.line);
    return m_report_(t, at, passed, actual, expected, message);
}

/* A failure is recorded, and the body goes on. */
static inline int m_check_(struct muster_ctx *t, struct m_site at, struct m_outcome o)
{
    const char *actual = o.actual || !o.left[0] ? o.actual : o.left;
    const char *expected = o.expected || !o.right[0] ? o.expected : o.right;
    return m_report_(t, at, o.passed, actual, expected, o.message[0] ? o.message : NULL);
}

/* A failure ends the body. */
static inline int m_require_(struct muster_ctx *t, struct m_site at, struct m_outcome o)
{
    at.required = 1;
    return m_check_(t, at, o);
}

/* ---- comparing ---- */

static inline struct m_outcome m_compare_true_(int value)
{
    return m_outcome_(value, value ? "true" : "false", "true");
}

/*
 * An operator as the set of orders in which it holds: 1 for below, 2 for equal, 4 for above. Found by the compiler,
 * so that what is no comparison (`=`, `=>`) is an error there.
 */
#define M_ORDERS_(op_)            (((0 op_ 1) ? 1u : 0u) | ((0 op_ 0) ? 2u : 0u) | ((1 op_ 0) ? 4u : 0u))
#define M_INTEGER_(type_, value_) ((type_)((value_) | 0))

/* `order` is below, at or above zero, as strcmp returns it. */
static inline int m_holds_(int order, uint32_t orders)
{
    uint32_t found = order < 0 ? 1u : order == 0 ? 2u : 4u;
    return (orders & found) != 0;
}

static inline struct m_outcome m_compare_int_(int64_t a, uint32_t orders, int64_t b)
{
    struct m_outcome o = m_outcome_(m_holds_((a > b) - (a < b), orders), NULL, NULL);
    if (!o.passed) {
        snprintf(o.left, sizeof o.left, "%" PRId64, a);
        snprintf(o.right, sizeof o.right, "%" PRId64, b);
    }
    return o;
}

static inline struct m_outcome m_compare_uint_(uint64_t a, uint32_t orders, uint64_t b)
{
    struct m_outcome o = m_outcome_(m_holds_((a > b) - (a < b), orders), NULL, NULL);
    if (!o.passed) {
        snprintf(o.left, sizeof o.left, "%" PRIu64, a);
        snprintf(o.right, sizeof o.right, "%" PRIu64, b);
    }
    return o;
}

/* NULL equals only NULL, and is below every string. */
static inline struct m_outcome m_compare_str_(const char *a, uint32_t orders, const char *b)
{
    int order = a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
    return m_outcome_(m_holds_(order, orders), a ? a : "NULL", b ? b : "NULL");
}

static inline struct m_outcome m_compare_str_has_(const char *a, const char *b)
{
    return m_outcome_(a && b && strstr(a, b), a ? a : "NULL", b ? b : "NULL");
}

/* Sixteen bytes from the first difference on, in hexadecimal. */
static inline void m_hex_(char out[49], const unsigned char *p, size_t n)
{
    out[0] = '\0';
    for (size_t i = 0; i < n && i < 16; i++)
        snprintf(out + (i ? 3 * i - 1 : 0), 4, i ? " %02x" : "%02x", p[i]);
}

static inline struct m_outcome m_compare_mem_(const void *a, const void *b, size_t n)
{
    const unsigned char *l = (const unsigned char *)a, *r = (const unsigned char *)b;
    if (n > 0 && (!l || !r))
        return m_outcome_(0, l ? "bytes" : "NULL", r ? "bytes" : "NULL");
    size_t i = 0;
    while (i < n && l[i] == r[i])
        i++;
    struct m_outcome o = m_outcome_(i == n, NULL, NULL);
    if (!o.passed) {
        m_hex_(o.left, l + i, n - i);
        m_hex_(o.right, r + i, n - i);
        snprintf(o.message, sizeof o.message, "first difference at byte %zu", i);
    }
    return o;
}

/* The number as every locale has it: the plugin may have set one whose decimal point is none. */
static inline void m_plain_number_(char *text)
{
    char *to = text;
    int outside = 0;
    for (const char *p = text; *p; p++) {
        int ours = strchr("0123456789+-einfa", *p) != NULL;
        if (ours || !outside)
            *to++ = ours ? *p : '.';
        outside = !ours;
    }
    *to = '\0';
}

/* The shortest form that reads back the same: 3.11, not 3.1099999999999999. `size` is at least 32. */
static inline void m_double_text_(char *out, size_t size, double value)
{
    for (int digits = 15; digits <= 17; digits++) {
        double back;
        snprintf(out, size, "%.*g", digits, value);
        if (value != value || (sscanf(out, "%lf", &back) == 1 && back == value))
            break;
    }
    m_plain_number_(out);
}

static inline struct m_outcome m_compare_double_(double a, double b, double tolerance)
{
    double difference = a > b ? a - b : b - a;
    struct m_outcome o = m_outcome_(a == b || difference <= tolerance, NULL, NULL);
    if (!o.passed) {
        char apart[32];
        snprintf(apart, sizeof apart, "%.6g", difference);
        m_plain_number_(apart);
        m_double_text_(o.left, sizeof o.left, a);
        m_double_text_(o.right, sizeof o.right, b);
        snprintf(o.message, sizeof o.message, "differ by %s", apart);
    }
    return o;
}

#ifdef __cplusplus
extern "C" {
#endif

/* In the kit's `json` library. */
struct m_outcome m_compare_json(struct muster_ctx *t, const char *text, const char *pointer, const char *expected);
/* The same for files that were compiled with the headers of 1.1 and before. */
int m_check_json(struct muster_ctx *t, struct m_site at, const char *text, const char *pointer, const char *expected);

#ifdef __cplusplus
}
#endif

/* ---- the definitions: M_CHECK_x and M_REQUIRE_x of muster.h stand in front of these ---- */

#define M_COMPARED_(text_, outcome_) (t, M_SITE(0, text_), (m_forget_waited_(__LINE__), outcome_))

#define M_TRUE_(cond_) M_COMPARED_(#cond_, m_compare_true_((cond_) ? 1 : 0))
#define M_INT_(a_, op_, b_)                                                                                            \
    M_COMPARED_(#a_ " " #op_ " " #b_, m_compare_int_(M_INTEGER_(int64_t, a_), M_ORDERS_(op_), M_INTEGER_(int64_t, b_)))
#define M_UINT_(a_, op_, b_)                                                                                           \
    M_COMPARED_(#a_ " " #op_ " " #b_,                                                                                  \
                m_compare_uint_(M_INTEGER_(uint64_t, a_), M_ORDERS_(op_), M_INTEGER_(uint64_t, b_)))
#define M_STR_(a_, op_, b_) M_COMPARED_(#a_ " " #op_ " " #b_, m_compare_str_((a_), M_ORDERS_(op_), (b_)))
#define M_STR_HAS_(a_, b_)  M_COMPARED_(#a_ " contains " #b_, m_compare_str_has_((a_), (b_)))
#define M_MEM_(a_, b_, n_)  M_COMPARED_(#a_ " == " #b_ " for " #n_ " bytes", m_compare_mem_((a_), (b_), (n_)))
#define M_DOUBLE_(a_, b_, tolerance_)                                                                                  \
    M_COMPARED_(#a_ " == " #b_ " within " #tolerance_, m_compare_double_((a_), (b_), (tolerance_)))
#define M_JSON_(text_, pointer_, expected_)                                                                            \
    M_COMPARED_(#text_ " at " #pointer_, m_compare_json(t, (text_), (pointer_), (expected_)))

#endif

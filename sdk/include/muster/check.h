/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/check.h: what the CHECK_* and REQUIRE_* macros of muster.h are made of. Include muster.h, not this.
 *
 * Model
 *   M_CHECK_x and M_REQUIRE_x, and their short names, are names and nothing more: of M_CHECK_x_(arguments) and
 *   M_REQUIRE_x_(arguments). As object-like macros they leave the arguments unexpanded, and those make the check's text
 *   of them as they are written: a failure shows `status == HTTP_OK`, not `status == 200`. What is compared with what
 *   is in one place, M_x_(arguments).
 *
 *   The last value and the message behind it are one `...`, since before C23 and C++20 a `...` may not be empty. They
 *   are told apart by their number. The text of both is one, too: what a macro passes on is expanded, so the message
 *   is cut off when the check is reported, at the comma in front of it (m_without_message_()).
 *
 *   With a message, the outcome is held in a variable of the check's own, so that the message's arguments are evaluated
 *   after it, and only when it failed. It is one full expression nevertheless: what the values point to, as into a
 *   temporary std::string, still lives when they are reported.
 */
#ifndef MUSTER_CHECK_H
#define MUSTER_CHECK_H

#if defined(__GNUC__)
#pragma GCC system_header
#endif

#include <muster/plugin.h>
#include <muster/register_each.h>

#include <inttypes.h>
#include <stdarg.h>
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

static inline int m_report_outcome_(struct muster_ctx *t, struct m_site at, const struct m_outcome *o,
                                    const char *message)
{
    const char *actual = o->actual || !o->left[0] ? o->actual : o->left;
    const char *expected = o->expected || !o->right[0] ? o->expected : o->right;
    return m_report_(t, at, o->passed, actual, expected, message);
}

/* A check without a message of the author's. */
static inline int m_check_(struct muster_ctx *t, struct m_site at, struct m_outcome o)
{
    return m_report_outcome_(t, at, &o, o.message[0] ? o.message : NULL);
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

/* ---- with a message ---- */

/* An outcome, and what was waited for in vain, while the message is made. */
struct m_held_ {
    struct m_outcome outcome;
    const char *waited;
};

static inline int m_hold_(struct m_held_ *held, struct m_outcome o)
{
    held->outcome = o;
    held->waited = m_waited_;
    return o.passed;
}

/* Behind a character or string literal at p, or behind one character that is none. A ' within a number, as in C++'s
 * 1'000, begins none. */
static inline const char *m_next_of_text_(const char *text, const char *p)
{
    const char *word = p;
    char quote = *p;
    if (quote != '"' && quote != '\'')
        return p + 1;
    while (word > text && (word[-1] == '\'' || word[-1] == '_' || (word[-1] >= '0' && word[-1] <= '9') ||
                           ((word[-1] | 32) >= 'a' && (word[-1] | 32) <= 'z')))
        word--;
    if (quote == '\'' && *word >= '0' && *word <= '9')
        return p + 1;
    for (p++; *p && *p != quote; p++)
        if (*p == '\\' && p[1])
            p++;
    return *p ? p + 1 : p;
}

/*
 * The text of a check, made of its arguments as written, without the message: up to the first comma outside of
 * parentheses, as the preprocessor parts arguments, and from the \1 on, where a text has an end of its own.
 */
static inline const char *m_without_message_(const char *text, char *out, size_t size)
{
    const char *p = text, *end = strchr(text, '\1');
    int depth = 0;
    while (*p && *p != '\1' && !(*p == ',' && depth == 0)) {
        depth += (*p == '(') - (*p == ')');
        p = m_next_of_text_(text, p);
    }
    snprintf(out, size, "%.*s%s", (int)(p - text), text, end ? end + 1 : "");
    return out;
}

static inline int m_check_held_(struct muster_ctx *t, struct m_site at, const struct m_held_ *held, const char *message)
{
    char text[1024];
    at.expression = m_without_message_(at.expression, text, sizeof text);
    m_waited_ = held->waited;
    return m_report_outcome_(t, at, &held->outcome, message);
}

/* The check failed. What it has to say itself stands behind the message. */
static inline int m_say_(struct muster_ctx *t, struct m_site at, const struct m_held_ *held, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
static inline int m_say_(struct muster_ctx *t, struct m_site at, const struct m_held_ *held, const char *fmt, ...)
{
    char text[1024];
    size_t length;
    va_list ap;
    va_start(ap, fmt);
    if (vsnprintf(text, sizeof text, fmt, ap) < 0)
        text[0] = '\0';
    va_end(ap);
    length = strlen(text);
    if (held->outcome.message[0])
        snprintf(text + length, sizeof text - length, "%s%s", length ? "; " : "", held->outcome.message);
    return m_check_held_(t, at, held, text);
}

/* For compilers and analysers, since a function with an ellipsis is never inlined: see m_report_(). `literal` is there
 * to be a format that is a string literal. */
static inline int m_said_(uint32_t required, size_t literal, int passed)
{
    (void)literal;
    if (required)
        __builtin_trap();
    return passed;
}

/* M_SITE's `required_`, and an error in words where a check lacks its last value, which is in a `...`. */
#define M_LACKS_ "a value is missing: the checks are CHECK(x), CHECK_INT(a, ==, b) and so on, as muster.h has them"
#ifdef __cplusplus
template <bool given> struct m_given_ {
    static_assert(given, M_LACKS_);
    static constexpr uint32_t nothing = 0;
};
#define M_GIVEN_(required_, rest_) (required_ + m_given_<(sizeof(rest_) > 1)>::nothing)
#else
#define M_GIVEN_(required_, rest_)                                                                                     \
    (required_ + 0 * (uint32_t)sizeof(struct {                                                                         \
                     _Static_assert(sizeof(rest_) > 1, M_LACKS_);                                                      \
                     char m_;                                                                                          \
                 }))
#endif

#define M_FIRST_OF_(a_, ...) a_
#define M_FIRST_(...)        M_FIRST_OF_(__VA_ARGS__, )

/* Whether there is a message behind the value: 29 arguments it may have at the most. */
/* clang-format off */
#define M_ALONE_OR_SAYING_(...)                                                                                        \
    M_COUNTED_(__VA_ARGS__, SAYING_, SAYING_, SAYING_, SAYING_, SAYING_, SAYING_, SAYING_, SAYING_, SAYING_, SAYING_,  \
               SAYING_, SAYING_, SAYING_, SAYING_, SAYING_, SAYING_, SAYING_, SAYING_, SAYING_, SAYING_, SAYING_,      \
               SAYING_, SAYING_, SAYING_, SAYING_, SAYING_, SAYING_, SAYING_, SAYING_, ALONE_, 0)
/* clang-format on */

/* The text is `text_ rest_ end_`; the message is in rest_. */
#define M_CHECKED_(required_, text_, rest_, end_, outcome_, ...)                                                       \
    M_PASTE_(M_CHECKED_, M_ALONE_OR_SAYING_(__VA_ARGS__))(required_, text_, rest_, end_, outcome_, __VA_ARGS__)
#define M_CHECKED_ALONE_(required_, text_, rest_, end_, outcome_, last_)                                               \
    m_check_(t, M_SITE(required_, text_ rest_ end_), (m_forget_waited_(__LINE__), outcome_))
#define M_CHECKED_SAYING_(required_, text_, rest_, end_, outcome_, last_, ...)                                         \
    M_CHECKED_HELD_(M_PASTE_(m_held_, __COUNTER__), required_, text_ rest_ "\1" end_, outcome_, __VA_ARGS__)
/* A value that lost its way to where a message begins is an error, by the "" in front of it. That stands beside the
 * call: in front of the format it would hide it from gcc's warnings, being of a system header. */
#define M_CHECKED_HELD_(held_, required_, text_, outcome_, ...)                                                        \
    (__extension__({                                                                                                   \
        struct m_held_ held_;                                                                                          \
        m_hold_(&held_, (m_forget_waited_(__LINE__), outcome_))                                                        \
            ? m_check_held_(t, M_SITE(required_, text_), &held_, NULL)                                                 \
            : m_said_(required_, sizeof("" M_FIRST_(__VA_ARGS__)),                                                     \
                      m_say_(t, M_SITE(required_, text_), &held_, __VA_ARGS__));                                       \
    }))

/* ---- the definitions, which M_CHECK_x and M_REQUIRE_x of muster.h are names of ---- */

#define M_CHECK_TRUE_(...)   M_TRUE_(M_GIVEN_(0, #__VA_ARGS__), #__VA_ARGS__, __VA_ARGS__)
#define M_REQUIRE_TRUE_(...) M_TRUE_(M_GIVEN_(1, #__VA_ARGS__), #__VA_ARGS__, __VA_ARGS__)
#define M_TRUE_(required_, rest_, ...)                                                                                 \
    M_CHECKED_(required_, , rest_, , m_compare_true_((M_FIRST_(__VA_ARGS__)) ? 1 : 0), __VA_ARGS__)

#define M_CHECK_INT_(a_, op_, ...)                                                                                     \
    M_INT_(M_GIVEN_(0, #__VA_ARGS__), #a_ " " #op_ " ", #__VA_ARGS__, (a_), op_, __VA_ARGS__)
#define M_REQUIRE_INT_(a_, op_, ...)                                                                                   \
    M_INT_(M_GIVEN_(1, #__VA_ARGS__), #a_ " " #op_ " ", #__VA_ARGS__, (a_), op_, __VA_ARGS__)
#define M_INT_(required_, text_, rest_, a_, op_, ...)                                                                  \
    M_CHECKED_(required_, text_, rest_, ,                                                                              \
               m_compare_int_(M_INTEGER_(int64_t, a_), M_ORDERS_(op_), M_INTEGER_(int64_t, M_FIRST_(__VA_ARGS__))),    \
               __VA_ARGS__)

#define M_CHECK_UINT_(a_, op_, ...)                                                                                    \
    M_UINT_(M_GIVEN_(0, #__VA_ARGS__), #a_ " " #op_ " ", #__VA_ARGS__, (a_), op_, __VA_ARGS__)
#define M_REQUIRE_UINT_(a_, op_, ...)                                                                                  \
    M_UINT_(M_GIVEN_(1, #__VA_ARGS__), #a_ " " #op_ " ", #__VA_ARGS__, (a_), op_, __VA_ARGS__)
#define M_UINT_(required_, text_, rest_, a_, op_, ...)                                                                 \
    M_CHECKED_(required_, text_, rest_, ,                                                                              \
               m_compare_uint_(M_INTEGER_(uint64_t, a_), M_ORDERS_(op_), M_INTEGER_(uint64_t, M_FIRST_(__VA_ARGS__))), \
               __VA_ARGS__)

#define M_CHECK_STR_(a_, op_, ...)                                                                                     \
    M_STR_(M_GIVEN_(0, #__VA_ARGS__), #a_ " " #op_ " ", #__VA_ARGS__, (a_), op_, __VA_ARGS__)
#define M_REQUIRE_STR_(a_, op_, ...)                                                                                   \
    M_STR_(M_GIVEN_(1, #__VA_ARGS__), #a_ " " #op_ " ", #__VA_ARGS__, (a_), op_, __VA_ARGS__)
#define M_STR_(required_, text_, rest_, a_, op_, ...)                                                                  \
    M_CHECKED_(required_, text_, rest_, , m_compare_str_(a_, M_ORDERS_(op_), (M_FIRST_(__VA_ARGS__))), __VA_ARGS__)

#define M_CHECK_STR_HAS_(a_, ...)                                                                                      \
    M_STR_HAS_(M_GIVEN_(0, #__VA_ARGS__), #a_ " contains ", #__VA_ARGS__, (a_), __VA_ARGS__)
#define M_REQUIRE_STR_HAS_(a_, ...)                                                                                    \
    M_STR_HAS_(M_GIVEN_(1, #__VA_ARGS__), #a_ " contains ", #__VA_ARGS__, (a_), __VA_ARGS__)
#define M_STR_HAS_(required_, text_, rest_, a_, ...)                                                                   \
    M_CHECKED_(required_, text_, rest_, , m_compare_str_has_(a_, (M_FIRST_(__VA_ARGS__))), __VA_ARGS__)

#define M_CHECK_MEM_(a_, b_, ...)                                                                                      \
    M_MEM_(M_GIVEN_(0, #__VA_ARGS__), #a_ " == " #b_ " for ", #__VA_ARGS__, (a_), (b_), __VA_ARGS__)
#define M_REQUIRE_MEM_(a_, b_, ...)                                                                                    \
    M_MEM_(M_GIVEN_(1, #__VA_ARGS__), #a_ " == " #b_ " for ", #__VA_ARGS__, (a_), (b_), __VA_ARGS__)
#define M_MEM_(required_, text_, rest_, a_, b_, ...)                                                                   \
    M_CHECKED_(required_, text_, rest_, " bytes", m_compare_mem_(a_, b_, (M_FIRST_(__VA_ARGS__))), __VA_ARGS__)

#define M_CHECK_DOUBLE_(a_, b_, ...)                                                                                   \
    M_DOUBLE_(M_GIVEN_(0, #__VA_ARGS__), #a_ " == " #b_ " within ", #__VA_ARGS__, (a_), (b_), __VA_ARGS__)
#define M_REQUIRE_DOUBLE_(a_, b_, ...)                                                                                 \
    M_DOUBLE_(M_GIVEN_(1, #__VA_ARGS__), #a_ " == " #b_ " within ", #__VA_ARGS__, (a_), (b_), __VA_ARGS__)
#define M_DOUBLE_(required_, text_, rest_, a_, b_, ...)                                                                \
    M_CHECKED_(required_, text_, rest_, , m_compare_double_(a_, b_, (M_FIRST_(__VA_ARGS__))), __VA_ARGS__)

/* The expected value is no part of the text: it is shown beside it, and may be long. */
#define M_CHECK_JSON_(text_, pointer_, ...)                                                                            \
    M_JSON_(M_GIVEN_(0, #__VA_ARGS__), #text_ " at " #pointer_, (text_), (pointer_), __VA_ARGS__)
#define M_REQUIRE_JSON_(text_, pointer_, ...)                                                                          \
    M_JSON_(M_GIVEN_(1, #__VA_ARGS__), #text_ " at " #pointer_, (text_), (pointer_), __VA_ARGS__)
#define M_JSON_(required_, shown_, text_, pointer_, ...)                                                               \
    M_CHECKED_(required_, shown_, , , m_compare_json(t, text_, pointer_, (M_FIRST_(__VA_ARGS__))), __VA_ARGS__)

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/double.h: stand-ins for outside HTTP APIs, what they were asked, and what they answer.
 *
 *     SCENARIO(a_shop_is_deployed, .uses = USES("double(coolify.yaml, as=coolify)"))
 *     {
 *         struct m_double *coolify = m_double_open(t, "coolify");
 *         m_double_answer(coolify, "{request: {method: POST, path: /api/v1/deploy}, answer: {status: 503}}");
 *         order_a_shop(t, m_double_url(coolify));
 *         CHECK_ASKED(coolify, "POST", "/api/v1/deploy", 1);
 *         CHECK_NOTHING_ELSE_ASKED(coolify);
 *     }
 *
 * Model
 *   A double is the program muster-double, which plays a file. m_double_open() looks at the one that a fixture of .uses
 *   has started, as of now: what it was asked before does not count. Attempts that run at the same time share its
 *   answers, states and requests; m_double_own() is a double of the same file for this attempt alone, at a URL of its
 *   own. What an attempt has programmed is gone when it has ended, however it ends: a cleanup sees to it.
 *
 * Paths in checks are those of a file's rules: "/apps/{id}", "*" for one part, "**" at the end for the rest. A method
 * may be "*".
 *
 * Ownership and threads
 *   Everything returned is the kit's, and holds until the attempt's process ends. A double belongs to one thread at a
 *   time; open it twice for two.
 *
 * Failure
 *   A double that does not answer, is not there, or finds a mistake in what is programmed ends the scenario as an
 * error.
 */
#ifndef MUSTER_KIT_DOUBLE_H
#define MUSTER_KIT_DOUBLE_H

#include <muster/muster.h>
#include <muster/place.h>

#ifdef __cplusplus
extern "C" {
#endif

struct m_double;

/* Zero is the default of each but file. Strings are copied. */
struct m_double_options {
    const char *file;          /* what it plays; relative to the process's working folder */
    const char *const *values; /* M_VALUES("token=abc"): instead of the file's defaults; others see them in the
                                * process's arguments */
    const char *listen;        /* an IPv4 address; 127.0.0.1 */
    int32_t port;              /* 0: any that is free */
    int32_t reserved;
};

/* One request, as it was recorded: with "***" for what is secret. */
struct m_double_request {
    const char *method, *path;
    const char *query, *headers; /* JSON objects: {"name":"value"} */
    const char *body;            /* a text, or JSON where it was JSON; "null": none, or more than 64 KiB, or no text */
    const char *rule;            /* that answered; NULL: none, so it was 404 */
    int64_t number;              /* from 1, in the order in which they came */
    int32_t status;              /* of the answer */
    int32_t reserved;
};

struct m_double_requests {
    uint64_t n;
    const struct m_double_request *items;
};

/* M_DOUBLE_SERVE(t, .file = m_beside(t, "payments.yaml")) */
#define M_DOUBLE_SERVE(t_, ...) M_WITH_FIELDS_(m_double_options, m_double_serve, (t_), __VA_ARGS__)
#define M_VALUES(...)           M_LIST_(__VA_ARGS__)

M_KIT_BEGIN_

/*
 * In a FIXTURE: starts one, and publishes its `url`, `control` and each of the file's values by its name. A mistake in
 * the file ends the set-up as an error, with file, line and column. It records into requests.jsonl, which is kept with
 * the fixture; --set double=PATH says where muster-double is, if it isn't with muster.
 */
void m_double_serve(struct muster_ctx *t, const struct m_double_options *options);

/* The double that the fixture of this name has started. */
struct m_double *m_double_open(struct muster_ctx *t, const char *fixture);
/* Another one of the same file and values, which nobody else knows. It ends with the attempt. */
struct m_double *m_double_own(struct muster_ctx *t, const char *fixture);
/* What the system under test is to be told. */
const char *m_double_url(const struct m_double *d);

/* A rule, as it stands in a file, which comes before the file's until the attempt has ended; the last one comes first.
 */
void m_double_answer(struct m_double *d, const char *rule);
/* States, counts and programmed answers are as at the start, for everybody, and what was asked until now is forgotten
 * by this m_double. */
void m_double_reset(struct m_double *d);

/* What it was asked since it was opened, in order. NULL: any. */
struct m_double_requests m_double_requests(struct m_double *d, const char *method, const char *path);
/* How many; for REQUIRE(M_UNTIL(t, 5000, 50, m_double_count(d, "POST", "/deploy") == 1)). */
int64_t m_double_count(struct m_double *d, const char *method, const char *path);

/* For the macros below. */
int m_check_asked_(struct m_site at, struct m_double *d, const char *method, const char *path, int64_t times);
int m_check_asked_in_order_(struct m_site at, struct m_double *d, const char *const *requests);
int m_check_nothing_else_(struct m_site at, struct m_double *d);

M_KIT_END_

/* CHECK_ASKED(d, "POST", "/deploy", 1): so often, no more and no less. */
#define M_CHECK_ASKED(d_, method_, path_, times_)                                                                      \
    m_check_asked_(M_SITE(0, #d_ " was asked " #method_ " " #path_ " " #times_ " times"), (d_), (method_), (path_),    \
                   (times_))
#define M_REQUIRE_ASKED(d_, method_, path_, times_)                                                                    \
    m_check_asked_(M_SITE(1, #d_ " was asked " #method_ " " #path_ " " #times_ " times"), (d_), (method_), (path_),    \
                   (times_))
/* CHECK_ASKED_IN_ORDER(d, "POST /apps", "POST /apps/{id}/deploy"): these, in this order; others may lie between. */
#define M_CHECK_ASKED_IN_ORDER(d_, ...)                                                                                \
    m_check_asked_in_order_(M_SITE(0, #d_ " was asked in this order: " #__VA_ARGS__), (d_), M_LIST_(__VA_ARGS__))
#define M_REQUIRE_ASKED_IN_ORDER(d_, ...)                                                                              \
    m_check_asked_in_order_(M_SITE(1, #d_ " was asked in this order: " #__VA_ARGS__), (d_), M_LIST_(__VA_ARGS__))
/* Whatever it was asked was asked for by a check before. */
#define M_CHECK_NOTHING_ELSE_ASKED(d_)   m_check_nothing_else_(M_SITE(0, "nothing else was asked of " #d_), (d_))
#define M_REQUIRE_NOTHING_ELSE_ASKED(d_) m_check_nothing_else_(M_SITE(1, "nothing else was asked of " #d_), (d_))

#ifndef MUSTER_NO_SHORT_NAMES
#define CHECK_ASKED                M_CHECK_ASKED
#define REQUIRE_ASKED              M_REQUIRE_ASKED
#define CHECK_ASKED_IN_ORDER       M_CHECK_ASKED_IN_ORDER
#define REQUIRE_ASKED_IN_ORDER     M_REQUIRE_ASKED_IN_ORDER
#define CHECK_NOTHING_ELSE_ASKED   M_CHECK_NOTHING_ELSE_ASKED
#define REQUIRE_NOTHING_ELSE_ASKED M_REQUIRE_NOTHING_ELSE_ASKED
#endif

#ifdef __cplusplus
}
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_VOID_(m_double_serve, (t, options), struct muster_ctx *t, const struct m_double_options *options)
M_PLACED_(struct m_double *, m_double_open, (t, fixture), struct muster_ctx *t, const char *fixture)
M_PLACED_(struct m_double *, m_double_own, (t, fixture), struct muster_ctx *t, const char *fixture)
M_PLACED_(const char *, m_double_url, (d), const struct m_double *d)
M_PLACED_VOID_(m_double_answer, (d, rule), struct m_double *d, const char *rule)
M_PLACED_VOID_(m_double_reset, (d), struct m_double *d)
M_PLACED_(struct m_double_requests, m_double_requests, (d, method, path), struct m_double *d, const char *method,
          const char *path)
M_PLACED_(int64_t, m_double_count, (d, method, path), struct m_double *d, const char *method, const char *path)
M_PLACED_(int, m_check_asked_, (at, d, method, path, times), struct m_site at, struct m_double *d, const char *method,
          const char *path, int64_t times)
M_PLACED_(int, m_check_asked_in_order_, (at, d, requests), struct m_site at, struct m_double *d,
          const char *const *requests)
M_PLACED_(int, m_check_nothing_else_, (at, d), struct m_site at, struct m_double *d)
#ifdef M_PLACED_IN_C_
#define m_double_serve(...)          m_double_serve_at_(M_HERE_, __VA_ARGS__)
#define m_double_open(...)           m_double_open_at_(M_HERE_, __VA_ARGS__)
#define m_double_own(...)            m_double_own_at_(M_HERE_, __VA_ARGS__)
#define m_double_url(...)            m_double_url_at_(M_HERE_, __VA_ARGS__)
#define m_double_answer(...)         m_double_answer_at_(M_HERE_, __VA_ARGS__)
#define m_double_reset(...)          m_double_reset_at_(M_HERE_, __VA_ARGS__)
#define m_double_requests(...)       m_double_requests_at_(M_HERE_, __VA_ARGS__)
#define m_double_count(...)          m_double_count_at_(M_HERE_, __VA_ARGS__)
#define m_check_asked_(...)          m_check_asked__at_(M_HERE_, __VA_ARGS__)
#define m_check_asked_in_order_(...) m_check_asked_in_order__at_(M_HERE_, __VA_ARGS__)
#define m_check_nothing_else_(...)   m_check_nothing_else__at_(M_HERE_, __VA_ARGS__)
#endif

#endif

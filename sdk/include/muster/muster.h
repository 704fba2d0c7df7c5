/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/muster.h: what an author includes. Macros and inline functions over plugin.h; nothing here
 * crosses the binary interface, and nothing needs linking except CHECK_JSON (the kit's `json`).
 *
 *     SCENARIO(refund_twice, .summary = "A second refund is refused", .markers = MARKERS("e2e", "priority_p0"))
 *     {
 *         STEP("refund once") { CHECK_INT(refund(t, "p1"), ==, 200); }
 *         STEP("refund again") { REQUIRE_INT(refund(t, "p1"), ==, 409); }
 *     }
 *     MUSTER_PLUGIN("acme.payments", "1.4.0")
 *
 * In a scenario the context is `t`. A function of your own that checks takes it under this name:
 * `static int refund(struct muster_ctx *t, const char *payment)`.
 *
 * A failed CHECK_* is recorded, with both values, and the scenario goes on; a failed REQUIRE_* ends it.
 * Both return 1 when it passed, and evaluate their arguments once. Everything may be called from any
 * thread of the attempt (steps nest on each for itself: ext/steps.h), but nothing from a process that the scenario
 * forks.
 *
 * Names: what crosses the binary interface is `muster_` and MUSTER_: its types, constants and entry (plugin.h, ext/).
 * What an author calls is `m_`, and M_ where it is a macro: here and in the kit, functions, types and constants alike.
 * `m_x_` and M_X_, with an underscore at the end, are nobody's but these headers'. MUSTER_PLUGIN is the interface's
 * entry, so it is no exception.
 *
 * Short names: SCENARIO is short for M_SCENARIO, CHECK_INT for M_CHECK_INT, and so on (short.h has them all). Where
 * they clash with another library's, as CHECK, REQUIRE, LOG and FAIL do with those of Catch2 or glog, define
 * MUSTER_NO_SHORT_NAMES before the first include of a header of muster's, and write the long ones.
 *
 * C11 or later, C++11 or later; gcc or clang. In C++ the same text works, with the fields in any order.
 */
#ifndef MUSTER_MUSTER_H
#define MUSTER_MUSTER_H

#if defined(__GNUC__)
#pragma GCC system_header /* the macros expand in the author's code: their style must not warn there */
#endif

#include <muster/calls.h>
#include <muster/plugin.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* ---- registering ------------------------------------------------------------------------------------ */

#include <muster/register.h>

/*
 * SCENARIO(id, .field = value, ...) { body }: the fields are those of struct muster_scenario, or none.
 * At file scope, in any of the plugin's source files.
 *
 * SCENARIO(id, PARAMS(...), .field = value, ...): the body has the parameters as arguments. There is a case for each
 * row of the .tables:
 *
 *     SCENARIO(seats_are_counted, PARAMS((str, plan), (i32, seats, "1"), (str, region, "eu")),
 *              .tables = TABLES(TABLE(COLUMNS("plan", "seats"),
 *                                     ROW("pro", "10"),
 *                                     ROW("free", "1")),
 *                               AXIS("region", "eu", "us")))
 *     {
 *         CHECK_INT(seats_of(t, plan, region), ==, seats);
 *     }
 */
#define M_SCENARIO(...) M_SCENARIO_(__VA_ARGS__, )

/* CLEANUP(function, "tenant.delete", .timeout_ms = 5000) { uses `payload` }: see DEFER. */
#define M_CLEANUP(...) M_CLEANUP_(__VA_ARGS__, )

/*
 * FIXTURE(tenant, MUSTER_SCOPE_RUN, .teardown = drop_tenant) { set-up: m_publish(t, "id", id); }: the fields are those
 * of struct muster_fixture, or none. With PARAMS(...) in front of them, m_param() reads the arguments.
 */
#define M_FIXTURE(...) M_FIXTURE_(__VA_ARGS__, )

/*
 * DATA_STEP(json, create_workload, PARAMS((str, name)), .field = value, ...) { return text; }: what scenarios written
 * as data call by name. Type of the value, or none; name; PARAMS or nothing; the fields of struct muster_step, or
 * nothing. Other code in the same file calls it as step_create_workload(t, "web").
 */
#define M_DATA_STEP(...) M_DATA_STEP_(__VA_ARGS__, )

/* MUSTER_PLUGIN("acme.payments", "1.4.0", .field = value, ...): once in a plugin; the fields are those of
 * struct muster_plugin, or none. */
#define MUSTER_PLUGIN(...) M_PLUGIN_(__VA_ARGS__, )

/* .markers = MARKERS("e2e", "issue(id=4711)"), .needs = NEEDS(MUSTER_EXT_TARGET),
 * .uses = USES("testbed", "postgres(version=15, as=old)") */
#define M_MARKERS(...)          M_STRINGS_(__VA_ARGS__)
#define M_NEEDS(...)            M_STRINGS_(__VA_ARGS__)
#define M_USES(...)             M_STRINGS_(__VA_ARGS__)
/* MUSTER_PLUGIN("acme.payments", "1.4.0", .thresholds = THRESHOLDS("refund.time < 2 s", "p95(query.time) <= 200 ms"))
 */
#define M_THRESHOLDS(...)       M_STRINGS_(__VA_ARGS__)
/* .needs = OPERATIONS("tenant.create", "workload.create(limits, replicas)"): what the scenario asks of the target, and
 * in parentheses arguments that an operation there may lack. A target without one of them skips the scenario. "*":
 * whatever there is. Thirty at the most; beside other needs, NEEDS(M_OPERATION("tenant.create"), MUSTER_EXT_METRICS).
 */
#define M_OPERATIONS(...)       M_OPERATIONS_(__VA_ARGS__)
#define M_OPERATION(operation_) "operation:" operation_

/*
 * PARAMS((type, name), (type, name, "fallback"), (type, name, "fallback", "summary")): twelve at the most. The types
 * are i32, i64, u64, f64, bool, str and json; the body has them as int32_t, int64_t, uint64_t, double, int32_t and
 * const char *.
 */
#define M_PARAMS(...) (__VA_ARGS__)

/* .tables = TABLES(TABLE(COLUMNS("plan", "seats"), ROW("pro", "10"), ROW("free", NULL))): a NULL is the parameter's
 * fallback. With several tables there is a case for each combination of their rows. */
#define M_TABLES(...)          M_TABLES_(__VA_ARGS__)
#define M_TABLE(columns_, ...) M_TABLE_(columns_, __VA_ARGS__)
#define M_COLUMNS(...)         (__VA_ARGS__)
#define M_ROW(...)             __VA_ARGS__
/* AXIS("region", "eu", "us"): a table of one column. */
#define M_AXIS(column_, ...)   M_TABLE_((column_), __VA_ARGS__)
/* TABLE_FILE("plans.csv"), or TABLE_FILE("plans.csv", COLUMNS("plan", "seats")): rows of a file beside the plugin. */
#define M_TABLE_FILE(...)      M_PASTE_(M_TABLE_FILE_, M_PASTE_(M_COUNT_(__VA_ARGS__), _))(__VA_ARGS__)

/* ---- steps ------------------------------------------------------------------------------------------- */

struct m_step_ {
    struct muster_ctx *t;
    uint32_t number;
    int32_t open;
};

static inline struct m_step_ m_step_begin_(struct muster_ctx *t, const char *name)
{
    const struct muster_ext_steps *x =
        (const struct muster_ext_steps *)m_ext_(t, MUSTER_EXT_STEPS, sizeof(struct muster_ext_steps));
    struct m_step_ s = {t, x->begin(t, name), 1};
    return s;
}

static inline void m_step_end_(struct m_step_ *s)
{
    const struct muster_ext_steps *x =
        (const struct muster_ext_steps *)m_ext_(s->t, MUSTER_EXT_STEPS, sizeof(struct muster_ext_steps));
    x->end(s->t, s->number);
}

#define M_STEP_(name_, var_)                                                                                           \
    for (struct m_step_ var_ __attribute__((cleanup(m_step_end_))) = m_step_begin_(t, (name_)); var_.open;             \
         var_.open = 0)

/* STEP("name") { ... }: ends with its block, also by break, continue, return, goto or an exception. A break or
 * continue inside it ends the step, not a loop around it. */
#define M_STEP(name_) M_STEP_(name_, M_PASTE_(m_step_, __COUNTER__))

/* ---- logging and ending --------------------------------------------------------------------------------- */

static inline void m_log_(struct muster_ctx *t, int32_t level, const char *file, uint32_t line, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
static inline void m_log_(struct muster_ctx *t, int32_t level, const char *file, uint32_t line, const char *fmt, ...)
{
    char text[4096];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n < 0)
        return;
    t->host->log(t, level, file, line, text, (size_t)n < sizeof text ? (uint64_t)n : sizeof text - 1);
}

/* LOG("tenant %s is ready", id): a line of at most 4095 bytes in the attempt's log. */
#define M_LOG(...)            m_log_(t, MUSTER_LOG_INFO, M_HERE_, __VA_ARGS__)
#define M_LOG_AT(level_, ...) m_log_(t, (level_), M_HERE_, __VA_ARGS__)
#define M_LOG_DEBUG(...)      M_LOG_AT(MUSTER_LOG_DEBUG, __VA_ARGS__)
#define M_LOG_WARNING(...)    M_LOG_AT(MUSTER_LOG_WARNING, __VA_ARGS__)

static inline void m_stop_(struct muster_ctx *t, int32_t how, const char *file, uint32_t line, const char *fmt, ...)
    __attribute__((format(printf, 5, 6), noreturn));
static inline void m_stop_(struct muster_ctx *t, int32_t how, const char *file, uint32_t line, const char *fmt, ...)
{
    char text[4096];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    t->host->stop(t, how, file, line, text);
    __builtin_trap(); /* never reached: stop() does not return */
}

/* End the scenario: SKIP("needs %s", what), FAIL("lost %d rows", n), ERROR("no route to the database"). */
#define M_SKIP(...)  m_stop_(t, MUSTER_STOP_SKIP, M_HERE_, __VA_ARGS__)
#define M_FAIL(...)  m_stop_(t, MUSTER_STOP_FAIL, M_HERE_, __VA_ARGS__)
#define M_ERROR(...) m_stop_(t, MUSTER_STOP_ERROR, M_HERE_, __VA_ARGS__)

/* ---- checks ------------------------------------------------------------------------------------------ */

#include <muster/check.h>

/*
 * CHECK(x): x is true. Every check also takes a message behind its values, as printf has it:
 *     CHECK(tenant_is_up(t, n), "tenant %d", n)
 *     CHECK_INT(status, ==, 200, "after %d tries", tries)
 * It stands in the failure, besides the values. Its format is a string literal, with 28 arguments at the most; they are
 * evaluated after the values, and only when the check fails.
 */
#define M_CHECK   M_CHECK_TRUE_
#define M_REQUIRE M_REQUIRE_TRUE_

/* CHECK_INT(reply.status, ==, 200): any of == != < <= > >= on signed 64-bit integers; CHECK_UINT on unsigned ones.
 * Only integers: a pointer or a floating-point value does not compile. */
#define M_CHECK_INT    M_CHECK_INT_
#define M_REQUIRE_INT  M_REQUIRE_INT_
#define M_CHECK_UINT   M_CHECK_UINT_
#define M_REQUIRE_UINT M_REQUIRE_UINT_

/* CHECK_STR(name, ==, "web"): == or != (and the orders of strcmp) on strings; NULL equals only NULL. */
#define M_CHECK_STR       M_CHECK_STR_
#define M_REQUIRE_STR     M_REQUIRE_STR_
/* CHECK_STR_HAS(body, "not found"): the first contains the second. */
#define M_CHECK_STR_HAS   M_CHECK_STR_HAS_
#define M_REQUIRE_STR_HAS M_REQUIRE_STR_HAS_

/* CHECK_MEM(got, want, n): n bytes are equal; the failure shows where they first differ. */
#define M_CHECK_MEM   M_CHECK_MEM_
#define M_REQUIRE_MEM M_REQUIRE_MEM_

/* CHECK_DOUBLE(mean, 1.5, 0.01): |mean - 1.5| <= 0.01; a NaN never passes. */
#define M_CHECK_DOUBLE   M_CHECK_DOUBLE_
#define M_REQUIRE_DOUBLE M_REQUIRE_DOUBLE_

/*
 * CHECK_JSON(body, "/tenant/state", "\"ready\""): the value at a JSON pointer (RFC 6901) of a JSON text equals
 * a JSON value; objects compare without order, 1 and 1.0 differ. Needs the kit's `json`.
 */
#define M_CHECK_JSON   M_CHECK_JSON_
#define M_REQUIRE_JSON M_REQUIRE_JSON_

#ifndef MUSTER_NO_SHORT_NAMES
#include <muster/short.h>
#endif

#endif

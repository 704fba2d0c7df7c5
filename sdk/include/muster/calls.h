/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/calls.h: what an author calls, over the extensions. Include muster.h, not this.
 *
 * Model
 *   A function that may end the attempt by an error, or complain of its arguments, names the author's line that called
 *   it: m_x_at_(file, line, ...) does the work. In C a macro m_x(...) gives it the place; without parentheses m_x is a
 *   function, which has none. In C++ m_x() has two more parameters, whose defaults the compiler finds where it is
 *   called. The runner is told the place beforehand, where it has the extension for that (ext/place.h).
 */
#ifndef MUSTER_CALLS_H
#define MUSTER_CALLS_H

#if defined(__GNUC__)
#pragma GCC system_header
#endif

#include <muster/ext/artifacts.h>
#include <muster/ext/attempt.h>
#include <muster/ext/fixtures.h>
#include <muster/ext/ledger.h>
#include <muster/ext/metrics.h>
#include <muster/ext/params.h>
#include <muster/ext/place.h>
#include <muster/ext/secrets.h>
#include <muster/ext/steps.h>
#include <muster/ext/target.h>
#include <muster/plugin.h>
#include <muster/register_each.h>

#include <stddef.h>
#include <stdio.h>

/* The one list of extensions: X_(ID, name) for MUSTER_EXT_ID and struct muster_ext_name. A runner makes its tables of
 * it. */
#define MUSTER_EXTENSIONS(X_)                                                                                          \
    X_(ATTEMPT, attempt)                                                                                               \
    X_(STEPS, steps)                                                                                                   \
    X_(ARTIFACTS, artifacts)                                                                                           \
    X_(METRICS, metrics)                                                                                               \
    X_(LEDGER, ledger)                                                                                                 \
    X_(TARGET, target)                                                                                                 \
    X_(FIXTURES, fixtures)                                                                                             \
    X_(PARAMS, params)                                                                                                 \
    X_(PLACE, place)                                                                                                   \
    X_(SECRETS, secrets)

/* Where logs, ends and calls say that they stand. In the kit's own sources that is where the author called them:
 * place.h has it there. */
#ifndef MUSTER_KIT_SOURCE
#define M_HERE_ __FILE__, __LINE__
#endif

#ifdef __cplusplus
#define M_CALLED_(type_, name_, arguments_, ...)                                                                       \
    static inline type_ name_(__VA_ARGS__, const char *m_file_ = __builtin_FILE(),                                     \
                              uint32_t m_line_ = __builtin_LINE())                                                     \
    {                                                                                                                  \
        return name_##_at_(m_file_, m_line_, M_BARE_ arguments_);                                                      \
    }
#define M_CALLED_VOID_(name_, arguments_, ...) M_CALLED_(void, name_, arguments_, __VA_ARGS__)
#else
#define M_CALLED_(type_, name_, arguments_, ...)                                                                       \
    static inline type_ name_(__VA_ARGS__)                                                                             \
    {                                                                                                                  \
        return name_##_at_(NULL, 0, M_BARE_ arguments_);                                                               \
    }
#define M_CALLED_VOID_(name_, arguments_, ...)                                                                         \
    static inline void name_(__VA_ARGS__)                                                                              \
    {                                                                                                                  \
        name_##_at_(NULL, 0, M_BARE_ arguments_);                                                                      \
    }
#endif

/* Ends the attempt as skipped when the runner lacks the extension; `.needs` says so before it starts. */
static inline const void *m_ext_(struct muster_ctx *t, const char *id, uint32_t size)
{
    const void *table = t->host->extension(t, id, size);
    if (!table) {
        char reason[96];
        snprintf(reason, sizeof reason, "unsupported: this runner has no %s of %u bytes", id, (unsigned)size);
        t->host->stop(t, MUSTER_STOP_SKIP, NULL, 0, reason);
        __builtin_trap(); /* never reached: stop() does not return */
    }
    return table;
}

/* What this thread calls comes from that line; a NULL file ends that. An older runner is not told. */
static inline void m_from_(struct muster_ctx *t, const char *file, uint32_t line)
{
    const struct muster_ext_place *x =
        (const struct muster_ext_place *)t->host->extension(t, MUSTER_EXT_PLACE, sizeof(struct muster_ext_place));
    if (x)
        x->at(t, file, line);
}

/* Facts of the attempt: case id, slot, seed, directories. */
static inline const struct muster_attempt_info *m_attempt(struct muster_ctx *t)
{
    const struct muster_ext_attempt *x =
        (const struct muster_ext_attempt *)m_ext_(t, MUSTER_EXT_ATTEMPT, sizeof(struct muster_ext_attempt));
    return x->info(t);
}

/* Milliseconds left for the running phase. */
static inline uint64_t m_remaining_ms(struct muster_ctx *t)
{
    const struct muster_ext_attempt *x =
        (const struct muster_ext_attempt *)m_ext_(t, MUSTER_EXT_ATTEMPT, sizeof(struct muster_ext_attempt));
    return x->remaining_ms(t);
}

/* Deprecated: its name until 1.1. It doesn't warn, so that sources of then go on compiling whatever their flags. */
static inline uint64_t muster_remaining_ms(struct muster_ctx *t)
{
    return m_remaining_ms(t);
}

/* A value of the target (`--set key=value`), or NULL. */
static inline const char *m_target(struct muster_ctx *t, const char *key)
{
    const struct muster_ext_target *x =
        (const struct muster_ext_target *)m_ext_(t, MUSTER_EXT_TARGET, offsetof(struct muster_ext_target, document));
    return x->value(t, key); /* which runners of 1.0 have */
}

/* Hides the value from here on, in everything that the run shows or keeps: ext/secrets.h. An older runner can't. */
static inline void m_hide(struct muster_ctx *t, const char *name, const char *value)
{
    const struct muster_ext_secrets *x =
        (const struct muster_ext_secrets *)t->host->extension(t, MUSTER_EXT_SECRETS, sizeof(struct muster_ext_secrets));
    if (x)
        x->hide(t, name, value);
}

/* A parameter of the case or, in a fixture's functions, an argument of the fixture, as text. Not NULL: a name that
 * is not among the PARAMS ends the attempt as an error. */
static inline const char *m_param_at_(const char *file, uint32_t line, struct muster_ctx *t, const char *name)
{
    const struct muster_ext_params *x =
        (const struct muster_ext_params *)m_ext_(t, MUSTER_EXT_PARAMS, sizeof(struct muster_ext_params));
    const char *value = x->value(t, name);
    if (!value) {
        char reason[160];
        snprintf(reason, sizeof reason, "there is no parameter %.100s", name);
        t->host->stop(t, MUSTER_STOP_ERROR, file, line, reason);
        __builtin_trap(); /* never reached: stop() does not return */
    }
    return value;
}
M_CALLED_(const char *, m_param, (t, name), struct muster_ctx *t, const char *name)

static inline const struct muster_ext_fixtures *m_fixtures_(struct muster_ctx *t)
{
    return (const struct muster_ext_fixtures *)m_ext_(t, MUSTER_EXT_FIXTURES, sizeof(struct muster_ext_fixtures));
}

/* What a fixture of .uses published under the key, or NULL. */
static inline const char *m_fixture_at_(const char *file, uint32_t line, struct muster_ctx *t, const char *fixture,
                                        const char *key)
{
    const struct muster_ext_fixtures *x = m_fixtures_(t);
    m_from_(t, file, line);
    const char *value = x->value(t, fixture, key);
    m_from_(t, NULL, 0);
    return value;
}
M_CALLED_(const char *, m_fixture, (t, fixture, key), struct muster_ctx *t, const char *fixture, const char *key)

/* What an attempt-scoped fixture of .uses handed over, or NULL. */
static inline void *m_fixture_pointer_at_(const char *file, uint32_t line, struct muster_ctx *t, const char *fixture)
{
    const struct muster_ext_fixtures *x = m_fixtures_(t);
    m_from_(t, file, line);
    void *pointer = x->pointer(t, fixture);
    m_from_(t, NULL, 0);
    return pointer;
}
M_CALLED_(void *, m_fixture_pointer, (t, fixture), struct muster_ctx *t, const char *fixture)

/* In a FIXTURE: a text for its users. */
static inline void m_publish_at_(const char *file, uint32_t line, struct muster_ctx *t, const char *key,
                                 const char *value)
{
    const struct muster_ext_fixtures *x = m_fixtures_(t);
    m_from_(t, file, line);
    x->publish(t, key, value);
    m_from_(t, NULL, 0);
}
M_CALLED_VOID_(m_publish, (t, key, value), struct muster_ctx *t, const char *key, const char *value)

/* In a FIXTURE of MUSTER_SCOPE_ATTEMPT: a pointer for its users. */
static inline void m_hand_over_at_(const char *file, uint32_t line, struct muster_ctx *t, void *pointer)
{
    const struct muster_ext_fixtures *x = m_fixtures_(t);
    m_from_(t, file, line);
    x->hand_over(t, pointer);
    m_from_(t, NULL, 0);
}
M_CALLED_VOID_(m_hand_over, (t, pointer), struct muster_ctx *t, void *pointer)

/* In a FIXTURE of another scope: it lives as long as this child; `what` names it in messages. */
static inline void m_watch_at_(const char *file, uint32_t line, struct muster_ctx *t, int32_t pid, const char *what)
{
    const struct muster_ext_fixtures *x = m_fixtures_(t);
    m_from_(t, file, line);
    x->watch(t, pid, what);
    m_from_(t, NULL, 0);
}
M_CALLED_VOID_(m_watch, (t, pid, what), struct muster_ctx *t, int32_t pid, const char *what)

/* A number that the run is judged by. */
static inline void m_metric_at_(const char *file, uint32_t line, struct muster_ctx *t, const char *name, double value,
                                const char *unit)
{
    const struct muster_ext_metrics *x = (const struct muster_ext_metrics *)m_ext_(
        t, MUSTER_EXT_METRICS, offsetof(struct muster_ext_metrics, threshold));
    m_from_(t, file, line); /* which runners of 1.0 have */
    x->record(t, name, value, unit);
    m_from_(t, NULL, 0);
}
M_CALLED_VOID_(m_metric, (t, name, value, unit), struct muster_ctx *t, const char *name, double value, const char *unit)

/* m_threshold(t, "p95(shop.latency) < 200 ms"): a bound on what this attempt records from now on. A missed one fails no
 * scenario; the run ends with status 8. */
static inline void m_threshold_at_(const char *file, uint32_t line, struct muster_ctx *t, const char *threshold)
{
    const struct muster_ext_metrics *x =
        (const struct muster_ext_metrics *)m_ext_(t, MUSTER_EXT_METRICS, sizeof(struct muster_ext_metrics));
    m_from_(t, file, line);
    x->threshold(t, threshold);
    m_from_(t, NULL, 0);
}
M_CALLED_VOID_(m_threshold, (t, threshold), struct muster_ctx *t, const char *threshold)

/* Evidence; 0, or -1 (the event log says why). */
static inline int m_attach_at_(const char *file, uint32_t line, struct muster_ctx *t, const char *name,
                               const char *media_type, const void *data, size_t length)
{
    const struct muster_ext_artifacts *x =
        (const struct muster_ext_artifacts *)m_ext_(t, MUSTER_EXT_ARTIFACTS, sizeof(struct muster_ext_artifacts));
    m_from_(t, file, line);
    int attached = x->attach(t, name, media_type, data, length);
    m_from_(t, NULL, 0);
    return attached;
}
M_CALLED_(int, m_attach, (t, name, media_type, data, length), struct muster_ctx *t, const char *name,
          const char *media_type, const void *data, size_t length)

static inline int m_attach_file_at_(const char *file, uint32_t line, struct muster_ctx *t, const char *name,
                                    const char *media_type, const char *path)
{
    const struct muster_ext_artifacts *x =
        (const struct muster_ext_artifacts *)m_ext_(t, MUSTER_EXT_ARTIFACTS, sizeof(struct muster_ext_artifacts));
    m_from_(t, file, line);
    int attached = x->attach_file(t, name, media_type, path);
    m_from_(t, NULL, 0);
    return attached;
}
M_CALLED_(int, m_attach_file, (t, name, media_type, path), struct muster_ctx *t, const char *name,
          const char *media_type, const char *path)

static inline void m_defer_(const char *file, uint32_t line, struct muster_ctx *t, const char *cleanup,
                            const char *payload)
{
    const struct muster_ext_ledger *x =
        (const struct muster_ext_ledger *)m_ext_(t, MUSTER_EXT_LEDGER, sizeof(struct muster_ext_ledger));
    m_from_(t, file, line);
    x->defer(t, cleanup, payload);
    m_from_(t, NULL, 0);
}

/* DEFER("tenant.delete", id): before creating the tenant. */
#define M_DEFER(cleanup_, payload_) m_defer_(M_HERE_, t, (cleanup_), (payload_))

#ifndef __cplusplus
#define m_param(...)           m_param_at_(M_HERE_, __VA_ARGS__)
#define m_fixture(...)         m_fixture_at_(M_HERE_, __VA_ARGS__)
#define m_fixture_pointer(...) m_fixture_pointer_at_(M_HERE_, __VA_ARGS__)
#define m_publish(...)         m_publish_at_(M_HERE_, __VA_ARGS__)
#define m_hand_over(...)       m_hand_over_at_(M_HERE_, __VA_ARGS__)
#define m_watch(...)           m_watch_at_(M_HERE_, __VA_ARGS__)
#define m_metric(...)          m_metric_at_(M_HERE_, __VA_ARGS__)
#define m_threshold(...)       m_threshold_at_(M_HERE_, __VA_ARGS__)
#define m_attach(...)          m_attach_at_(M_HERE_, __VA_ARGS__)
#define m_attach_file(...)     m_attach_file_at_(M_HERE_, __VA_ARGS__)
#endif

#endif

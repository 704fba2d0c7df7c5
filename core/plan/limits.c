/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines and retries of a case, from its markers, its fields and the command line. */
#include "plan/limits.h"

#include "base/clock.h"
#include "plan/known.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_TIMEOUT_NS (60 * NS_PER_S)
#define LONGEST_BACKOFF_NS (300 * NS_PER_S)
/* Ten years: sums with a clock's time can't overflow, and nobody waits longer. */
#define LONGEST_NS         (10LL * 365 * 24 * 3600 * NS_PER_S)

enum { MOST_RETRIES = 1000000, MOST_PIDS = 1 << 22 };

static int64_t longer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t shorter(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static bool seconds_of(const struct marker_value *v, int64_t *ret_ns)
{
    double limit = (double)LONGEST_NS / (double)NS_PER_S;
    if (v->type == MARKER_STR)
        return clock_parse_duration(v->text, ret_ns) == 0 && *ret_ns >= 0 && *ret_ns <= LONGEST_NS;
    double seconds = v->type == MARKER_INT ? (double)v->integer : v->type == MARKER_FLOAT ? v->real : -1;
    if (!(seconds >= 0 && seconds <= limit))
        return false;
    int64_t ns = (int64_t)(seconds * (double)NS_PER_S);
    /* 0 means no limit, and a tiny one is not that. */
    *ret_ns = seconds > 0 ? longer(ns, 1) : 0;
    return true;
}

/* The duration in an argument of a known marker; *ns stays as it is when the argument isn't given. */
static int duration_arg(const struct scenario_info *s, const struct marker *m, const char *key, int64_t *ns,
                        struct err *err)
{
    const struct marker_value *v = known_arg(m, key);
    if (!v || seconds_of(v, ns))
        return 0;
    return known_error(s, m, err, "%s is a number of seconds from 0, or text like \"2m\"", key);
}

static int64_t no_limit_if_zero(int64_t ns)
{
    return ns == 0 ? NEVER : ns;
}

int64_t limits_longer(int64_t limit_ns, int64_t factor)
{
    if (limit_ns == NEVER || factor <= 1)
        return limit_ns;
    return limit_ns > LONGEST_NS / factor ? LONGEST_NS : limit_ns * factor;
}

static int64_t default_limit(const struct limit_settings *settings)
{
    return settings->timeout_ns < 0 ? DEFAULT_TIMEOUT_NS : no_limit_if_zero(settings->timeout_ns);
}

int64_t limits_around(const struct limit_settings *settings)
{
    return limits_longer(default_limit(settings), settings->timeout_factor);
}

static int set_timeouts(const struct scenario_info *s, const struct limit_settings *settings, struct limits *l,
                        struct err *err)
{
    int64_t by_default = default_limit(settings);
    l->body_ns = s->timeout_ms ? s->timeout_ms * NS_PER_MS : by_default;
    const struct marker *m = marker_find(s->markers, s->n_markers, "timeout");
    if (m) {
        int64_t ns;
        if (!known_arg(m, "timeout"))
            return known_error(s, m, err, "it needs a number of seconds, as in timeout(300)");
        int e = duration_arg(s, m, "timeout", &ns, err);
        if (e < 0)
            return e;
        l->body_ns = no_limit_if_zero(ns);
    }
    int64_t around = longer(l->body_ns, by_default);
    l->setup_ns = s->setup_timeout_ms ? s->setup_timeout_ms * NS_PER_MS : around;
    l->teardown_ns = s->teardown_timeout_ms ? s->teardown_timeout_ms * NS_PER_MS : around;
    for (int64_t *const *p = (int64_t *const[]){&l->body_ns, &l->setup_ns, &l->teardown_ns, NULL}; *p; p++)
        **p = limits_longer(**p, settings->timeout_factor);
    return 0;
}

static int flaky_retries(const struct scenario_info *s, const struct marker *m, uint32_t *ret_retries, struct err *err)
{
    const struct marker_value *v = known_arg(m, "reruns");
    if (v && (v->type != MARKER_INT || v->integer < 0 || v->integer > MOST_RETRIES))
        return known_error(s, m, err, "reruns is a whole number from 0 to %d", MOST_RETRIES);
    *ret_retries = v ? (uint32_t)v->integer : 1;
    return 0;
}

int limits_parse_retry_on(const char *text, int *ret_set)
{
    static const char *const words[] = {"failed", "error", "timeout", "crashed"}; /* in the order of the bits */
    int set = 0;
    for (const char *p = text;; p++) {
        size_t len = strcspn(p, ","), k = 0;
        while (k < ARRAY_LEN(words) && (strlen(words[k]) != len || memcmp(words[k], p, len) != 0))
            k++;
        if (k == ARRAY_LEN(words))
            return -EINVAL;
        set |= 1 << k;
        p += len;
        if (!*p)
            break;
    }
    *ret_set = set;
    return 0;
}

static int flaky_retry_on(const struct scenario_info *s, const struct marker *m, uint32_t *set, struct err *err)
{
    const struct marker_value *v = known_arg(m, "retry_on");
    int own;
    if (!v)
        return 0;
    if (v->type != MARKER_STR || limits_parse_retry_on(v->text, &own) < 0)
        return known_error(s, m, err, "retry_on takes failed, error, timeout and crashed, with commas between");
    *set = (uint32_t)own;
    return 0;
}

static int set_retries(const struct scenario_info *s, const struct limit_settings *settings, struct limits *l,
                       struct err *err)
{
    l->retries = s->reruns ? s->reruns : settings->retries > 0 ? (uint32_t)shorter(settings->retries, MOST_RETRIES) : 0;
    l->retry_delay_ns = s->rerun_delay_ms ? s->rerun_delay_ms * NS_PER_MS : longer(settings->retry_delay_ns, 0);
    l->backoff = settings->backoff >= 1 ? settings->backoff : 1;
    l->retry_on = settings->retry_on ? settings->retry_on : RETRY_ON_ALL;
    const struct marker *m = marker_find(s->markers, s->n_markers, "flaky");
    int e = m ? flaky_retries(s, m, &l->retries, err) : 0;
    if (e == 0 && m)
        e = duration_arg(s, m, "reruns_delay", &l->retry_delay_ns, err);
    if (e == 0 && m)
        e = flaky_retry_on(s, m, &l->retry_on, err);
    if (settings->retries == 0)
        l->retries = 0;
    return e;
}

static bool bytes_of(const struct marker_value *v, uint64_t *ret_bytes)
{
    if (v->type == MARKER_INT && v->integer > 0) {
        *ret_bytes = (uint64_t)v->integer;
        return true;
    }
    if (v->type != MARKER_STR || !isdigit((unsigned char)v->text[0]))
        return false;
    char *end;
    errno = 0;
    unsigned long long n = strtoull(v->text, &end, 10);
    int shift = *end == 'k' || *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
    if (errno || n == 0 || n > (unsigned long long)(INT64_MAX >> shift) || (*end && (shift == 0 || end[1])))
        return false;
    *ret_bytes = n << shift;
    return true;
}

static int set_resources(const struct scenario_info *s, struct limits *l, struct err *err)
{
    const struct marker *memory = marker_find(s->markers, s->n_markers, "memory");
    const struct marker_value *v = memory ? known_arg(memory, "size") : NULL;
    if (memory && (!v || !bytes_of(v, &l->memory_bytes)))
        return known_error(s, memory, err, "it needs a size in bytes, or text like \"256M\"");
    const struct marker *pids = marker_find(s->markers, s->n_markers, "pids");
    v = pids ? known_arg(pids, "n") : NULL;
    if (pids && (!v || v->type != MARKER_INT || v->integer < 1 || v->integer > MOST_PIDS))
        return known_error(s, pids, err, "it needs a whole number from 1 to %d", MOST_PIDS);
    l->pids = v && pids ? (uint32_t)v->integer : 0;
    return 0;
}

static int set_containment(const struct scenario_info *s, const struct limit_settings *settings, struct limits *l,
                           struct err *err)
{
    const struct marker *m = marker_find(s->markers, s->n_markers, "containment");
    const struct marker_value *v = m ? known_arg(m, "rung") : NULL;
    if (!m || (v && v->type == MARKER_STR && settings->containment_parse &&
               settings->containment_parse(v->text, &l->containment) == 0))
        return 0;
    return known_error(s, m, err, "it needs one of %s",
                       settings->containment_words ? settings->containment_words() : "those that this command knows");
}

int limits_of(const struct scenario_info *s, const struct limit_settings *settings, struct limits *ret_limits,
              struct err *err)
{
    struct limits l = {0};
    int e = known_check(s, err);
    if (e == 0)
        e = set_timeouts(s, settings, &l, err);
    if (e == 0)
        e = set_retries(s, settings, &l, err);
    if (e == 0)
        e = set_resources(s, &l, err);
    if (e == 0)
        e = set_containment(s, settings, &l, err);
    if (e == 0)
        *ret_limits = l;
    return e;
}

/* SplitMix64's finaliser: every bit of the input reaches every bit of the output. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* From 0 up to, not including, 1. */
static double jitter(const char *case_id, uint32_t attempt, uint64_t seed)
{
    uint64_t x = mix(seed + 0x9e3779b97f4a7c15u);
    for (const char *p = case_id; *p; p++)
        x = mix(x ^ (unsigned char)*p);
    return (double)(mix(x ^ attempt) >> 11) * 0x1p-53;
}

int64_t limits_retry_delay(const struct limits *limits, const char *case_id, uint32_t attempt, uint64_t seed)
{
    assert(attempt > 0);
    double longest = (double)longer(limits->retry_delay_ns, LONGEST_BACKOFF_NS);
    double delay = (double)limits->retry_delay_ns;
    for (uint32_t i = 1; i < attempt && delay > 0 && delay < longest && limits->backoff > 1; i++)
        delay *= limits->backoff;
    if (delay > longest)
        delay = longest;
    return (int64_t)(delay * (1 + jitter(case_id, attempt, seed) / 4));
}

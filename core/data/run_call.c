/* SPDX-License-Identifier: Apache-2.0 */
/* Calling step functions: once, again, until something holds, within a time. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "data/run.h"
#include "data/type.h"
#include "plan/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What the file says, as long as `muster run --timeout-factor` makes it. */
static int64_t limit_of(const struct step *s)
{
    const char *factor = getenv("MUSTER_TIMEOUT_FACTOR");
    return limits_longer(s->timeout_ns, factor ? strtoll(factor, NULL, 10) : 1);
}

/* ---- arguments ---- */

static void free_texts(char **texts, uint32_t n)
{
    for (uint32_t i = 0; texts && i < n; i++)
        free(texts[i]);
    free(texts);
}

/* What no argument was given for. A text named `at` with the fallback "" is where the step stands, so that what it
 * finds is told there. */
static char *fallback_of(const struct step *s, const struct muster_param *p)
{
    bool place = p->type == MUSTER_TYPE_STR && strcmp(p->name, "at") == 0 && !*p->fallback;
    return place ? xasprintf("%s:%u", s->at.file, s->at.line) : xstrdup(p->fallback);
}

/* A text for each parameter. EXPANDED, or what was wrong, which has been told. */
static enum expanded take_texts(struct run *r, const struct step *s, char ***ret_texts)
{
    const struct step_function *f = s->function;
    char **texts = xcalloc(f->n_params + 1, sizeof *texts);
    for (uint32_t i = 0; i < f->n_params; i++) {
        const struct muster_param *p = f->step->params[i];
        autofree char *why = NULL;
        if (!s->args[i]) {
            texts[i] = fallback_of(s, p);
            continue;
        }
        enum expanded e = run_text(r, s->args[i], p->type, &texts[i], &why);
        if (e == EXPANDED)
            continue;
        free_texts(texts, f->n_params);
        if (e == EXPANDED_UNSET && r->finally) {
            run_log(r, s->args[i]->at, "%s is passed over: %s", f->step->name, why);
            return e;
        }
        autofree char *expression = xasprintf("%s: %s", f->step->name, p->name);
        run_fail(r, s->args[i]->at, expression, why);
        return e;
    }
    *ret_texts = texts;
    return EXPANDED;
}

/* ---- one call ---- */

/* What a call gave. */
struct result {
    json_t *value; /* NULL: it returns nothing */
    char *error;   /* the call could not be made, or what it returned is not of its type */
};

/* What came in place of a value: an error page, most often. */
static char *describe_unreadable(const struct step_function *f, const char *text)
{
    enum { SHOWN = 200 };
    bool json = f->step->returns == MUSTER_TYPE_JSON;
    const char *wanted = json ? "JSON" : type_describe(f->step->returns);
    if (!text)
        return xasprintf("%s of %s returned NULL in place of %s", f->step->name, f->plugin, wanted);
    autofree char *fault = json ? type_json_fault(text) : NULL;
    autofree char *shown = *text ? text_shown(text, SHOWN) : xstrdup("an empty text");
    return xasprintf("%s of %s returned what is not %s%s%s; it is %s", f->step->name, f->plugin, wanted,
                     fault ? ": " : "", fault ? fault : "", shown);
}

static struct result call(struct run *r, const struct step_function *f, char *const *texts)
{
    struct result result = {0};
    autofree char *text = NULL;
    autoerr struct err err = {0};
    int code = r->around->call(r->ctx, f->step, (const char *const *)texts, &text, &err);
    if (code < 0) {
        result.error = xasprintf("%s: %s", f->step->name, err_text(&err));
    } else if (f->step->returns != MUSTER_TYPE_NONE) {
        result.value = text ? type_value(text, f->step->returns) : NULL;
        if (!result.value)
            result.error = describe_unreadable(f, text);
    }
    return result;
}

static void result_free(struct result *result)
{
    json_decref(result->value);
    free(result->error);
    *result = (struct result){0};
}

/* A call on a thread of its own. */
struct trial {
    struct job job; /* first */
    const struct step_function *function;
    char **texts;
    struct result result;
};

static void trial_work(struct job *job)
{
    struct trial *t = (struct trial *)job;
    t->result = call(job->run, t->function, t->texts);
}

/* How a try went. */
struct tried {
    enum job_end end;
    uint64_t failed; /* checks in it */
    bool final;
    char last[sizeof((struct thread_guard *)0)->last];
    struct result result;
};

static enum expanded try_once(struct run *r, const struct step *s, uint32_t number, enum guard_mode mode,
                              int64_t deadline_ns, struct tried *ret_tried)
{
    struct tried tried = {0};
    char **texts;
    enum expanded e = take_texts(r, s, &texts);
    if (e != EXPANDED)
        return e;
    struct trial *t = xcalloc(1, sizeof *t);
    *t = (struct trial){.job = {.run = r, .work = trial_work}, .function = s->function, .texts = texts};
    job_start(&t->job, mode, number);
    tried.end = job_wait(&t->job, deadline_ns);
    if (tried.end != JOB_LATE) {
        tried.failed = t->job.guard.failed;
        tried.final = t->job.guard.final;
        memcpy(tried.last, t->job.guard.last, sizeof tried.last);
    }
    if (tried.end == JOB_RETURNED) { /* else its thread stands on it for good */
        tried.result = t->result;
        free_texts(texts, s->function->n_params);
        free(t);
    }
    *ret_tried = tried;
    return EXPANDED;
}

/* ---- what follows a call ---- */

static void report_error(struct run *r, const struct step *s, const char *error)
{
    run_fail_check(r, s->at, error, NULL);
}

/* Expectations and save; the value is taken over. */
static enum flow conclude(struct run *r, const struct step *s, struct result *result, const char *title)
{
    enum flow flow = FLOW_ON;
    if (result->error) {
        report_error(r, s, result->error);
        flow = FLOW_STOP;
    } else if (!run_report(r, &s->expect, result->value, title)) {
        flow = FLOW_STOP;
    }
    if (s->save != NO_SLOT && result->value) /* also when it was not as expected: `finally` may need it */
        run_set(r, s->save, json_incref(result->value));
    result_free(result);
    return flow;
}

static void format_duration(int64_t ns, char *out, size_t size)
{
    if (ns % NS_PER_S == 0)
        snprintf(out, size, "%llds", (long long)(ns / NS_PER_S));
    else
        snprintf(out, size, "%lldms", (long long)(ns / NS_PER_MS));
}

/* `fault`: of the last try that came to an end; or NULL. */
static enum flow report_late(struct run *r, const struct step *s, const char *title, const char *fault)
{
    char limit[32];
    format_duration(limit_of(s), limit, sizeof limit);
    autofree char *expression = xasprintf("%s ends within %s", title, limit);
    autofree char *message = xasprintf("step %s took longer than %s%s%s", title, limit,
                                       fault ? "; the last try that ended: " : "", fault ? fault : "");
    run_fail_check(r, s->at, expression, message);
    return FLOW_STOP;
}

/* Between tries. False when the deadline comes first. */
static bool rest(int64_t interval_ns, int64_t deadline_ns)
{
    int64_t wake = clock_mono() + interval_ns;
    if (deadline_ns != NEVER && wake >= deadline_ns)
        return false;
    struct timespec until = {.tv_sec = wake / NS_PER_S, .tv_nsec = wake % NS_PER_S};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
    return true;
}

/* ---- plain, with retries, until ---- */

static enum flow call_plainly(struct run *r, const struct step *s, const char *title)
{
    char **texts;
    enum expanded e = take_texts(r, s, &texts);
    if (e != EXPANDED)
        return e == EXPANDED_UNSET && r->finally ? FLOW_ON : FLOW_STOP;
    struct result result = call(r, s->function, texts);
    free_texts(texts, s->function->n_params);
    return conclude(r, s, &result, title);
}

/* Why a try that may be followed by another was not good enough; NULL: it was. malloc'd. */
static char *fault_of(struct run *r, const struct step *s, const struct tried *t)
{
    if (t->end == JOB_ENDED || t->failed > 0)
        return xstrdup(t->last);
    if (t->result.error)
        return xstrdup(t->result.error);
    const struct expectation *unmet = run_unmet(r, &s->expect, t->result.value);
    return unmet ? run_describe_unmet(r, unmet, t->result.value, s->function->step->name) : NULL;
}

static enum flow call_with_retries(struct run *r, const struct step *s, uint32_t number, const char *title)
{
    int64_t deadline = s->timeout_ns ? clock_mono() + limit_of(s) : NEVER;
    autofree char *fault = NULL;
    for (uint32_t i = 0;; i++) {
        bool last = i == s->retries;
        struct tried t;
        enum expanded e = try_once(r, s, number, last ? GUARD_KEEP : GUARD_DROP, deadline, &t);
        if (e != EXPANDED)
            return e == EXPANDED_UNSET && r->finally ? FLOW_ON : FLOW_STOP;
        if (t.end == JOB_LATE)
            return report_late(r, s, title, fault);
        if (last || t.final)
            return t.end == JOB_ENDED ? FLOW_STOP : conclude(r, s, &t.result, title);
        free(fault);
        fault = fault_of(r, s, &t);
        if (!fault)
            return conclude(r, s, &t.result, title);
        run_log(r, s->at, "%s: try %u of %u failed: %s", title, i + 1, s->retries + 1, fault);
        result_free(&t.result);
        if (!rest(s->interval_ns, deadline))
            return report_late(r, s, title, fault);
    }
}

/* What to say when polling is given up. `t` is the last try that came to an end. */
static enum flow give_up(struct run *r, const struct step *s, const struct tried *t, unsigned tries, bool hangs,
                         const char *title)
{
    char limit[32];
    format_duration(limit_of(s), limit, sizeof limit);
    autofree char *message = xasprintf("not within %s, %u tr%s%s", limit, tries, tries == 1 ? "y" : "ies",
                                       hangs ? "; the last call has not come back" : "");
    const struct expectation *unmet = tries > 0 && t->end == JOB_RETURNED && !t->result.error && t->failed == 0
                                          ? run_unmet(r, &s->until, t->result.value)
                                          : NULL;
    if (unmet) {
        run_report_failed(r, unmet, t->result.value, title, message);
    } else if (tries == 0) {
        report_late(r, s, title, NULL);
    } else {
        autofree char *expression = xasprintf("%s within %s", title, limit);
        autofree char *all = xasprintf("%s: %s", message,
                                       t->result.error ? t->result.error
                                       : *t->last      ? t->last
                                                       : "it did not hold");
        run_fail_check(r, s->at, expression, all);
    }
    return FLOW_STOP;
}

static enum flow call_until(struct run *r, const struct step *s, uint32_t number, const char *title)
{
    int64_t deadline = clock_mono() + limit_of(s);
    struct tried before = {0};
    for (unsigned tries = 0;; tries++) {
        struct tried t;
        enum expanded e = try_once(r, s, number, GUARD_DROP, deadline, &t);
        enum flow flow = FLOW_STOP;
        bool over = e != EXPANDED;
        if (over) {
            flow = e == EXPANDED_UNSET && r->finally ? FLOW_ON : FLOW_STOP;
        } else if (t.final) {
            over = true;
        } else if (t.end == JOB_LATE) {
            flow = give_up(r, s, &before, tries, true, title);
            over = true;
        } else if (t.end == JOB_RETURNED && t.failed == 0 && !t.result.error &&
                   !run_unmet(r, &s->until, t.result.value)) {
            run_report(r, &s->until, t.result.value, title);
            flow = conclude(r, s, &t.result, title);
            over = true;
        } else {
            result_free(&before.result);
            before = t;
            if (!rest(s->interval_ns, deadline)) {
                flow = give_up(r, s, &before, tries + 1, false, title);
                over = true;
            }
        }
        if (over) {
            result_free(&before.result);
            return flow;
        }
    }
}

enum flow run_call(struct run *r, const struct step *s, uint32_t number, const char *title)
{
    if (s->polls)
        return call_until(r, s, number, title);
    if (s->retries > 0 || s->timeout_ns > 0)
        return call_with_retries(r, s, number, title);
    return call_plainly(r, s, title);
}

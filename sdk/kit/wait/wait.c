/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines of the kit, bounded by the attempt's own. */
#include <muster/kit/wait.h>

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What a check, a log line and the way to the supervisor may take after a wait in vain. */
#define REPORT_MARGIN_MS 100u

uint64_t m_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Of muster run --timeout-factor: on a slow machine everything may take so many times longer. */
static uint64_t factor(void)
{
    const char *text = getenv("MUSTER_TIMEOUT_FACTOR");
    unsigned long long n = text ? strtoull(text, NULL, 10) : 1;
    return n >= 1 && n <= 1000 ? n : 1;
}

uint64_t m_budget_ms(struct muster_ctx *t, uint64_t wanted_ms)
{
    uint64_t times = factor();
    wanted_ms = wanted_ms > UINT64_MAX / times ? UINT64_MAX : wanted_ms * times;
    uint64_t left = m_remaining_ms(t);
    uint64_t usable = left > 2 * REPORT_MARGIN_MS ? left - REPORT_MARGIN_MS : left / 2;
    return wanted_ms < usable ? wanted_ms : usable;
}

struct m_deadline m_deadline_in(struct muster_ctx *t, uint64_t timeout_ms)
{
    uint64_t now = m_now_ms(), budget = m_budget_ms(t, timeout_ms);
    struct m_deadline d = {budget < UINT64_MAX - now ? now + budget : UINT64_MAX};
    return d;
}

uint64_t m_deadline_left_ms(struct m_deadline d)
{
    uint64_t now = m_now_ms();
    return d.at_ms > now ? d.at_ms - now : 0;
}

uint64_t m_deadline_wanted_ms(struct m_deadline d)
{
    uint64_t left = m_deadline_left_ms(d), times = factor();
    return left / times + (left % times > 0);
}

int m_deadline_poll_ms(struct m_deadline d)
{
    uint64_t left = m_deadline_left_ms(d);
    return left < INT_MAX ? (int)left : INT_MAX;
}

int m_deadline_pause(struct m_deadline d, uint64_t interval_ms)
{
    uint64_t left = m_deadline_left_ms(d);
    if (!left)
        return 0;
    if (interval_ms > left)
        interval_ms = left;
    struct timespec pause = {(time_t)(interval_ms / 1000), (long)(interval_ms % 1000) * 1000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, &pause) == EINTR)
        ;
    return 1;
}

/* ---- what was seen ---- */

static __thread struct {
    char text[M_SAW_MOST_]; /* what the condition that is looked at saw last; "": nothing was said */
    char told[640];         /* of the last that ran out */
    uint32_t waits;         /* under way: a condition may wait in its turn */
    uint32_t said;          /* `waits` when the text was said: whose it is */
} seen;

void m_saw(struct muster_ctx *t, const char *format, ...)
{
    va_list ap;
    (void)t;
    va_start(ap, format);
    vsnprintf(seen.text, sizeof seen.text, format, ap);
    va_end(ap);
    seen.said = seen.waits;
}

struct m_wait_ m_wait_begin_(struct muster_ctx *t, uint64_t timeout_ms)
{
    struct m_wait_ w = {.end = m_deadline_in(t, timeout_ms), .began_ms = m_now_ms(), .looks = 1};
    w.outer_waits = seen.waits;
    w.outer_said = seen.said;
    memcpy(w.outer_saw, seen.text, sizeof w.outer_saw);
    seen.text[0] = '\0';
    seen.waits++;
    return w;
}

int m_waits_(void)
{
    return seen.waits > 0;
}

int m_wait_on_(struct m_wait_ *w, uint64_t interval_ms)
{
    if (!m_deadline_pause(w->end, interval_ms))
        return 0;
    w->looks++;
    return 1;
}

const char *m_wait_end_(const struct m_wait_ *w, int met)
{
    if (met)
        return NULL;
    const char *last = seen.text[0] ? "; seen last: " : "";
    snprintf(seen.told, sizeof seen.told, "not within %" PRIu64 " ms, looked %" PRIu64 " time%s%s%s",
             m_now_ms() - w->began_ms, w->looks, w->looks == 1 ? "" : "s", last, seen.text);
    return seen.told;
}

/* What the outer condition said itself is its own again; one that says nothing has seen what the inner one saw. */
void m_wait_leave_(struct m_wait_ *w)
{
    seen.waits = w->outer_waits;
    if (!w->outer_waits || w->outer_said != w->outer_waits || !w->outer_saw[0])
        return;
    memcpy(seen.text, w->outer_saw, sizeof seen.text);
    seen.said = w->outer_said;
}

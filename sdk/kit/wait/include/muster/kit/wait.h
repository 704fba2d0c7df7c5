/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/wait.h: waiting for a remote system that can only be asked, within a deadline.
 *
 *     REQUIRE(M_UNTIL(t, 5000, 20, status_is(t, api, id, "active")));
 *
 * When the time is up, the check says how long was waited, how often was looked, and what was seen last: the last
 * answer of the kit's http, or what the condition said by m_saw().
 *
 * A deadline never lies behind the attempt's own: a wait ends a little before the runner would end the attempt, so
 * that the check after it still says what was waited for in vain. Times are CLOCK_MONOTONIC. Where a system sends
 * events (a socket, a WebSocket), wait for these instead.
 */
#ifndef MUSTER_KIT_WAIT_H
#define MUSTER_KIT_WAIT_H

#if defined(__GNUC__)
#pragma GCC system_header /* M_UNTIL expands in the author's code, and may be nested */
#endif

#include <muster/muster.h>

#ifdef __cplusplus
extern "C" {
#endif

struct m_deadline {
    uint64_t at_ms;
};

uint64_t m_now_ms(void);
/* `wanted_ms`, times what `muster run --timeout-factor` says, or what is left of the running phase less a margin to
 * report in, whichever is shorter. */
uint64_t m_budget_ms(struct muster_ctx *t, uint64_t wanted_ms);
/* In m_budget_ms(t, timeout_ms) from now. */
struct m_deadline m_deadline_in(struct muster_ctx *t, uint64_t timeout_ms);
/* 0 when it has passed. */
uint64_t m_deadline_left_ms(struct m_deadline d);
/* The same as a timeout to give on to another call, which multiplies it by --timeout-factor itself: rounded up. */
uint64_t m_deadline_wanted_ms(struct m_deadline d);
/* What is left as poll(2) takes it: rounded down to INT_MAX. */
int m_deadline_poll_ms(struct m_deadline d);
/* Waits for interval_ms, but not beyond the deadline; 0 when the deadline had passed before. */
int m_deadline_pause(struct m_deadline d, uint64_t interval_ms);

/* In a condition: what it has just seen, as printf. The last of it is told when the wait runs out; up to 480 bytes. */
void m_saw(struct muster_ctx *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define M_SAW_MOST_ 480

/* A wait under way, and what the one had seen in whose condition it waits; for M_UNTIL. */
struct m_wait_ {
    struct m_deadline end;
    uint64_t began_ms;
    uint64_t looks;
    uint32_t outer_waits, outer_said;
    char outer_saw[M_SAW_MOST_];
};

struct m_wait_ m_wait_begin_(struct muster_ctx *t, uint64_t timeout_ms);
/* Whether to look again, after the interval. */
int m_wait_on_(struct m_wait_ *w, uint64_t interval_ms);
/* Whether one is under way on this thread: whether somebody wants to know what is seen. */
int m_waits_(void);
/* What there is to say of a wait that ran out, until the next one; NULL when the condition was met. */
const char *m_wait_end_(const struct m_wait_ *w, int met);
/* However it is left: by its end, or by a return, break or goto in its condition. */
void m_wait_leave_(struct m_wait_ *w);

#ifdef __cplusplus
}
#endif

/*
 * 1 as soon as the condition holds, 0 when it did not within timeout_ms. It is looked at every interval_ms, at once
 * for the first time, and for a last time when the time is up.
 */
#define M_UNTIL(t_, timeout_ms_, interval_ms_, condition_)                                                             \
    M_UNTIL_(t_, timeout_ms_, interval_ms_, condition_, M_PASTE_(m_until_wait_, __COUNTER__),                          \
             M_PASTE_(m_until_met_, __COUNTER__))
#define M_UNTIL_(t_, timeout_ms_, interval_ms_, condition_, wait_, met_)                                               \
    (__extension__({                                                                                                   \
        struct m_wait_ wait_ __attribute__((cleanup(m_wait_leave_))) = m_wait_begin_((t_), (timeout_ms_));             \
        int met_ = 0;                                                                                                  \
        do                                                                                                             \
            met_ = (condition_) ? 1 : 0;                                                                               \
        while (!met_ && m_wait_on_(&wait_, (interval_ms_)));                                                           \
        m_waited_ = m_wait_end_(&wait_, met_);                                                                         \
        m_waited_line_ = __LINE__;                                                                                     \
        met_;                                                                                                          \
    }))

#endif

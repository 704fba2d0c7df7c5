/* SPDX-License-Identifier: Apache-2.0 */
/* Readings over time -> first, last, peak, mean, growth. Pure. */
#include "usage.h"

#include <math.h>
#include <stddef.h>

#define X_(name_, unit_) [Q_##name_] = #name_,
const char *const monitor_quantity_name[N_QUANTITIES] = {QUANTITIES(X_)};
#undef X_
#define X_(name_, unit_) [Q_##name_] = unit_,
const char *const monitor_quantity_unit[N_QUANTITIES] = {QUANTITIES(X_)};
#undef X_
#define X_(name_, unit_) [Q_##name_] = offsetof(struct m_usage, name_),
static const size_t offset_of[N_QUANTITIES] = {QUANTITIES(X_)};
#undef X_

enum quantity monitor_quantity_at(size_t offset)
{
    int q = 0;
    while (q < N_QUANTITIES && !(offset >= offset_of[q] && offset < offset_of[q] + sizeof(struct m_quantity)))
        q++;
    return (enum quantity)q;
}

struct m_quantity *monitor_usage_of(struct m_usage *usage, enum quantity q)
{
    return (struct m_quantity *)(void *)((char *)usage + offset_of[q]);
}

void monitor_window_begin(struct window *w)
{
    *w = (struct window){0};
    for (int q = 0; q < N_QUANTITIES; q++) {
        w->of[q].first = w->of[q].last = w->of[q].peak = NAN;
        w->error[q] = ENODATA;
    }
}

static void add(struct one *o, double time_ms, double value)
{
    if (isnan(o->first)) {
        o->first = o->peak = value;
    } else {
        double span = time_ms - o->last_ms;
        o->area += (o->last + value) / 2 * span;
        o->span_ms += span;
    }
    if (value > o->peak)
        o->peak = value;
    o->last = value;
    o->last_ms = time_ms;
}

void monitor_window_add(struct window *w, const struct reading *r)
{
    if (!w->samples++)
        w->first_ms = r->time_ms;
    w->last_ms = r->time_ms;
    for (int q = 0; q < N_QUANTITIES; q++) {
        if (!isnan(r->value[q]))
            add(&w->of[q], r->time_ms, r->value[q]);
        else
            w->error[q] = r->error[q];
    }
}

/* By the processor time and not by the samples, which span unlike times. A window too short for a sample has its mean
 * as its peak. */
static void set_percent(struct m_quantity *percent, const struct m_quantity *cpu_ms, double time_ms)
{
    if (isnan(cpu_ms->growth) || time_ms <= 0)
        return;
    percent->mean = cpu_ms->growth / time_ms * 100;
    if (isnan(percent->peak))
        percent->first = percent->last = percent->peak = percent->mean;
    percent->growth = percent->last - percent->first;
}

struct m_usage monitor_window_usage(const struct window *w)
{
    struct m_usage u = {.time_ms = w->last_ms - w->first_ms, .samples = w->samples};
    for (int q = 0; q < N_QUANTITIES; q++) {
        const struct one *o = &w->of[q];
        *monitor_usage_of(&u, (enum quantity)q) =
            (struct m_quantity){.first = o->first,
                                .last = o->last,
                                .peak = o->peak,
                                .mean = o->span_ms > 0 ? o->area / o->span_ms : o->first,
                                .growth = o->last - o->first};
    }
    set_percent(&u.cpu_percent, &u.cpu_ms, u.time_ms);
    return u;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A monitor from inside, for checks and blocks. */
#ifndef MUSTER_KIT_MONITOR_WATCH_H
#define MUSTER_KIT_MONITOR_WATCH_H

#include "usage.h"

/* Another window, open from now on until it is closed; NULL: no memory. */
struct window *monitor_window(struct m_monitor *m);
/* Its usage until now; it is freed. */
struct m_usage monitor_close(struct m_monitor *m, struct window *w);

struct muster_ctx *monitor_ctx(const struct m_monitor *m);
const char *monitor_name(const struct m_monitor *m);
/* Why the quantity was not measured the last time, as errno has it; ENODATA: it never is of such a thing. */
int monitor_error(struct m_monitor *m, enum quantity q);

#endif

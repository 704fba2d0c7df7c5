/* SPDX-License-Identifier: Apache-2.0 */
/* CHECK_USAGE: a value of what a monitor has seen as a check. */
#include "watch.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static void put_number(char *out, size_t size, double value, const char *unit)
{
    char mebibytes[24];
    m_double_text_(out, size, value);
    if (strcmp(unit, "bytes") != 0 || fabs(value) < 1024)
        return;
    snprintf(mebibytes, sizeof mebibytes, "%.3g", value / 1048576);
    m_plain_number_(mebibytes);
    size_t used = strlen(out);
    snprintf(out + used, size - used, " (%s MiB)", mebibytes);
}

struct m_outcome m_compare_usage_(struct m_monitor *m, size_t offset, uint32_t orders, double bound)
{
    struct muster_ctx *t = monitor_ctx(m);
    struct m_usage u = m_monitor_usage(m);
    enum quantity q = monitor_quantity_at(offset);
    double value;
    if (q == N_QUANTITIES && offset != offsetof(struct m_usage, time_ms))
        ERROR("%s: samples and ended are no doubles: m_monitor_usage() has them", monitor_name(m));
    memcpy(&value, (const char *)&u + offset, sizeof value);
    int error = isnan(value) ? monitor_error(m, q) : 0;
    if (error == ENODATA)
        ERROR("%s: %s is not measured of what it looks at: muster/kit/monitor.h has the table", monitor_name(m),
              monitor_quantity_name[q]);
    if (isnan(value))
        ERROR("%s: %s can't be measured: %s (%s)", monitor_name(m), monitor_quantity_name[q],
              error ? strerrorname_np(error) : "0", strerror(error));
    struct m_outcome o = m_outcome_(m_holds_((value > bound) - (value < bound), orders), NULL, NULL);
    if (!o.passed) {
        const char *unit = q == N_QUANTITIES ? "ms" : monitor_quantity_unit[q];
        put_number(o.left, sizeof o.left, value, unit);
        put_number(o.right, sizeof o.right, bound, unit);
        snprintf(o.message, sizeof o.message, "%s: %" PRId64 " samples in %.0f ms%s", monitor_name(m), u.samples,
                 u.time_ms, u.ended ? ", until it ended" : "");
    }
    return o;
}

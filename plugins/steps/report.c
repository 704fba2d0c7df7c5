/* SPDX-License-Identifier: Apache-2.0 */
/* What a step has to say: at its own line of the file of scenarios. */
#include "steps.h"

struct m_site steps_site(struct muster_ctx *t, const char *at)
{
    const char *colon = strrchr(at, ':');
    struct m_site site = M_SITE(1, "");
    if (colon) {
        site.file = m_keep(t, at, (size_t)(colon - at));
        site.line = (uint32_t)strtoul(colon + 1, NULL, 10);
    }
    return site;
}

void steps_wrong(struct muster_ctx *t, struct m_site site, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    const char *text = m_vfmt_(t, format, values);
    va_end(values);
    m_stop_(t, MUSTER_STOP_ERROR, site.file, site.line, "%s", text);
    __builtin_trap(); /* never reached: an error does not return */
}

void steps_check(struct muster_ctx *t, struct m_site site, int holds, const char *expression, const char *actual,
                 const char *expected, const char *about)
{
    site.expression = expression;
    site.required = 1;
    m_report(t, site, holds, actual, expected, about && *about ? about : NULL);
}

void steps_fails(struct muster_ctx *t, struct m_site site, const char *expression, const char *actual,
                 const char *expected, const char *about)
{
    steps_check(t, site, 0, expression, actual, expected, about);
    __builtin_trap(); /* never reached: as above */
}

void steps_holds(struct muster_ctx *t, struct m_site site, const char *expression)
{
    steps_check(t, site, 1, expression, NULL, NULL, NULL);
}

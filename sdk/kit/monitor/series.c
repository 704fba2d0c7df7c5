/* SPDX-License-Identifier: Apache-2.0 */
/* The samples that are kept of a monitor. Pure. */
#include "series.h"

#include "usage.h"

#include <math.h>
#include <stdlib.h>

bool monitor_series_begin(struct series *s, size_t most)
{
    *s = (struct series){.kept = calloc(most, sizeof *s->kept), .most = most, .every = 1};
    return s->kept != NULL;
}

void monitor_series_add(struct series *s, const struct reading *r)
{
    if (s->seen++ % s->every != 0)
        return;
    if (s->n == s->most) {
        for (size_t i = 0; 2 * i < s->n; i++)
            s->kept[i] = s->kept[2 * i];
        s->n = (s->n + 1) / 2;
        s->every *= 2;
        if ((s->seen - 1) % s->every != 0)
            return;
    }
    s->kept[s->n++] = *r;
}

void monitor_series_write(const struct series *s, FILE *out)
{
    char text[40];
    for (size_t i = 0; i < s->n; i++) {
        const struct reading *r = &s->kept[i];
        snprintf(text, sizeof text, "%.1f", r->time_ms - s->kept[0].time_ms);
        m_plain_number_(text);
        fprintf(out, "{\"time_ms\":%s", text);
        for (int q = 0; q < N_QUANTITIES; q++) {
            if (isnan(r->value[q]))
                continue;
            m_double_text_(text, sizeof text, r->value[q]);
            fprintf(out, ",\"%s\":%s", monitor_quantity_name[q], text);
        }
        fputs("}\n", out);
    }
}

void monitor_series_free(struct series *s)
{
    free(s->kept);
    s->kept = NULL;
    s->n = 0;
}

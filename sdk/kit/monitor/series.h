/* SPDX-License-Identifier: Apache-2.0 */
/* The samples that are kept of a monitor, of a bounded number, and as JSON lines. Pure. */
#ifndef MUSTER_KIT_MONITOR_SERIES_H
#define MUSTER_KIT_MONITOR_SERIES_H

#include "reading.h"

#include <stdio.h>

struct series {
    struct reading *kept;
    size_t n, most;
    uint64_t seen, every; /* of those seen each `every`th is kept */
};

/* false: no memory. */
bool monitor_series_begin(struct series *s, size_t most);
void monitor_series_add(struct series *s, const struct reading *r);
/* {"time_ms":100.2,"cpu_ms":40,...}, without what was not measured. */
void monitor_series_write(const struct series *s, FILE *out);
void monitor_series_free(struct series *s);

#endif

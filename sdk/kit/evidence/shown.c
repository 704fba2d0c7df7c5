/* SPDX-License-Identifier: Apache-2.0 */
/* A stranger's text as authors may show it. */
#include "evidence.h"

#include <muster/kit/data.h>
#include <muster/kit/evidence.h>

#include <stdlib.h>

const char *m_shown(struct muster_ctx *t, const void *bytes, uint64_t length, uint64_t most)
{
    char *line = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&line, &size);
    if (out)
        evidence_line(out, bytes, (size_t)length, (size_t)most);
    if (!out || fclose(out) != 0)
        ERROR("out of memory for a text to show");
    const char *kept = m_keep(t, line, size);
    free(line);
    return kept;
}

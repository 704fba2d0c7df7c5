/* SPDX-License-Identifier: Apache-2.0 */
/* Identifiers in statements that the kit puts together. */
#include "session.h"

#include <muster/kit/data.h>

#include <stdlib.h>

static const char *quote(struct muster_ctx *t, const char *name, size_t length)
{
    char *text = malloc(2 * length + 3), *to = text;
    if (!text)
        ERROR("out of memory for a name");
    *to++ = '"';
    for (size_t i = 0; i < length; i++) {
        if (name[i] == '"')
            *to++ = '"';
        *to++ = name[i];
    }
    *to++ = '"';
    const char *kept = m_keep(t, text, (size_t)(to - text));
    free(text);
    return kept;
}

const char *sql_name(struct muster_ctx *t, const char *name)
{
    return *name == '"' ? name : quote(t, name, strlen(name));
}

const char *sql_dotted_name(struct muster_ctx *t, const char *name)
{
    const char *dot = *name == '"' ? NULL : strchr(name, '.');
    return dot ? m_fmt(t, "%s.%s", quote(t, name, (size_t)(dot - name)), sql_name(t, dot + 1)) : sql_name(t, name);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "provisioning/run.h"

#include <stdarg.h>
#include <stdio.h>

const char *run_asked(const struct provisioning_run *p, const char *name)
{
    const char *text = json_string_value(json_object_get(p->request, name));

    return text ? text : "";
}

enum step_result run_failed(struct provisioning_run *p, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(p->why, sizeof p->why, format, args);
    va_end(args);
    return STEP_FAILED;
}

void thing_found(json_t *found, const char *kind, const char *name)
{
    json_array_append_new(found, json_pack("{s:s, s:s}", "kind", kind, "name", name));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A run by its name. */
#include "cli/named_run.h"

#include "base/mem.h"
#include "evidence/past_run.h"

#include <stdlib.h>
#include <unistd.h>

char *named_run(const char *run, const char *out)
{
    if (!run)
        return xasprintf("%s/latest", out);
    char *path = past_run_path(run, out);
    if (access(path, F_OK) == 0)
        return path;
    free(path);
    return xstrdup(run);
}

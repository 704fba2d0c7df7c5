/* SPDX-License-Identifier: Apache-2.0 */
/* A run by its name. */
#include "cli/named_run.h"

#include "base/mem.h"
#include "cli/cli.h"
#include "evidence/run_name.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *named_run(const char *run, const char *out, int *ret_status)
{
    autoerr struct err err = {0};
    char *path = NULL;
    int r = run_name_find(run, out, &path, &err);
    if (r == 0)
        return path;
    cli_complain("%s", err_text(&err));
    *ret_status = cli_usage_unless_system(r);
    return NULL;
}

char *named_run_itself(char *path)
{
    char target[NAME_MAX + 1];
    const char *slash = strrchr(path, '/');
    ssize_t n = slash && strcmp(slash, "/latest") == 0 ? readlink(path, target, sizeof target - 1) : -1;
    if (n <= 0 || memchr(target, '/', (size_t)n))
        return path;
    char *itself = xasprintf("%.*s/%.*s", (int)(slash - path), path, (int)n, target);
    free(path);
    return itself;
}

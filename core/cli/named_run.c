/* SPDX-License-Identifier: Apache-2.0 */
/* A run by its name. */
#include "cli/named_run.h"

#include "cli/cli.h"
#include "evidence/run_name.h"

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

/* SPDX-License-Identifier: Apache-2.0 */
/* Which run, and what of it. */
#include "cli/named_place.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/named_run.h"
#include "evidence/run_name.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The longest beginning of the text that names a run, if any does. */
static bool find_beginning(const char *text, const char *out, struct named_place *ret_place)
{
    for (size_t at = strlen(text); at-- > 1;) {
        if (text[at] != '/')
            continue;
        autofree char *run = xstrndup(text, at);
        autoerr struct err ignored = {0};
        if (run_name_find(run, out, &ret_place->path, &ignored) < 0)
            continue;
        ret_place->rest = text[at + 1] ? text + at + 1 : NULL;
        return true;
    }
    return false;
}

/* It begins with a word that stands for a run and can be no scenario's: "-1/x" without a run before the latest. */
static bool begins_with_run(const char *text, const char *out, struct err *err)
{
    autofree char *first = xstrndup(text, strcspn(text, "/"));
    autofree char *path = NULL;
    if (*first != '-' && strcmp(first, "latest") != 0 && strcmp(first, "previous") != 0)
        return false;
    autoerr struct err why = {0};
    int r = run_name_find(first, out, &path, &why);
    if (r < 0)
        err_set(err, r, "%s", err_text(&why));
    return r < 0;
}

static int find(const char *text, const char *out, struct named_place *ret_place, struct err *err)
{
    int r = run_name_find(text, out, &ret_place->path, err);
    if (r == 0 || (r != -ENOENT && r != -ENOTDIR) || !text || !*text)
        return r;
    if (find_beginning(text, out, ret_place))
        return 0;
    if (begins_with_run(text, out, err))
        return r;
    autoerr struct err no_latest = {0};
    ret_place->rest = text;
    return run_name_find(NULL, out, &ret_place->path, &no_latest) == 0 ? 0 : r;
}

int named_place_find(const char *text, const char *out, struct named_place *ret_place)
{
    autoerr struct err err = {0};
    *ret_place = (struct named_place){0};
    int r = find(text, out, ret_place, &err);
    if (r == 0) {
        ret_place->path = named_run_itself(ret_place->path);
        return EXIT_OK;
    }
    cli_complain("%s", err_text(&err));
    return cli_usage_unless_system(r);
}

void named_place_free(struct named_place *place)
{
    free(place->path);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* --coverage, before and after a run. */
#include "cli/coverage_option.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "record/evlog.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static bool has_begun(const char *run_path)
{
    autofree char *log = xasprintf("%s/" EVLOG_NAME, run_path);
    return access(log, F_OK) == 0;
}

void coverage_option_free(struct coverage_variables *v)
{
    if (v->run_path && !has_begun(v->run_path))
        io_remove_tree(AT_FDCWD, v->run_path);
    free(v->run_path);
    for (size_t i = 0; i < ARRAY_LEN(v->items); i++)
        free(v->items[i]);
}

int coverage_option_begin(const char *out, const char *run_id, struct coverage_variables *ret, struct err *err)
{
    autofree char *here = *out == '/' ? xstrdup("") : realpath(".", NULL);
    if (!here)
        return err_errno(err, -errno, "--coverage: the working folder");
    ret->run_path = xasprintf("%s%s%s/%s", here, *here ? "/" : "", out, run_id);
    return coverage_begin(ret->run_path, ret->items, err);
}

static int collect(const struct coverage_ended *e, int *ret_signo, struct buf *say, struct err *err)
{
    const size_t n = e->catalogue->n_plugins;
    autofree const char **plugins = xcalloc(n + 1, sizeof *plugins);
    for (size_t i = 0; i < n; i++)
        plugins[i] = e->catalogue->plugins[i].path;
    const struct coverage_collect c = {.run_path = e->evidence->path,
                                       .objects = e->objects,
                                       .plugins = plugins,
                                       .n_plugins = n,
                                       .signals = e->signals};
    return coverage_collect(&c, ret_signo, say, err);
}

char *coverage_option_collect(const struct coverage_ended *e, int *ret_signo)
{
    autoerr struct err err = {0};
    autobuf struct buf say = {0};
    *ret_signo = 0;
    int r = collect(e, ret_signo, &say, &err);
    autofree char *told = r < 0 ? xasprintf("--coverage: %s", err_text(&err)) : NULL;
    if (r < 0 && r != -ENODATA && r != -EINTR)
        return steal_ptr(&told);
    evidence_message(e->evidence, told ? told : buf_str(&say));
    return NULL;
}

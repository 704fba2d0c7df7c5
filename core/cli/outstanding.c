/* SPDX-License-Identifier: Apache-2.0 */
/* What earlier runs have left to be undone. */
#include "cli/outstanding.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "evidence/run_list.h"
#include "record/ledger.h"
#include "record/run_lock.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* A run that ended well has no state any more, so that of a thousand runs those alone are opened that have. */
static bool has_state(void *except, int out, const char *name)
{
    autofree char *state = xasprintf("%s/%s", name, RUN_STATE_NAME);
    return !(except && strcmp(name, except) == 0) && faccessat(out, state, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static const struct ledger_item *newest_open(const struct ledger_read *ledger)
{
    for (size_t i = ledger->n; i > 0; i--)
        if (!ledger->items[i - 1].done)
            return &ledger->items[i - 1];
    return NULL;
}

/* False: there is nothing to tell of it. */
static bool tell(const char *out, const char *name)
{
    autofree char *path = xasprintf("%s/%s", out, name);
    autoclose int dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    autoerr struct err err = {0};
    struct ledger_read ledger = {0};
    if (dir < 0 || run_lock_is_held(dir) || ledger_read(dir, &ledger, &err) < 0)
        return false;
    const struct ledger_item *newest = newest_open(&ledger);
    if (newest)
        cli_complain("%s has left %zu thing%s to be undone, the newest by %s of %s: muster cleanup %s", path,
                     ledger.n_outstanding, ledger.n_outstanding == 1 ? "" : "s", newest->entry.cleanup,
                     newest->entry.case_id, path);
    ledger_read_free(&ledger);
    return newest;
}

void cli_tell_outstanding(const char *out, const char *except)
{
    enum { TOLD_MOST = 3, LOOKED_AT_MOST = 100 };
    size_t told = 0, looked = 0;
    struct run_list runs = {0};
    run_list_make(&runs, out, has_state, (void *)(uintptr_t)except);
    for (; looked < runs.n && looked < LOOKED_AT_MOST && told < TOLD_MOST; looked++)
        told += tell(out, runs.names[looked]);
    if (looked < runs.n)
        cli_complain("%zu more runs below %s may have left something: muster cleanup --list --all", runs.n - looked,
                     out);
    run_list_free(&runs);
}

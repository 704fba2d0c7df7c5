/* SPDX-License-Identifier: Apache-2.0 */
/* Finding plugins, for all verbs. */
#include "cli/plugins.h"

#include "data/data_file.h"

#include <errno.h>

int cli_find_plugins(struct found *f, const struct find_options *o, const struct option_list *operands, int *ret_status,
                     struct err *err)
{
    bool is_usage;
    int r = find_plugins(f, o, operands, &is_usage, err);
    for (size_t i = 0; r == 0 && i < f->hosts.n; i++) {
        const struct host *host = f->hosts.items[i];
        if (find_is_passed_over(host) && (o->verbose || !is_data_file(host->path)))
            cli_complain("note: %s: passed over: %s", host->path, host->text);
    }
    *ret_status = is_usage ? cli_usage_unless_system(r) : r == -EINTR ? EXIT_INTERRUPTED : EXIT_RUNNER;
    return r;
}

void cli_complain_of_refused(const struct found *f)
{
    for (size_t i = 0; i < f->hosts.n; i++)
        if (find_is_refused(f->hosts.items[i]))
            cli_complain("%s: refused: %s [%s]", f->hosts.items[i]->path, f->hosts.items[i]->text,
                         f->hosts.items[i]->reason);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a bundle, through the helper. */
#include "artifacts/bundle.h"

#include "artifacts/helper.h"

#include <stdio.h>
#include <string.h>

int bundle_write(const char *helper, int run_dirfd, const struct bundle_options *options, struct err *err)
{
    char created[24];
    snprintf(created, sizeof created, "%lld", (long long)options->created);
    const char *head = options->head ? options->head : "";
    const char *const args[] = {"pack", bundle_format_name(options->format), options->run_id, created, head, NULL};
    autobuf struct buf left_out = {0};
    for (const char *const *path = options->left_out; path && *path; path++)
        buf_add(&left_out, *path, strlen(*path) + 1);
    return helper_call(helper, &(struct helper_request){args, &left_out, run_dirfd}, NULL, err);
}

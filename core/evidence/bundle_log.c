/* SPDX-License-Identifier: Apache-2.0 */
/* The event log of a bundle, read while the bundle is checked. */
#include "evidence/bundle_log.h"

#include "base/cleanup.h"
#include "base/program.h"

#include <errno.h>
#include <string.h>

/* The manifest's word against the log's own: their chain must end in the same line. */
static int compare_heads(const char *path, const struct verify_report *report, const struct evlog_summary *log,
                         struct err *err)
{
    if (log->lines == 0 || strcmp(report->head, log->head) == 0)
        return 0;
    return err_set(err, -EILSEQ, "%s: " EVLOG_NAME " ends in %.16s..., the manifest says %.16s...", path, log->head,
                   report->head);
}

int bundle_log_read(const char *path, bool container, bundle_log_reader read, void *data,
                    struct verify_report *ret_report, struct evlog_summary *ret_log, struct err *err)
{
    static const struct bundle_wanted log = {.path = EVLOG_NAME, .max_tail = INT64_MAX};
    const struct bundle_check_options options = {
        .container = container, .wanted = &log, .n_wanted = 1, .stream = -1, .folder = -1};
    autofree char *helper = helper_path("muster-bundle");
    autoerr struct err of_log = {0};
    struct bundle_check *check;
    int r = bundle_check_start(helper, path, &options, &check, err);
    if (r < 0)
        return r;
    const struct evlog_input input = evlog_input_stream(bundle_check_stream(check));
    int log_read = read(data, &input, ret_log, &of_log);
    r = bundle_check_finish(check, ret_report, err);
    if (r < 0 || !verify_passed(ret_report))
        return r;
    if (log_read < 0)
        return err_set(err, log_read, "%s", err_text(&of_log));
    return compare_heads(path, ret_report, ret_log, err);
}

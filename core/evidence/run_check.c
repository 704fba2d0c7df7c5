/* SPDX-License-Identifier: Apache-2.0 */
/* A run's evidence, checked. */
#include "evidence/run_check.h"

#include "base/cleanup.h"
#include "base/machine_error.h"
#include "base/mem.h"
#include "base/program.h"
#include "evidence/run_folder.h"

#include <errno.h>
#include <string.h>

static int note_end(void *data, const struct event *event, struct err *err)
{
    (void)err;
    *(bool *)data = event->type == EVENT_RUN_ENDED; /* until another follows it */
    return 0;
}

/* `where`: the log's name, for messages. */
static int check_log(const struct evlog_input *input, const char *where, struct evlog_summary *ret_log, struct err *err)
{
    autoerr struct err why = {0};
    bool is_whole = false;
    int r = evlog_read(input, ret_log, &why, note_end, &is_whole);
    if (r < 0) /* what can't be read is not therefore changed */
        return err_set(err, is_machine_error(r) ? r : -EILSEQ, "%s: %s", where, err_text(&why));
    if (ret_log->cut_bytes > 0)
        return err_set(err, -EILSEQ, "%s ends in the middle of a line", where);
    if (!is_whole)
        return err_set(err, -EILSEQ, "%s is cut off: its last event is not the run's end", where);
    return 0;
}

int run_check_folder(const char *path, struct run_check *ret_check, struct err *err)
{
    autoclose int dir = -1, log = -1;
    *ret_check = (struct run_check){0};
    int r = run_folder_open(path, &dir, &log, err);
    if (r < 0)
        return r;
    const struct evlog_input input = evlog_input_file(&log);
    autofree char *where = xasprintf("%s/%s", path, EVLOG_NAME);
    return check_log(&input, where, &ret_check->log, err);
}

/* The manifest's word against the log's own: their chain must end in the same line. */
static int compare_heads(const struct run_check *c, const char *where, struct err *err)
{
    if (strcmp(c->bundle.head, c->log.head) == 0)
        return 0;
    return err_set(err, -EILSEQ, "%s ends in %.16s..., the manifest says %.16s...", where, c->log.head, c->bundle.head);
}

int run_check_bundle(const char *path, struct run_check *ret_check, struct err *err)
{
    autofree char *helper = helper_path("muster-bundle");
    autoerr struct err of_log = {0};
    struct bundle_check *check;
    *ret_check = (struct run_check){0};
    int r = bundle_check_start(helper, path, &check, err);
    if (r < 0)
        return r;
    const struct evlog_input input = evlog_input_stream(bundle_check_log(check));
    autofree char *where = xasprintf("%s: %s", path, EVLOG_NAME);
    int log = check_log(&input, where, &ret_check->log, &of_log);
    r = bundle_check_finish(check, &ret_check->bundle, err);
    if (r < 0 || !verify_passed(&ret_check->bundle))
        return r;
    if (log < 0)
        return err_set(err, log, "%s", err_text(&of_log));
    return compare_heads(ret_check, where, err);
}

void run_check_free(struct run_check *c)
{
    verify_report_free(&c->bundle);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A run's evidence, checked. */
#include "evidence/run_check.h"

#include "base/cleanup.h"
#include "base/machine_error.h"
#include "base/mem.h"
#include "evidence/bundle_log.h"
#include "evidence/run_folder.h"

#include <errno.h>

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

static int check_bundled_log(void *where, const struct evlog_input *input, struct evlog_summary *ret_log,
                             struct err *err)
{
    return check_log(input, where, ret_log, err);
}

int run_check_bundle(const char *path, struct run_check *ret_check, struct err *err)
{
    autofree char *where = xasprintf("%s: %s", path, EVLOG_NAME);
    *ret_check = (struct run_check){0};
    return bundle_log_read(path, true, check_bundled_log, where, &ret_check->bundle, &ret_check->log, err);
}

void run_check_free(struct run_check *c)
{
    verify_report_free(&c->bundle);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A log that does not end where the run did is no whole one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "evidence/past_run.h"
#include "evidence/run_check.h"
#include "record/evlog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/test-run-check-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return io_remove_tree(AT_FDCWD, folder);
}

static const struct event started = {.type = EVENT_RUN_STARTED,
                                     .run_started = {.run_id = "20261129-120000-abcdef",
                                                     .muster_version = "1",
                                                     .host = "",
                                                     .started_at = "2026-11-29T12:00:00.000000Z",
                                                     .containment = "",
                                                     .rerun_of = "",
                                                     .target = "",
                                                     .missed = "",
                                                     .shard_by = "",
                                                     .split = ""}};
static const struct event ended = {.type = EVENT_RUN_ENDED, .run_ended = {.why = ""}};
static const struct event late = {.type = EVENT_ATTEMPT_STARTED, .attempt_started = {"a.b", 1, 0}};

static void write_log(const struct event *const *events, size_t n)
{
    autoclose int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct evlog *log;
    unlinkat(dir, EVLOG_NAME, 0);
    assert_int_equal(evlog_open(dir, EVLOG_NAME, &log, NULL), 0);
    for (size_t i = 0; i < n; i++)
        evlog_add(log, events[i]);
    assert_int_equal(evlog_close(log, NULL), 0);
}

/* Both readers say the same of it. */
static void expect(bool whole, const struct event *const *events, size_t n)
{
    autoerr struct err err = {0};
    struct run_check check;
    struct past_run run;
    write_log(events, n);
    int r = run_check_folder(folder, &check, &err);
    assert_int_equal(r, whole ? 0 : -EILSEQ);
    if (!whole)
        assert_non_null(strstr(err_text(&err), "its last event is not the run's end"));
    assert_int_equal(check.log.lines, n);
    run_check_free(&check);
    assert_int_equal(past_run_open(&run, folder, &err), 0);
    assert_int_equal(run.is_whole, whole);
    past_run_close(&run);
}

static void a_run_ends_with_its_end(void **state)
{
    (void)state;
    const struct event *const events[] = {&started, &late, &ended, &late, &ended};
    expect(false, events, 2);
    expect(true, events, 3);
    expect(false, events, 4); /* something follows it */
    expect(true, events, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_run_ends_with_its_end, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

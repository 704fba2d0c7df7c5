/* SPDX-License-Identifier: Apache-2.0 */
/* The containment ladder: its names, which rung is taken, and that orphans end and others stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "contain/contain.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void rungs_have_names(void **state)
{
    (void)state;
    int kind = 99;
    assert_int_equal(containment_parse("auto", &kind), 0);
    assert_int_equal(kind, -1);
    assert_int_equal(containment_parse("cgroup", &kind), 0);
    assert_int_equal(kind, CONTAIN_CGROUP);
    assert_int_equal(containment_parse("pidns", &kind), 0);
    assert_int_equal(kind, CONTAIN_PIDNS);
    assert_int_equal(containment_parse("reaper", &kind), 0);
    assert_int_equal(kind, CONTAIN_REAPER);
    static const char *const bad[] = {"", "Auto", "cgroups", "none", "reaper "};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(containment_parse(bad[i], &kind), -EINVAL);
    assert_int_equal(kind, CONTAIN_REAPER); /* untouched */
    static const struct containment_set sets[] = {{.kind = CONTAIN_CGROUP, .version = 2},
                                                  {.kind = CONTAIN_CGROUP, .version = 1},
                                                  {.kind = CONTAIN_PIDNS},
                                                  {.kind = CONTAIN_REAPER}};
    static const char *const names[] = {"cgroup v2", "cgroup v1", "PID namespace", "sub-reaper"};
    for (size_t i = 0; i < ARRAY_LEN(sets); i++)
        assert_string_equal(containment_name(&sets[i]), names[i]);
}

struct asked {
    int times, answer;
};

static int probe(void *data, enum containment kind, struct err *err)
{
    struct asked *asked = data;
    asked->times++;
    assert_int_equal(kind, CONTAIN_PIDNS);
    return asked->answer < 0 ? err_set(err, asked->answer, "not here") : 0;
}

static void the_wanted_rung_or_an_error(void **state)
{
    (void)state;
    struct containment_set set;
    autoerr struct err err = {0};
    struct asked asked = {.answer = -EPERM};
    assert_int_equal(containment_open(&set, CONTAIN_PIDNS, "test", probe, &asked, &err), -EPERM);
    assert_string_equal(err_text(&err), "not here");
    containment_close(&set, 1);
    asked.answer = 0;
    assert_int_equal(containment_open(&set, CONTAIN_PIDNS, "test", probe, &asked, &err), 0);
    assert_int_equal(set.kind, CONTAIN_PIDNS);
    assert_int_equal(asked.times, 2);
    containment_close(&set, 1);
    assert_int_equal(containment_open(&set, CONTAIN_REAPER, "test", probe, &asked, &err), 0);
    assert_int_equal(set.kind, CONTAIN_REAPER);
    assert_int_equal(asked.times, 2); /* nothing to ask for */
    containment_close(&set, 1);
}

static void there_is_always_a_rung(void **state)
{
    (void)state;
    for (int answer = -1; answer <= 0; answer++) {
        struct containment_set set;
        autoerr struct err err = {0};
        struct asked asked = {.answer = answer};
        char id[48];
        snprintf(id, sizeof id, "unit-%d-%d", (int)getpid(), -answer);
        assert_int_equal(containment_open(&set, -1, id, probe, &asked, &err), 0);
        if (set.kind != CONTAIN_CGROUP)
            assert_int_equal(set.kind, answer == 0 ? CONTAIN_PIDNS : CONTAIN_REAPER);
        if (set.base_path) {
            char *path = xstrdup(set.base_path);
            int dir = containment_slot_dir(&set, 0);
            assert_true(dir >= 0);
            close(dir);
            assert_true(containment_is_empty(&set, 0));
            containment_kill(&set, 0);
            containment_close(&set, 1);
            assert_int_equal(access(path, F_OK), -1); /* removed with its slots */
            free(path);
        } else {
            assert_int_equal(containment_slot_dir(&set, 0), -1);
            assert_true(containment_is_empty(&set, 0));
            containment_close(&set, 1);
        }
    }
}

/* In a process of its own, since it makes that a sub-reaper. */
static void end_orphans(void)
{
    int born[2];
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 || pipe(born) < 0)
        _exit(2);
    pid_t kept = fork();
    if (kept == 0)
        for (;;)
            pause();
    pid_t parent = fork();
    if (parent == 0) { /* a daemon, as a scenario may leave it */
        if (fork() == 0) {
            setsid();
            signal(SIGTERM, SIG_IGN);
            pid_t self = getpid();
            if (write(born[1], &self, sizeof self) != sizeof self)
                _exit(1);
            for (;;)
                pause();
        }
        _exit(0);
    }
    pid_t orphan;
    waitpid(parent, NULL, 0);
    if (read(born[0], &orphan, sizeof orphan) != sizeof orphan)
        _exit(3);
    containment_end_orphans(&kept, 1);
    bool gone = kill(orphan, 0) < 0, alive = kill(kept, 0) == 0;
    kill(kept, SIGKILL);
    waitpid(kept, NULL, 0);
    _exit(gone && alive ? 0 : 1);
}

static void orphans_end_and_others_stay(void **state)
{
    (void)state;
    pid_t pid = fork();
    if (pid == 0)
        end_orphans();
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rungs_have_names),
        cmocka_unit_test(the_wanted_rung_or_an_error),
        cmocka_unit_test(there_is_always_a_rung),
        cmocka_unit_test(orphans_end_and_others_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

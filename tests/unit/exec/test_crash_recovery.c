/* SPDX-License-Identifier: Apache-2.0 */
/* What a killed runner left is removed; what a run's state only says that it is, is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/pids.h"
#include "contain/group_tree.h"
#include "exec/crash_recovery.h"
#include "slotdir/temp_base.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN_ID "20261129-120000-abcdef"

struct scene {
    char path[48];
    int dir, run, other; /* the run's folder, and another run's */
    char *temp;
    const char *temps[1];
};

static int set_up(void **state)
{
    static struct scene s;
    s = (struct scene){0};
    strcpy(s.path, "/tmp/crash-recovery-XXXXXX");
    assert_non_null(mkdtemp(s.path));
    s.dir = open(s.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(mkdirat(s.dir, RUN_ID, 0700), 0);
    assert_int_equal(mkdirat(s.dir, "other", 0700), 0);
    s.run = openat(s.dir, RUN_ID, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    s.other = openat(s.dir, "other", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    s.temp = xasprintf("%s/muster-0123456789ab", s.path);
    s.temps[0] = s.temp;
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    free(s->temp);
    close(s->run);
    close(s->other);
    close(s->dir);
    return io_remove_tree(AT_FDCWD, s->path);
}

static struct run_state state_of(const struct scene *s)
{
    return (struct run_state){.run_id = RUN_ID, .in_place = true, .temps = s->temps, .n_temps = 1};
}

static void put_file(const char *folder)
{
    autofree char *path = xasprintf("%s/precious", folder);
    autoclose int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
}

static bool has_file(const char *folder)
{
    autofree char *path = xasprintf("%s/precious", folder);
    return access(path, F_OK) == 0;
}

static bool ten_times(void *data, uint64_t steps)
{
    (void)data;
    return steps < 10;
}

/* By a signal, as a rule. The next one goes on with it: the mark goes last. */
static void its_removal_can_be_ended(void **state)
{
    const struct scene *s = *state;
    struct run_state facts = state_of(s);
    assert_int_equal(temp_base_make(s->temp, s->run), 0);
    for (int i = 0; i < 20; i++) {
        autofree char *path = xasprintf("%s/%d/below", s->temp, i);
        assert_int_equal(io_mkdirs(AT_FDCWD, path), 0);
    }
    assert_int_equal(crash_recover(&facts, s->run, &(struct removal_bound){ten_times, NULL}, NULL), -ECANCELED);
    assert_int_equal(access(s->temp, F_OK), 0);
    assert_int_equal(crash_recover(&facts, s->run, NULL, NULL), 0);
    assert_int_equal(access(s->temp, F_OK), -1);
}

static void its_own_temporary_folder_goes(void **state)
{
    const struct scene *s = *state;
    struct run_state facts = state_of(s);
    assert_int_equal(temp_base_make(s->temp, s->run), 0);
    put_file(s->temp);
    assert_int_equal(crash_recover(&facts, s->run, NULL, NULL), 0);
    assert_int_equal(access(s->temp, F_OK), -1);
    assert_int_equal(crash_recover(&facts, s->run, NULL, NULL), 0); /* again */
}

static bool steps_are_few(void *most, uint64_t steps)
{
    return steps <= *(const uint64_t *)most;
}

static void fill(const char *folder)
{
    put_file(folder);
    for (int i = 0; i < 4; i++) {
        autofree char *slot = xasprintf("%s/%d", folder, i);
        assert_int_equal(mkdir(slot, 0700), 0);
        put_file(slot);
    }
}

/* Who removes it may be killed too, at any step, and the next one has to know it again. */
static void one_that_is_half_removed_goes_too(void **state)
{
    const struct scene *s = *state;
    struct run_state facts = state_of(s);
    int r = -ECANCELED;
    uint64_t most = 0;
    for (; r == -ECANCELED; most++) {
        assert_int_equal(temp_base_make(s->temp, s->run), 0);
        fill(s->temp);
        struct removal removal = {.go_on = steps_are_few, .data = &most};
        r = temp_base_discard(s->temp, &removal);
        assert_int_equal(crash_recover(&facts, s->run, NULL, NULL), 0);
        assert_int_equal(access(s->temp, F_OK), -1);
    }
    assert_true(most > 8);
}

/* What can't be removed stays recognisable: the mark is taken last. */
static void one_that_can_not_go_keeps_its_mark(void **state)
{
    const struct scene *s = *state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(temp_base_make(s->temp, s->run), 0);
    fill(s->temp);
    autofree char *slot = xasprintf("%s/1", s->temp);
    autoclose int fd = open(slot, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int flags = FS_IMMUTABLE_FL, none = 0;
    if (ioctl(fd, FS_IOC_SETFLAGS, &flags) < 0)
        skip();
    struct run_state facts = state_of(s);
    int refused = crash_recover(&facts, s->run, NULL, NULL);
    ioctl(fd, FS_IOC_SETFLAGS, &none);
    assert_true(refused < 0);
    assert_int_equal(crash_recover(&facts, s->run, NULL, NULL), 0);
    assert_int_equal(access(s->temp, F_OK), -1);
}

static void refuses(const struct scene *s, const struct run_state *facts, const char *folder)
{
    autoerr struct err err = {0};
    assert_true(crash_recover(facts, s->run, NULL, &err) < 0);
    assert_true(strlen(err_text(&err)) > 0);
    assert_true(has_file(folder));
}

/* What is a user's is removed by root with a stranger's file in it; what is another user's than the run's is not. */
static void root_removes_for_the_owner_of_the_run(void **state)
{
    enum { OWNER = 65534, ANOTHER = 65533 };
    const struct scene *s = *state;
    if (geteuid() != 0)
        skip();
    autofree char *mark = xasprintf("%s/.run", s->temp);
    struct run_state facts = state_of(s);
    assert_int_equal(temp_base_make(s->temp, s->run), 0);
    put_file(s->temp);
    assert_int_equal(fchown(s->run, OWNER, OWNER), 0);
    assert_int_equal(chown(s->temp, ANOTHER, ANOTHER), 0);
    assert_int_equal(lchown(mark, ANOTHER, ANOTHER), 0);
    refuses(s, &facts, s->temp);
    assert_int_equal(chown(s->temp, OWNER, OWNER), 0);
    refuses(s, &facts, s->temp);
    assert_int_equal(lchown(mark, OWNER, OWNER), 0);
    assert_int_equal(crash_recover(&facts, s->run, NULL, NULL), 0);
    assert_int_equal(access(s->temp, F_OK), -1);
}

static void a_folder_without_the_mark_stays(void **state)
{
    const struct scene *s = *state;
    struct run_state facts = state_of(s);
    assert_int_equal(mkdir(s->temp, 0700), 0);
    put_file(s->temp);
    refuses(s, &facts, s->temp);
}

static void another_runs_folder_stays(void **state)
{
    const struct scene *s = *state;
    struct run_state facts = state_of(s);
    assert_int_equal(temp_base_make(s->temp, s->other), 0);
    put_file(s->temp);
    refuses(s, &facts, s->temp);
}

static void names_that_are_not_ours_stay(void **state)
{
    const struct scene *s = *state;
    static const char *const names[] = {"muster-project", "muster-", "home", "muster-0123456789ab.old"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        autofree char *path = xasprintf("%s/%s", s->path, names[i]);
        assert_int_equal(temp_base_make(path, s->run), 0); /* even with the mark */
        put_file(path);
        struct run_state facts = state_of(s);
        const char *temps[] = {path};
        facts.temps = temps;
        refuses(s, &facts, path);
    }
}

static void a_link_is_not_followed(void **state)
{
    const struct scene *s = *state;
    struct run_state facts = state_of(s);
    autofree char *elsewhere = xasprintf("%s/muster-ba9876543210", s->path);
    assert_int_equal(temp_base_make(elsewhere, s->run), 0);
    put_file(elsewhere);
    assert_int_equal(symlink(elsewhere, s->temp), 0);
    refuses(s, &facts, elsewhere);
}

static void nothing_that_a_copy_names_is_touched(void **state)
{
    const struct scene *s = *state;
    struct run_state facts = state_of(s);
    facts.in_place = false;
    assert_int_equal(temp_base_make(s->temp, s->run), 0);
    put_file(s->temp);
    refuses(s, &facts, s->temp);
}

/* A process with this in its environment from the start on, as /proc tells it. */
static pid_t begin(const char *variable)
{
    int execed[2];
    char nothing;
    assert_int_equal(pipe2(execed, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char *const argv[] = {(char *)"sleep", (char *)"1000", NULL};
        char *const envp[] = {(char *)(uintptr_t)variable, NULL};
        execve("/bin/sleep", argv, envp);
        _exit(1);
    }
    close(execed[1]);
    assert_int_equal(read(execed[0], &nothing, 1), 0); /* it has become the program */
    close(execed[0]);
    return pid;
}

static bool lives(pid_t pid)
{
    autoclose int proc = pids_open_proc();
    return pid_is_alive(proc, pid);
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void processes_of_the_run_end_and_no_others(void **state)
{
    const struct scene *s = *state;
    struct run_state facts = state_of(s);
    pid_t its = begin("MUSTER_RUN_ID=" RUN_ID), longer = begin("MUSTER_RUN_ID=" RUN_ID "0");
    pid_t shorter = begin("MUSTER_RUN_ID=20261129-120000-abcde"), inner = begin("X=MUSTER_RUN_ID=" RUN_ID);
    assert_int_equal(crash_recover(&facts, s->run, NULL, NULL), 0);
    assert_false(lives(its));
    assert_true(lives(longer));
    assert_true(lives(shorter));
    assert_true(lives(inner));
    end(its);
    its = begin("MUSTER_RUN_ID=" RUN_ID);
    facts.in_place = false;
    assert_true(crash_recover(&facts, s->run, NULL, NULL) < 0);
    assert_true(lives(its));
    end(its);
    end(longer);
    end(shorter);
    end(inner);
}

/* A state can be edited, and name a run that is at work. */
static void another_runs_processes_live(void **state)
{
    const struct scene *s = *state;
    struct run_state facts = state_of(s);
    facts.run_id = "20261129-120000-0123ab";
    pid_t its = begin("MUSTER_RUN_ID=20261129-120000-0123ab");
    assert_true(crash_recover(&facts, s->run, NULL, NULL) < 0);
    assert_true(lives(its));
    end(its);
}

static void a_folder_is_no_cgroup(void **state)
{
    const struct scene *s = *state;
    autofree char *path = xasprintf("%s/muster-1-" RUN_ID, s->path);
    assert_int_equal(mkdir(path, 0700), 0);
    const char *groups[] = {path};
    struct run_state facts = state_of(s);
    facts.n_temps = 0;
    facts.groups = groups;
    facts.n_groups = 1;
    assert_true(crash_recover(&facts, s->run, NULL, NULL) < 0);
    assert_int_equal(access(path, F_OK), 0);
}

/* In a group that no runner looks through: one that begins would remove what seems abandoned. */
static char *make_group(const char *name)
{
    autofree char *own = group_own("");
    autofree char *freezer = own && access(own, W_OK) == 0 ? NULL : group_own("freezer");
    const char *base = freezer ? freezer : own;
    autofree char *around = base ? xasprintf("%s/crash-recovery-%d", base, (int)getpid()) : NULL;
    if (!around || mkdir(around, 0755) < 0)
        return NULL;
    char *path = xasprintf("%s/%s", around, name);
    assert_int_equal(mkdir(path, 0755), 0);
    return path;
}

static void clears(const struct scene *s, const char *group, const char *run_id, bool expected)
{
    const char *groups[] = {group};
    struct run_state facts = state_of(s);
    facts.run_id = run_id;
    facts.n_temps = 0;
    facts.groups = groups;
    facts.n_groups = 1;
    assert_int_equal(crash_recover(&facts, s->run, NULL, NULL) == 0, expected);
    assert_int_equal(access(group, F_OK) < 0, expected);
}

/* With groups below it, as a container engine makes them. */
static void a_cgroup_goes_when_its_runner_has(void **state)
{
    const struct scene *s = *state;
    autofree char *name = xasprintf("muster-%d-" RUN_ID, (int)getpid());
    autofree char *group = make_group(name);
    if (!group)
        skip();
    autofree char *slot = xasprintf("%s/0", group), *below = xasprintf("%s/0/engine", group);
    assert_int_equal(mkdir(slot, 0755), 0);
    assert_int_equal(mkdir(below, 0755), 0);
    int runner = open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(flock(runner, LOCK_EX | LOCK_NB), 0);
    clears(s, group, RUN_ID, false);
    close(runner);
    clears(s, group, "20261129-120000-abcdee", false); /* another run's */
    clears(s, group, "20261129-120000-abcde", false);  /* and one whose id begins as that of ours */
    clears(s, group, RUN_ID, true);
    *strrchr(group, '/') = '\0';
    assert_int_equal(rmdir(group), 0);
}

/* One of v1 in which a scenario has frozen something, and so had the runner when it was killed. */
static void what_is_frozen_ends_too(void **state)
{
    const struct scene *s = *state;
    autofree char *own = group_own("freezer");
    autofree char *group = own ? xasprintf("%s/muster-%d-" RUN_ID, own, (int)getpid()) : NULL;
    if (!group || mkdir(group, 0755) < 0)
        skip();
    static const char *const below[] = {"0", "0/engine"};
    pid_t pids[ARRAY_LEN(below)];
    for (size_t i = 0; i < ARRAY_LEN(below); i++) {
        autofree char *path = xasprintf("%s/%s", group, below[i]);
        autofree char *number = xasprintf("%d", (int)(pids[i] = begin("OF=another")));
        assert_int_equal(mkdir(path, 0755), 0);
        autoclose int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(group_write(fd, "cgroup.procs", number), 0);
        assert_int_equal(group_write(fd, "freezer.state", "FROZEN"), 0);
    }
    clears(s, group, RUN_ID, true);
    for (size_t i = 0; i < ARRAY_LEN(pids); i++) {
        assert_false(lives(pids[i]));
        end(pids[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(its_own_temporary_folder_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(its_removal_can_be_ended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_is_half_removed_goes_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_can_not_go_keeps_its_mark, set_up, tear_down),
        cmocka_unit_test_setup_teardown(root_removes_for_the_owner_of_the_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_without_the_mark_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_runs_folder_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_that_are_not_ours_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_is_not_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_that_a_copy_names_is_touched, set_up, tear_down),
        cmocka_unit_test_setup_teardown(processes_of_the_run_end_and_no_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_runs_processes_live, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_is_no_cgroup, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cgroup_goes_when_its_runner_has, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_frozen_ends_too, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

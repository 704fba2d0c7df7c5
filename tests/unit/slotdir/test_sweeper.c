/* SPDX-License-Identifier: Apache-2.0 */
/* What is set aside is removed while the run goes on, also what comes while the sweeper is at work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "slotdir/folder.h"
#include "slotdir/sweeper.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct scene {
    char path[48];
    struct loop loop;
    struct workspace workspace;
    struct sweeper sweeper;
};

static int set_up(void **state)
{
    static struct scene s;
    s = (struct scene){0};
    strcpy(s.path, "/tmp/sweeper-XXXXXX");
    assert_non_null(mkdtemp(s.path));
    s.workspace = (struct workspace){.run_dir = open(s.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                                     .run_path = xstrdup(s.path),
                                     .temp_base = xasprintf("%s/temp", s.path)};
    assert_int_equal(mkdir(s.workspace.temp_base, 0700), 0);
    assert_int_equal(mkdirat(s.workspace.run_dir, ".slots", 0700), 0);
    assert_int_equal(loop_init(&s.loop), 0);
    sweeper_init(&s.sweeper, &s.loop, &s.workspace);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    sweeper_close(&s->sweeper);
    loop_free(&s->loop);
    close(s->workspace.run_dir);
    workspace_forget(&s->workspace);
    return io_remove_tree(AT_FDCWD, s->path);
}

/* A folder with something in it, set aside. */
static void set_aside(const struct scene *s)
{
    autofree char *slot = xasprintf("%s/0", s->workspace.temp_base), *below = xasprintf("%s/below", slot);
    assert_int_equal(mkdir(slot, 0700), 0);
    assert_int_equal(mkdir(below, 0700), 0);
    autofree char *aside = NULL;
    assert_int_equal(folder_set_aside(slot, &aside), 0);
    assert_non_null(aside);
}

static void wait_until_idle(struct scene *s)
{
    while (sweeper_is_busy(&s->sweeper)) /* CTest's time limit bounds it */
        loop_wait(&s->loop, NEVER);
}

static void what_is_set_aside_goes(void **state)
{
    struct scene *s = *state;
    set_aside(s);
    assert_true(folder_holds_something(s->workspace.temp_base));
    sweeper_wake(&s->sweeper);
    wait_until_idle(s);
    assert_false(folder_holds_something(s->workspace.temp_base));
}

/* The first one has looked through the folder, and its end was not heard of yet. */
static void what_comes_meanwhile_goes_too(void **state)
{
    struct scene *s = *state;
    siginfo_t info;
    set_aside(s);
    sweeper_wake(&s->sweeper);
    assert_true(sweeper_is_busy(&s->sweeper));
    assert_int_equal(waitid(P_PID, (id_t)sweeper_pid(&s->sweeper), &info, WEXITED | WNOWAIT), 0);
    set_aside(s);
    sweeper_wake(&s->sweeper);
    wait_until_idle(s);
    assert_false(folder_holds_something(s->workspace.temp_base));
}

static bool is_there(const struct scene *s, const char *path)
{
    return faccessat(s->workspace.run_dir, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A run whose services live on: beside what they use nothing stays, by whatever name, and evidence can be read. */
static void only_what_is_in_use_stays(void **state)
{
    struct scene *s = *state;
    int dir = s->workspace.run_dir;
    autofree char *temp = xasprintf("%s/temp/1", s->path), *artifacts = xasprintf("%s/.slots/1", s->path),
                  *socket = xasprintf("%s/temp/services", s->path);
    const char *const stay[] = {temp, artifacts, socket};
    static const char *const folders[] = {"temp/0",   "temp/1",   "temp/1~2", "temp/odd",
                                          ".slots/0", ".slots/1", "cases/a",  ".slots/case~0"};
    for (size_t i = 0; i < ARRAY_LEN(folders); i++)
        assert_int_equal(io_mkdirs(dir, folders[i]), 0);
    assert_int_equal(io_write_file(dir, "temp/services", "", 0), 0);
    assert_int_equal(symlinkat("mark", dir, "temp/.run"), 0);
    assert_int_equal(mknodat(dir, "cases/a/barred", S_IFREG, 0), 0);
    assert_int_equal(mknodat(dir, ".slots/1/barred", S_IFREG, 0), 0);
    s->sweeper.barred = true;
    autobuf struct buf left = {0};
    sweeper_remove_others(&s->sweeper, &(struct left_beside){.stay = stay, .n_stay = ARRAY_LEN(stay)}, &left);
    assert_int_equal(left.len, 0);
    assert_true(is_there(s, "temp/1") && is_there(s, ".slots/1") && is_there(s, "temp/services"));
    assert_true(is_there(s, "temp/.run"));
    assert_false(is_there(s, "temp/0") || is_there(s, "temp/1~2") || is_there(s, "temp/odd"));
    assert_false(is_there(s, ".slots/0") || is_there(s, ".slots/case~0"));
    struct stat st;
    assert_int_equal(fstatat(dir, "cases/a/barred", &st, 0), 0);
    assert_true(st.st_mode & S_IRUSR);
    assert_int_equal(fstatat(dir, ".slots/1/barred", &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0); /* a service's own affair */
}

static void what_can_not_be_removed_beside_it_is_told(void **state)
{
    struct scene *s = *state;
    int dir = s->workspace.run_dir, flags = FS_IMMUTABLE_FL, none = 0;
    autofree char *temp = xasprintf("%s/temp/1", s->path);
    const char *const stay[] = {temp};
    if (geteuid() != 0)
        skip();
    assert_int_equal(io_mkdirs(dir, "temp/0/below"), 0);
    autoclose int fd = openat(dir, "temp/0", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (ioctl(fd, FS_IOC_SETFLAGS, &flags) < 0)
        skip();
    autobuf struct buf left = {0};
    sweeper_remove_others(&s->sweeper, &(struct left_beside){.stay = stay, .n_stay = ARRAY_LEN(stay)}, &left);
    ioctl(fd, FS_IOC_SETFLAGS, &none);
    assert_non_null(strstr(buf_str(&left), "/temp/0"));
}

static bool a_hundred_times(void *data, uint64_t steps)
{
    uint64_t *asked = data;
    *asked += 1;
    return steps < 100;
}

/* A signal, as a rule. */
static void it_can_be_ended_beside_what_stays(void **state)
{
    struct scene *s = *state;
    int dir = s->workspace.run_dir;
    autofree char *temp = xasprintf("%s/temp/1", s->path);
    const char *const stay[] = {temp};
    for (int i = 0; i < 300; i++) {
        char name[32];
        snprintf(name, sizeof name, "temp/%d/in/it", i);
        assert_int_equal(io_mkdirs(dir, name), 0);
    }
    uint64_t asked = 0;
    autobuf struct buf left = {0};
    sweeper_remove_others(
        &s->sweeper,
        &(struct left_beside){.stay = stay, .n_stay = ARRAY_LEN(stay), .go_on = a_hundred_times, .data = &asked},
        &left);
    assert_true(asked > 100);
    assert_true(is_there(s, "temp/1/in/it"));
    assert_non_null(strstr(buf_str(&left), "not removed to the end"));
    assert_non_null(strstr(buf_str(&left), "more\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_set_aside_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_comes_meanwhile_goes_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_what_is_in_use_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_can_not_be_removed_beside_it_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_can_be_ended_beside_what_stays, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

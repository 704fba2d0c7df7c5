/* SPDX-License-Identifier: Apache-2.0 */
/* The lock of a run: one at a time, and never longer than its holder lives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "record/run_lock.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

struct fixture {
    char path[40];
    int dir;
};
static struct fixture fixture;

static int set_up(void **state)
{
    strcpy(fixture.path, "/tmp/test-run-lock-XXXXXX");
    assert_non_null(mkdtemp(fixture.path));
    fixture.dir = open(fixture.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close(fixture.dir);
    return io_remove_tree(AT_FDCWD, fixture.path);
}

static bool is_there(const struct fixture *f)
{
    return faccessat(f->dir, RUN_STATE_NAME, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void one_at_a_time(void **state)
{
    const struct fixture *f = *state;
    struct run_lock first = RUN_LOCK_INIT, second = RUN_LOCK_INIT;
    assert_false(run_lock_is_held(f->dir));
    assert_false(is_there(f)); /* asking makes nothing */
    assert_int_equal(run_lock_take(&first, f->dir, false, NULL), 0);
    assert_true(run_lock_is_held(f->dir));
    assert_int_equal(run_lock_take(&second, f->dir, false, NULL), -EBUSY);
    assert_int_equal(second.file, -1);
    run_lock_release(&first, false);
    assert_true(is_there(f));
    assert_int_equal(run_lock_take(&second, f->dir, false, NULL), 0);
    run_lock_release(&second, true);
    assert_false(is_there(f));
    run_lock_release(&second, true); /* again */
}

static void facts_come_back_without_values(void **state)
{
    const struct fixture *f = *state;
    static const char *const temps[] = {"/tmp/muster-1", "/tmp/muster-2"};
    static const char *const target[] = {"url=http://x", "password=secret", "\"odd\"="};
    struct run_lock c = RUN_LOCK_INIT;
    assert_int_equal(run_lock_take(&c, f->dir, false, NULL), 0);
    struct run_state facts = {
        .run_id = "run-1", .pid = 42, .temps = temps, .n_temps = 2, .target = target, .n_target = 3};
    assert_int_equal(run_lock_note(&c, &facts, NULL), 0);
    facts.run_id = "r"; /* shorter: nothing of the first is left */

    static const char *const groups[] = {"/sys/fs/cgroup/memory/muster-1", "/sys/fs/cgroup/pids/muster-1"};
    facts.groups = groups;
    facts.n_groups = 2;
    static const char *const kept[] = {"db", "", "db", "acme.pay"};
    facts.kept = kept;
    facts.n_kept = 4;
    assert_int_equal(run_lock_note(&c, &facts, NULL), 0);
    autobuf struct buf text = {0};
    assert_int_equal(io_read_file(f->dir, RUN_STATE_NAME, SIZE_MAX, &text), 0);
    assert_null(strstr(buf_str(&text), "secret"));
    struct arena arena = {0};
    assert_int_equal(run_state_read(f->dir, &arena, &facts, NULL), 0);
    assert_string_equal(facts.run_id, "r");
    assert_int_equal(facts.pid, 42);
    assert_int_equal(facts.n_kept, 4);
    assert_string_equal(facts.kept[3], "acme.pay");
    assert_int_equal(facts.n_temps, 2);
    assert_string_equal(facts.temps[1], "/tmp/muster-2");
    assert_int_equal(facts.n_groups, 2);
    assert_string_equal(facts.groups[0], groups[0]);
    assert_string_equal(facts.groups[1], groups[1]);
    assert_int_equal(facts.n_target, 3);
    assert_string_equal(facts.target[1], "password");
    assert_string_equal(facts.target[2], "\"odd\"");
    arena_free(&arena);
    run_lock_release(&c, true);
}

static void rubbish_is_read_as_nothing(void **state)
{
    const struct fixture *f = *state;
    static const char *const texts[] = {"", "{", "[1]", "{\"run_id\":7,\"target\":[1,null]}"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        assert_int_equal(io_write_file(f->dir, RUN_STATE_NAME, texts[i], strlen(texts[i])), 0);
        struct arena arena = {0};
        struct run_state facts;
        assert_int_equal(run_state_read(f->dir, &arena, &facts, NULL), 0);
        assert_string_equal(facts.run_id, "");
        assert_int_equal(facts.n_temps, 0);
        assert_int_equal(facts.n_target, 0);
        assert_int_equal(facts.n_groups, 0);
        arena_free(&arena);
    }
    unlinkat(f->dir, RUN_STATE_NAME, 0);
    assert_int_equal(run_state_read(f->dir, &(struct arena){0}, &(struct run_state){0}, NULL), -ENOENT);
}

/* A copy of a run's folder, or one that somebody made up, speaks of nothing that is ours. */
static void a_state_is_known_by_its_folder(void **state)
{
    const struct fixture *f = *state;
    struct arena arena = {0};
    static const char *const temps[] = {"/tmp/muster-1", "/tmp/muster-2"};
    struct run_lock c = RUN_LOCK_INIT;
    struct run_state facts = {.run_id = "run-1", .pid = 42, .temps = temps, .n_temps = 2};
    assert_int_equal(run_lock_take(&c, f->dir, false, NULL), 0);
    assert_int_equal(run_lock_note(&c, &facts, NULL), 0);
    assert_int_equal(run_state_read(f->dir, &arena, &facts, NULL), 0);
    assert_true(facts.in_place);
    autobuf struct buf text = {0};
    assert_int_equal(io_read_file(f->dir, RUN_STATE_NAME, SIZE_MAX, &text), 0);
    assert_int_equal(mkdirat(f->dir, "copy", 0700), 0);
    autoclose int copy = openat(f->dir, "copy", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(io_write_file(copy, RUN_STATE_NAME, text.data, text.len), 0);
    assert_int_equal(run_state_read(copy, &arena, &facts, NULL), 0);
    assert_int_equal(facts.n_temps, 2);
    assert_string_equal(facts.temps[1], "/tmp/muster-2");
    assert_false(facts.in_place);
    static const char made_up[] = "{\"run_id\":\"run-1\",\"folder\":\"\",\"temps\":[\"/tmp/muster-1\"]}";
    assert_int_equal(io_write_file(copy, RUN_STATE_NAME, made_up, strlen(made_up)), 0);
    assert_int_equal(run_state_read(copy, &arena, &facts, NULL), 0);
    assert_false(facts.in_place);
    arena_free(&arena);
    run_lock_release(&c, true);
}

static void a_killed_holder_holds_nothing(void **state)
{
    const struct fixture *f = *state;
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct run_lock c = RUN_LOCK_INIT;
        bool ok = run_lock_take(&c, f->dir, false, NULL) == 0 && write(ready[1], "x", 1) == 1;
        while (ok && pause() < 0)
            ;
        _exit(1);
    }
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_true(run_lock_is_held(f->dir));
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_false(run_lock_is_held(f->dir));
    struct run_lock c = RUN_LOCK_INIT;
    assert_int_equal(run_lock_take(&c, f->dir, false, NULL), 0);
    run_lock_release(&c, true);
    close(ready[0]);
    close(ready[1]);
}

/* Who waits for the lock of a file that is then removed must not hold a file that nobody else sees. */
static void who_waits_gets_the_file_that_is_there(void **state)
{
    const struct fixture *f = *state;
    struct run_lock c = RUN_LOCK_INIT;
    assert_int_equal(run_lock_take(&c, f->dir, false, NULL), 0);
    int asking[2];
    assert_int_equal(pipe(asking), 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(c.file); /* a duplicate holds the lock as well */
        struct run_lock mine = RUN_LOCK_INIT;
        bool ok = write(asking[1], "x", 1) == 1 && run_lock_take(&mine, f->dir, true, NULL) == 0;
        _exit(ok && is_there(f) && run_lock_is_held(f->dir) ? 0 : 1);
    }
    char byte;
    assert_int_equal(read(asking[0], &byte, 1), 1);
    run_lock_release(&c, true);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(asking[0]);
    close(asking[1]);
}

static void a_link_is_not_followed(void **state)
{
    const struct fixture *f = *state;
    assert_int_equal(symlinkat("target", f->dir, RUN_STATE_NAME), 0);
    struct run_lock c = RUN_LOCK_INIT;
    assert_int_equal(run_lock_take(&c, f->dir, false, NULL), -ELOOP);
    assert_int_equal(faccessat(f->dir, "target", F_OK, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_at_a_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(facts_come_back_without_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rubbish_is_read_as_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_state_is_known_by_its_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_killed_holder_holds_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_waits_gets_the_file_that_is_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_is_not_followed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Limits through the controllers of cgroup v2, with a folder in the place of the run's group: which machine has them is
 * chance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "contain/limit_groups.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct scene {
    char own[64]; /* the runner's own group; the run's is in it, and slot 0's in that */
    struct containment run;
    struct containment_set set;
    struct resources *resources;
};

/* A kernel's file takes what is written to it as a whole. */
static void put(const struct scene *s, const char *file, const char *text)
{
    autoclose int fd = openat(s->run.base, file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void has(const struct scene *s, const char *file, const char *text)
{
    autobuf struct buf is = {0};
    assert_int_equal(io_read_file(s->run.base, file, 100, &is), 0);
    assert_string_equal(buf_str(&is), text);
    put(s, file, "");
}

static int set_up(void **state)
{
    static struct scene s;
    s = (struct scene){.run = {.rung = &rung_cgroup2}, .set = {.usual = &s.run}};
    strcpy(s.own, "/tmp/muster-resources.XXXXXX");
    assert_non_null(mkdtemp(s.own));
    autofree char *base = xasprintf("%s/run", s.own);
    assert_int_equal(mkdir(base, 0700), 0);
    s.run.base = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(s.run.base >= 0);
    assert_int_equal(mkdirat(s.run.base, "0", 0700), 0);
    static const char *const files[] = {"../cgroup.subtree_control", "cgroup.subtree_control", "0/memory.max",
                                        "0/memory.swap.max", "0/pids.max"};
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        put(&s, files[i], "");
    put(&s, "0/memory.events", "low 0\noom 0\noom_kill 0\n");
    put(&s, "0/pids.events", "max 0\n");
    s.resources = resources_open(&s.set, "a-run");
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    resources_close(s->resources, 1);
    close(s->run.base);
    return io_remove_tree(AT_FDCWD, s->own);
}

static void limits_are_set_and_taken_away(void **state)
{
    struct scene *s = *state;
    const struct limits limits = {.memory_bytes = 64 << 20, .pids = 10};
    assert_null(resources_lack(s->resources, &limits));
    assert_int_equal(resources_begin(s->resources, 0, &limits, NULL), 0);
    has(s, "0/memory.max", "67108864");
    has(s, "0/memory.swap.max", "0");
    has(s, "0/pids.max", "11"); /* the monitor is one of them */
    struct resources_seen seen = resources_end(s->resources, 0, &limits);
    assert_false(seen.out_of_memory);
    assert_int_equal(seen.refused, 0);
    has(s, "0/memory.max", "max");
    has(s, "0/memory.swap.max", "max");
    has(s, "0/pids.max", "max");
}

/* The group lives on: what its counters say of one attempt is not said of the next. */
static void each_attempt_has_its_own_counts(void **state)
{
    struct scene *s = *state;
    const struct limits limits = {.memory_bytes = 64 << 20, .pids = 10};
    assert_int_equal(resources_begin(s->resources, 0, &limits, NULL), 0);
    put(s, "0/memory.events", "low 0\noom 1\noom_kill 1\n");
    put(s, "0/pids.events", "max 3\n");
    struct resources_seen seen = resources_end(s->resources, 0, &limits);
    assert_true(seen.out_of_memory);
    assert_int_equal(seen.refused, 3);

    assert_int_equal(resources_begin(s->resources, 0, &limits, NULL), 0);
    seen = resources_end(s->resources, 0, &limits);
    assert_false(seen.out_of_memory);
    assert_int_equal(seen.refused, 0);

    assert_int_equal(resources_begin(s->resources, 0, &limits, NULL), 0);
    put(s, "0/pids.events", "max 5\n");
    seen = resources_end(s->resources, 0, &limits);
    assert_false(seen.out_of_memory);
    assert_int_equal(seen.refused, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(limits_are_set_and_taken_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_attempt_has_its_own_counts, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target files against what is written beside them: good/X.yaml becomes good/X.json, where @ stands for the folder, and
 * bad/X.yaml is refused with bad/X.txt. With UPDATE=1 in the environment these are written anew, to be read before they
 * are committed.
 */
#include "testing.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "target/target_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *corpus;

static char *read_all(const char *path)
{
    struct buf text = {0};
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || io_read_fd(fd, SIZE_MAX, &text) < 0)
        fail_msg("%s: %s", path, strerror(errno));
    return buf_steal(&text);
}

static void compare(const char *path, const char *text)
{
    if (getenv("UPDATE")) {
        autoclose int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        assert_true(fd >= 0 && io_write_all(fd, text, strlen(text)) == 0);
        return;
    }
    autofree char *expected = read_all(path);
    if (strcmp(expected, text) != 0)
        fail_msg("%s says otherwise than:\n%s", path, text);
}

/* In lines, and without the folder that only this machine has. */
static char *show(const char *json)
{
    autofree char *here = get_current_dir_name();
    struct buf out = {0};
    for (const char *p = json; *p;) {
        bool found = strncmp(p, here, strlen(here)) == 0;
        buf_addc(&out, found ? '@' : *p);
        if (strncmp(p, "},", 2) == 0) {
            buf_adds(&out, ",\n");
            p++;
        }
        p += found ? strlen(here) : 1;
    }
    buf_addc(&out, '\n');
    return buf_steal(&out);
}

static void check_good(const char *name)
{
    struct arena arena = {0};
    autoerr struct err err = {0};
    struct target_info target;
    if (target_read(name, &arena, &target, &err) < 0)
        fail_msg("%s", err_text(&err));
    autofree char *text = show(target.json);
    autofree char *path = xasprintf("%.*s.json", (int)strcspn(name, "."), name);
    compare(path, text);
    arena_free(&arena);
}

static void check_bad(const char *name)
{
    struct arena arena = {0};
    autoerr struct err err = {0};
    struct target_info target;
    if (target_read(name, &arena, &target, &err) == 0)
        fail_msg("bad/%s is taken", name);
    assert_int_equal(err.code, -EINVAL);
    autofree char *text = xasprintf("%s\n", err_text(&err));
    autofree char *path = xasprintf("%.*s.txt", (int)strcspn(name, "."), name);
    compare(path, text);
    arena_free(&arena);
}

static void each(const char *folder, void (*check)(const char *name))
{
    size_t n = 0;
    autoclose int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    autofree char *path = xasprintf("%s/%s", corpus, folder);
    assert_int_equal(chdir(path), 0);
    autoclosedir DIR *dir = opendir(".");
    for (struct dirent *e; (e = readdir(dir));) {
        size_t len = strlen(e->d_name);
        if (len < 6 || strcmp(e->d_name + len - 5, ".yaml") != 0)
            continue;
        check(e->d_name);
        n++;
    }
    assert_int_equal(fchdir(before), 0);
    assert_true(n > 1);
}

static void test_good_files(void **state)
{
    (void)state;
    each("good", check_good);
}

static void test_bad_files(void **state)
{
    (void)state;
    each("bad", check_bad);
}

/* What the runner is told beside the JSON. */
static void test_parts(void **state)
{
    (void)state;
    struct arena arena = {0};
    autoerr struct err err = {0};
    struct target_info t;
    autofree char *path = xasprintf("%s/good/shop.yaml", corpus);
    assert_int_equal(target_read(path, &arena, &t, &err), 0);
    assert_string_equal(t.name, "shop");
    assert_string_equal(t.fixture, "shop");
    assert_int_equal(t.n_operations, 7);
    assert_string_equal(t.operations[0].name, "tenant.create");
    assert_int_equal(t.operations[0].n_takes, 5);
    assert_string_equal(t.operations[0].takes[0].name, "subdomain");
    assert_string_equal(t.operations[0].takes[0].type, "str");
    assert_true(t.operations[0].takes[0].required && !t.operations[0].takes[1].required);
    assert_true(!t.operations[0].takes[2].required); /* optional */
    assert_true(!t.operations[0].safe && t.operations[3].safe && !t.operations[1].safe);
    assert_int_equal(t.n_values, 6);
    assert_true(!t.values[0].has_default && t.values[2].has_default && !t.values[3].has_default);
    autofree char *at = xasprintf("%s:6:3", path);
    assert_string_equal(t.values[0].at, at);
    arena_free(&arena);
}

/* Text that stands for much more of it does not fill the memory. */
static void test_bounds(void **state)
{
    (void)state;
    struct arena arena = {0};
    autoerr struct err err = {0};
    struct target_info t;
    autobuf struct buf text = {0};
    buf_adds(&text, "target: a\nhttp: {base: x}\noperations:\n  a.b: {request: {path: /, body: [&a [x, x, x, x, x]");
    for (char name = 'b'; name < 'p'; name++)
        buf_addf(&text, ", &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]", name, name - 1, name - 1, name - 1, name - 1,
                 name - 1, name - 1, name - 1, name - 1);
    buf_adds(&text, "]}}\n");
    assert_int_equal(target_parse("a.yaml", buf_str(&text), text.len, &arena, &t, &err), -EINVAL);
    assert_non_null(strstr(err_text(&err), "a.yaml:"));
    arena_free(&arena);
}

int main(int argc, char **argv)
{
    corpus = argc > 1 ? argv[1] : ".";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_files),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

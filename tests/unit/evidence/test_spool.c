/* SPDX-License-Identifier: Apache-2.0 */
/* A little goes into memory, where there is no TMPDIR; much goes into TMPDIR, and leaves no name there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "evidence/spool.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const int64_t little = 1024, much = INT64_C(1) << 40;

static void expect_usable(int fd)
{
    char bytes[4];
    assert_true(fd >= 0);
    assert_int_equal(lseek(fd, 0, SEEK_END), 0);
    assert_int_equal(write(fd, "text", 4), 4);
    assert_int_equal(pread(fd, bytes, 4, 0), 4);
    assert_memory_equal(bytes, "text", 4);
}

static void no_folder(void **state)
{
    (void)state;
    autoerr struct err err = {0};
    setenv("TMPDIR", "/no/such/folder", 1);
    autoclose int fd = spool_open(little, &err);
    expect_usable(fd);
    assert_int_equal(spool_open(much, &err), -ENOENT);
    assert_memory_equal(err_text(&err), "/no/such/folder/", 16);
}

static void nameless(void **state)
{
    (void)state;
    char folder[] = "/tmp/test-spool-XXXXXX";
    assert_non_null(mkdtemp(folder));
    setenv("TMPDIR", folder, 1);
    autoclose int fd = spool_open(much, NULL), other = spool_open_in(folder, NULL);
    expect_usable(fd);
    expect_usable(other);
    struct stat file, in;
    assert_int_equal(fstat(fd, &file), 0);
    assert_int_equal(stat(folder, &in), 0);
    assert_int_equal(file.st_dev, in.st_dev);
    assert_int_equal(file.st_nlink, 0);
    assert_int_equal(rmdir(folder), 0); /* nothing is in it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_folder), cmocka_unit_test(nameless)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

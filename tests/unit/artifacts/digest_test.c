/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 against the vectors of FIPS 180-4, and files that can't be read. */
#include "artifacts/digest.h"

#include "base/cleanup.h"
#include "base/io.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka.h wants the headers above before it. */
#include <cmocka.h>

static const char EMPTY[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char ABC[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char MILLION_A[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void known_answers(void **state)
{
    (void)state;
    autodigest struct digest *d = digest_new();
    char hex[DIGEST_HEX];
    digest_end(d, hex);
    assert_string_equal(hex, EMPTY);
    digest_add(d, "a", 1);
    digest_add(d, "bc", 2);
    digest_end(d, hex);
    assert_string_equal(hex, ABC);
    digest_add(d, "abc", 3);
    digest_end(d, hex);
    assert_string_equal(hex, ABC);
}

static void files(void **state)
{
    (void)state;
    char dir[] = "/tmp/muster-digest-XXXXXX";
    assert_non_null(mkdtemp(dir));
    autoclose int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    autofree char *million = malloc(1000000);
    memset(million, 'a', 1000000);
    assert_int_equal(io_write_file(dirfd, "million", million, 1000000), 0);

    char hex[DIGEST_HEX] = "untouched";
    int64_t size = -1;
    autodigest struct digest *d = digest_new();
    assert_int_equal(digest_fd(d, dirfd, hex, &size), -EISDIR);
    assert_string_equal(hex, "untouched");
    assert_int_equal(size, -1);
    autoclose int file = openat(dirfd, "million", O_RDONLY | O_CLOEXEC);
    assert_int_equal(digest_fd(d, file, hex, &size), 0);
    assert_string_equal(hex, MILLION_A);
    assert_int_equal(size, 1000000);
    assert_int_equal(io_remove_tree(AT_FDCWD, dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_answers), cmocka_unit_test(files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

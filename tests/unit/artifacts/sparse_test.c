/* SPDX-License-Identifier: Apache-2.0 */
/* Files with holes: packed as what they have, and proved with their holes. */
#include "rundir.h"

#include "artifacts/encode.h"
#include "artifacts/manifest.h"
#include "artifacts/read.h"
#include "base/cleanup.h"
#include "base/extents.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka.h wants the headers above before it. */
#include <cmocka.h>

#define PATH "cases/a/attempt-1/files/big.img"

static const char *helper;
static const int64_t TB = INT64_C(1) << 40;

static int open_at(const struct rundir *run, const char *path)
{
    rundir_write(run, path, "", 0);
    int fd = openat(run->fd, path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static void put(int fd, const char *text, int64_t offset)
{
    assert_int_equal(pwrite(fd, text, strlen(text), offset), strlen(text));
}

/* A terabyte with some words in it; with a hole at its end. Skips where the file system has no holes. */
static void make_big(const struct rundir *run)
{
    autoclose int fd = open_at(run, PATH);
    if (ftruncate(fd, TB) < 0)
        skip();
    put(fd, "early", 0);
    put(fd, "middle", TB / 2);
    put(fd, "late", TB - (INT64_C(64) << 20));
    struct arena arena = {0};
    struct extents data;
    extents_of_file(fd, &arena, &data);
    arena_free(&arena);
    if (data.n == 0)
        skip();
}

static void extents_are_where_data_is(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    make_big(&run);
    struct arena arena = {0};
    struct extents data, again;
    autoclose int fd = openat(run.fd, PATH, O_RDONLY | O_CLOEXEC);
    extents_of_file(fd, &arena, &data);
    assert_int_equal(data.n, 3);
    assert_int_equal(data.items[0].offset, 0);
    assert_true(data.items[1].offset <= TB / 2 && data.items[1].offset + data.items[1].length >= TB / 2 + 6);
    assert_true(data.bytes < 4 << 20);
    extents_of_file(fd, &arena, &again);
    assert_true(extents_equal(&data, &again));
    arena_free(&arena);
}

static void small_holes_and_none_are_no_matter(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    struct arena arena = {0};
    struct extents data;
    autoclose int fd = open_at(&run, PATH);
    put(fd, "x", EXTENTS_WORTH / 2);
    extents_of_file(fd, &arena, &data);
    assert_int_equal(data.n, 0);
    arena_free(&arena);
}

/* No more than there may be, and none of its data lost. */
static void many_extents_are_joined(void **state)
{
    (void)state;
    enum { N = 3000 };
    static const int64_t step = 1 << 20;
    autorundir struct rundir run = rundir_make();
    make_big(&run);
    autoclose int fd = open_at(&run, "many");
    for (int i = 0; i < N; i++)
        put(fd, "x", i * (i % 3 + 1) * step);
    struct arena arena = {0};
    struct extents data;
    extents_of_file(fd, &arena, &data);
    assert_true(data.n > 0 && data.n <= EXTENTS_MAX);
    for (int i = 0; i < N; i++) {
        int64_t at = i * (i % 3 + 1) * step;
        bool covered = false;
        for (size_t k = 0; k < data.n && !covered; k++)
            covered = data.items[k].offset <= at && at < data.items[k].offset + data.items[k].length;
        assert_true(covered);
    }
    for (size_t k = 1; k < data.n; k++)
        assert_true(data.items[k].offset > data.items[k - 1].offset + data.items[k - 1].length);
    arena_free(&arena);
}

static void expect_passed(const struct rundir *run, const struct buf *bundle)
{
    struct verify_report report = rundir_check(run, bundle->data, bundle->len);
    if (!verify_passed(&report))
        fail_msg("%s: %s", report.problems[0].member, report.problems[0].why);
    assert_true(report.reencoded);
    verify_report_free(&report);
}

static void expect_bytes(int fd, int64_t offset, const char *expected, size_t len)
{
    char bytes[32];
    assert_int_equal(pread(fd, bytes, len, offset), len);
    assert_memory_equal(bytes, expected, len);
}

/* Taken out it has its holes again. */
static void expect_extracted(const struct rundir *run, const char *path)
{
    const struct bundle_wanted wanted = {.path = PATH, .to = "out/big.img"};
    const struct bundle_check_options options = {.wanted = &wanted, .n_wanted = 1, .stream = -1, .folder = run->fd};
    autoerr struct err err = {0};
    if (bundle_extract(helper, path, &options, &err) < 0)
        fail_msg("%s", err_text(&err));
    autoclose int fd = openat(run->fd, wanted.to, O_RDONLY | O_CLOEXEC);
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_size, TB);
    assert_true(st.st_blocks < 4 << 11);
    expect_bytes(fd, 0, "early\0\0\0", 8);
    expect_bytes(fd, TB / 2 - 2, "\0\0middle\0", 9);
    expect_bytes(fd, TB - (INT64_C(64) << 20), "late", 4);
    expect_bytes(fd, TB - 4, "\0\0\0\0", 4);
    expect_bytes(fd, TB / 3, "\0\0\0\0", 4);
}

/* Holes of its end are read as zeros; the whole is too much for a spool. */
static void expect_tail(const struct rundir *run, const char *path)
{
    static const int64_t late = INT64_C(64) << 20;
    autoclose int spool = open_at(run, "spool");
    struct bundle_wanted wanted = {.path = PATH, .max_tail = late + 2};
    const struct bundle_check_options options = {.wanted = &wanted, .n_wanted = 1, .stream = spool, .folder = -1};
    struct bundle_reader *r;
    assert_int_equal(bundle_open(helper, path, &options, &r, NULL), 0);
    char bytes[8];
    assert_int_equal(bundle_pread(r, PATH, bytes, sizeof bytes, TB - late - 2), 8);
    assert_memory_equal(bytes, "\0\0late\0\0", 8);
    assert_int_equal(bundle_pread(r, PATH, bytes, sizeof bytes, TB - 4), 4);
    assert_memory_equal(bytes, "\0\0\0\0", 4);
    assert_int_equal(bundle_pread(r, PATH, bytes, sizeof bytes, 0), -EINVAL);
    assert_int_equal(lseek(spool, 0, SEEK_END), late + 2);
    bundle_close(r);
    wanted.max_tail = INT64_MAX;
    assert_int_equal(bundle_open(helper, path, &options, &r, NULL), -EFBIG);
}

static void a_terabyte_is_a_small_member(void **state)
{
    enum bundle_format format = *(enum bundle_format *)*state;
    autorundir struct rundir run = rundir_make();
    make_big(&run);
    autobuf struct buf bundle = {0}, again = {0};
    rundir_pack(&run, format, &bundle);
    rundir_pack(&run, format, &again);
    assert_true(bundle.len < 1 << 20);
    assert_int_equal(again.len, bundle.len);
    assert_memory_equal(again.data, bundle.data, bundle.len);
    expect_passed(&run, &bundle);
    autofree char *path = xasprintf("%s/%s", run.path, bundle_file_name(format));
    expect_extracted(&run, path);
    expect_tail(&run, path);
}

static void one_hole_is_packed_too(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    make_big(&run);
    autoclose int fd = open_at(&run, PATH);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(ftruncate(fd, TB), 0);
    autobuf struct buf bundle = {0};
    rundir_pack(&run, BUNDLE_TAR_ZST, &bundle);
    expect_passed(&run, &bundle);
}

static void every_flip_is_found(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    make_big(&run);
    autobuf struct buf bundle = {0};
    rundir_pack(&run, BUNDLE_TAR_GZ, &bundle);
    for (size_t i = 0; i < bundle.len; i++) {
        bundle.data[i] ^= 1;
        struct verify_report report = rundir_check(&run, bundle.data, bundle.len);
        if (verify_passed(&report))
            fail_msg("byte %zu of %zu went unnoticed", i, bundle.len);
        verify_report_free(&report);
        bundle.data[i] ^= 1;
    }
}

static int to_buf(const void *data, size_t len, void *out)
{
    buf_add(out, data, len);
    return 0;
}

/* The manifest says one thing of a member's holes, the archive another. */
static void forge(const struct extents *said, const struct extents *had, struct buf *out)
{
    autoneutral struct neutral neutral = neutral_enter();
    automanifest struct manifest m = {.run = "r", .created = 1795000000, .format = BUNDLE_TAR_ZST, .head = ""};
    m.archiver = encode_archiver(m.format);
    m.compressor = encode_compressor(m.format);
    struct manifest_file *f = manifest_add_file(&m, "a");
    f->size = TB;
    f->data = *said;
    autodigest struct digest *d = digest_new();
    digest_add(d, "1234", 4);
    digest_end(d, f->sha256);
    autobuf struct buf text = {0};
    manifest_render(&m, &text);
    autoencoder struct encoder *e = NULL;
    assert_int_equal(encode_open(m.format, m.created, to_buf, out, &e, NULL), 0);
    assert_int_equal(encode_member(e, MANIFEST_NAME, (int64_t)text.len, NULL), 0);
    assert_int_equal(encode_data(e, text.data, text.len, NULL), 0);
    assert_int_equal(encode_sparse(e, "a", TB, had, NULL), 0);
    assert_int_equal(encode_data(e, "1234", 4, NULL), 0);
    assert_int_equal(encode_end(e, NULL), 0);
}

static void holes_are_part_of_the_content(void **state)
{
    (void)state;
    static const struct extent one[] = {{4096, 4}}, other[] = {{8192, 4}}, two[] = {{4096, 2}, {8192, 2}};
    static const struct extents maps[] = {{one, 1, 4}, {other, 1, 4}, {two, 2, 4}};
    autorundir struct rundir run = rundir_make();
    for (size_t i = 0; i < ARRAY_LEN(maps); i++)
        for (size_t k = 0; k < ARRAY_LEN(maps); k++) {
            autobuf struct buf bundle = {0};
            forge(&maps[i], &maps[k], &bundle);
            struct verify_report report = rundir_check(&run, bundle.data, bundle.len);
            assert_int_equal(verify_passed(&report), i == k);
            if (i != k)
                assert_non_null(strstr(report.problems[0].why, "its holes are not those"));
            verify_report_free(&report);
        }
}

int main(int argc, char **argv)
{
    static enum bundle_format zst = BUNDLE_TAR_ZST, gz = BUNDLE_TAR_GZ;
    if (argc != 2)
        return 4;
    helper = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extents_are_where_data_is),
        cmocka_unit_test(small_holes_and_none_are_no_matter),
        cmocka_unit_test(many_extents_are_joined),
        cmocka_unit_test_prestate(a_terabyte_is_a_small_member, &zst),
        cmocka_unit_test_prestate(a_terabyte_is_a_small_member, &gz),
        cmocka_unit_test(one_hole_is_packed_too),
        cmocka_unit_test(every_flip_is_found),
        cmocka_unit_test(holes_are_part_of_the_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

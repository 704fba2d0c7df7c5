/* SPDX-License-Identifier: Apache-2.0 */
/* What goes into a bundle, under what name, and that equal runs give equal bytes whoever packs them. */
#include "rundir.h"

#include "artifacts/cap.h"
#include "artifacts/pack.h"
#include "artifacts/tree.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"

#include <fcntl.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
/* cmocka.h wants the headers above before it. */
#include <cmocka.h>

static const char *const NAMES[] = {
    "cases/a b/attempt-1/new\nline",
    "cases/gr\xc3\xb6\xc3\x9f/attempt-1/composed-\xc3\xb6",
    "cases/gr\xc3\xb6\xc3\x9f/attempt-1/decomposed-o\xcc\x88",
    "cases/x/attempt-1/bad-\xff\xfe",
    "cases/x/attempt-1/\x1b[31mred",
    "cases/x/attempt-1/-rf *?",
    "cases/x/attempt-1/back\\slash",
    "cases/x/MANIFEST.json",
    "cases/x/bundle.zip",
    "PaxHeader/x",
};

static void write_names(const struct rundir *run)
{
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
        rundir_write(run, NAMES[i], NAMES[i], strlen(NAMES[i]));
}

static void expect_passed(const struct rundir *run, const struct buf *bundle, int64_t members)
{
    struct verify_report report = rundir_check(run, bundle->data, bundle->len);
    if (!verify_passed(&report))
        fail_msg("%s: %s", report.problems[0].member, report.problems[0].why);
    assert_true(report.reencoded);
    assert_int_equal(report.members, members);
    assert_string_equal(report.run, "20261120-1");
    assert_string_equal(report.head, run->head);
    verify_report_free(&report);
}

static void any_name(void **state)
{
    autorundir struct rundir run = rundir_make();
    write_names(&run);
    autobuf struct buf bundle = {0};
    rundir_pack(&run, *(enum bundle_format *)*state, &bundle);
    expect_passed(&run, &bundle, 3 + (int64_t)ARRAY_LEN(NAMES));
}

static void same_bytes(void **state)
{
    enum bundle_format format = *(enum bundle_format *)*state;
    autorundir struct rundir one = rundir_make(), two = rundir_make();
    write_names(&one);
    for (size_t i = ARRAY_LEN(NAMES); i-- > 0;)
        rundir_write(&two, NAMES[i], NAMES[i], strlen(NAMES[i]));
    autobuf struct buf a = {0}, b = {0};
    setenv("TZ", "Asia/Tokyo", 1);
    setlocale(LC_ALL, "C.UTF-8");
    rundir_pack(&one, format, &a);
    assert_string_equal(getenv("TZ"), "Asia/Tokyo");
    unsetenv("TZ");
    setlocale(LC_ALL, "C");
    fchmodat(two.fd, "junit.xml", 0400, 0);
    rundir_pack(&two, format, &b);
    assert_null(getenv("TZ"));
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    /* And again over what is there now: a bundle never holds itself. */
    autobuf struct buf c = {0};
    rundir_pack(&two, format, &c);
    assert_int_equal(a.len, c.len);
    assert_memory_equal(a.data, c.data, a.len);
}

/* Of the central directory's entry of this name: bit 11 of its flags. */
static bool is_marked(const struct buf *zip, const char *name)
{
    enum { NAME = 46, FLAGS = 8, UTF8 = 0x0800 };
    for (const char *p = zip->data; (p = memmem(p, zip->len - (size_t)(p - zip->data), "PK\x01\x02", 4)); p++)
        if (strncmp(p + NAME, name, strlen(name)) == 0)
            return (((unsigned char)p[FLAGS + 1] << 8) & UTF8) != 0;
    fail_msg("no entry %s", name);
    return false;
}

static void names_of_zip_say_that_they_are_utf8(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    write_names(&run);
    rundir_write(&run, "cases/x/attempt-1/\xe6\x97\xa5\xe6\x9c\xac", "x", 1);
    autobuf struct buf bundle = {0};
    rundir_pack(&run, BUNDLE_ZIP, &bundle);
    assert_true(is_marked(&bundle, NAMES[1]));
    assert_true(is_marked(&bundle, "cases/x/attempt-1/\xe6\x97\xa5\xe6\x9c\xac"));
    assert_false(is_marked(&bundle, NAMES[2]));
    assert_false(is_marked(&bundle, NAMES[3]));
    assert_false(is_marked(&bundle, "junit.xml"));
    expect_passed(&run, &bundle, 4 + (int64_t)ARRAY_LEN(NAMES));
}

static void private_with_checksum(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    autobuf struct buf bundle = {0}, line = {0}, expected = {0};
    mode_t before = umask(0777);
    rundir_pack(&run, BUNDLE_TAR_ZST, &bundle);
    umask(before);
    struct stat st;
    assert_int_equal(fstatat(run.fd, "bundle.tar.zst", &st, 0), 0);
    assert_int_equal(st.st_mode, S_IFREG | 0600);
    char hex[DIGEST_HEX];
    int64_t size;
    autodigest struct digest *d = digest_new();
    autoclose int packed = openat(run.fd, "bundle.tar.zst", O_RDONLY | O_CLOEXEC);
    assert_int_equal(digest_fd(d, packed, hex, &size), 0);
    buf_addf(&expected, "%s  bundle.tar.zst\n", hex);
    fchmodat(run.fd, "bundle.tar.zst.sha256", 0600, 0);
    assert_int_equal(io_read_file(run.fd, "bundle.tar.zst.sha256", SIZE_MAX, &line), 0);
    assert_string_equal(buf_str(&line), buf_str(&expected));
}

static bool is_omitted(const struct manifest *m, const char *path, const char *kind)
{
    for (size_t i = 0; i < m->n_omitted; i++) {
        if (strcmp(m->omitted[i].path, path) == 0)
            return strcmp(m->omitted[i].kind, kind) == 0;
    }
    return false;
}

static bool is_listed(const struct manifest *m, const char *path)
{
    for (size_t i = 0; i < m->n_files; i++) {
        if (strcmp(m->files[i].path, path) == 0)
            return true;
    }
    return false;
}

static void omitted(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    assert_int_equal(symlinkat("/etc/passwd", run.fd, "link"), 0);
    assert_int_equal(symlinkat("/etc", run.fd, "dirlink"), 0);
    assert_int_equal(mkfifoat(run.fd, "fifo", 0600), 0);
    autoclose int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "%s/socket", run.path);
    assert_int_equal(bind(sock, (struct sockaddr *)&at, sizeof at), 0);
    rundir_write(&run, "MANIFEST.json", "{}", 2);
    rundir_write(&run, "cases/kept/attempt-1/x", "x", 1);
    rundir_write(&run, "cases/passed/attempt-1/x", "x", 1);
    rundir_write(&run, "cases/passed-too/attempt-1/x", "x", 1);
    static const char *const left_out[] = {"cases/passed-too", "cases/passed", NULL};
    automanifest struct manifest m = {0};
    assert_int_equal(tree_list(run.fd, left_out, &m, NULL), 0);
    assert_true(is_omitted(&m, "link", "symlink") && is_omitted(&m, "dirlink", "symlink"));
    assert_true(is_omitted(&m, "fifo", "fifo") && is_omitted(&m, "socket", "socket"));
    assert_true(is_omitted(&m, "MANIFEST.json", "reserved name"));
    assert_true(is_omitted(&m, "cases/passed", "left out") && is_omitted(&m, "cases/passed-too", "left out"));
    assert_int_equal(m.n_omitted, 7);
    assert_true(is_listed(&m, "cases/kept/attempt-1/x") && is_listed(&m, "events.jsonl"));
    assert_int_equal(m.n_files, 4);
    for (size_t i = 1; i < m.n_files; i++)
        assert_true(strcmp(m.files[i - 1].path, m.files[i].path) < 0);
}

/* A scenario can nest directories beyond PATH_MAX; and beyond what an archive can name. */
static void deep(void **state)
{
    enum bundle_format format = *(enum bundle_format *)*state;
    autorundir struct rundir run = rundir_make();
    char name[201];
    memset(name, 'd', 200);
    name[200] = '\0';
    int at = fcntl(run.fd, F_DUPFD_CLOEXEC, 0);
    for (int level = 0; level < 200; level++) {
        assert_int_equal(mkdirat(at, name, 0700), 0);
        int below = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_true(below >= 0);
        if (level % 40 == 30)
            assert_int_equal(io_write_file(below, "file", "deep", 4), 0);
        close(at);
        at = below;
    }
    close(at);
    autobuf struct buf bundle = {0};
    rundir_pack(&run, format, &bundle);
    /* Levels 30, 70, 110 and 150 are below 32767 bytes; 190 is not. */
    expect_passed(&run, &bundle, 3 + 4);
}

static void big_and_empty(void **state)
{
    autorundir struct rundir run = rundir_make();
    size_t len = 3 * 1024 * 1024 + 17;
    autofree char *data = xmalloc(len);
    uint32_t x = 1;
    for (size_t i = 0; i < len; i++) {
        x = x * 1664525 + 1013904223;
        data[i] = (char)(x >> 24);
    }
    rundir_write(&run, "cases/big/attempt-1/stdout.log", data, len);
    rundir_write(&run, "cases/big/attempt-1/stderr.log", "", 0);
    autobuf struct buf bundle = {0};
    rundir_pack(&run, *(enum bundle_format *)*state, &bundle);
    expect_passed(&run, &bundle, 5);
}

static void bad_options(void **state)
{
    struct bundle_result result;
    (void)state;
    autorundir struct rundir run = rundir_make();
    autoerr struct err err = {0};
    struct bundle_options o = rundir_options(&run, BUNDLE_ZIP);
    o.run_id = "\xff";
    assert_int_equal(pack_run(run.fd, &o, &result, &err), -EINVAL);
    assert_string_equal(err_text(&err), "writing bundle.zip: the run's id is not UTF-8");
    o = rundir_options(&run, BUNDLE_ZIP);
    o.head = "abc";
    assert_int_equal(pack_run(run.fd, &o, &result, &err), -EINVAL);
    assert_int_equal(faccessat(run.fd, "bundle.zip", F_OK, 0), -1);
}

/* The order is that of paths; the logs count for nothing; each attempt has a cap of its own. */
static void artifacts_have_a_cap(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    static const char *const paths[] = {
        "cases/a/attempt-1/files/1.bin",   "cases/a/attempt-1/files/2.bin",   "cases/a/attempt-1/files/3.bin",
        "cases/a/attempt-1/files-2/4.bin", "cases/a/attempt-2/files/5.bin",   "cases/a/attempt-1/stdout.log",
        "fixtures/db/files/6.bin",         "fixtures/db/start-2/files/7.bin", "fixtures/files/8.bin"};
    static const size_t sizes[] = {60, 50, 10, 30, 100, 100, 100, 100, 100};
    char data[100] = {0};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        rundir_write(&run, paths[i], data, sizes[i]);
    rundir_write(&run, "cases/a/attempt-3/files/sparse", "", 0);
    autoclose int sparse = openat(run.fd, "cases/a/attempt-3/files/sparse", O_WRONLY | O_CLOEXEC);
    assert_int_equal(ftruncate(sparse, (off_t)1 << 40), 0); /* to read it would take hours */
    struct bundle_options o = rundir_options(&run, BUNDLE_TAR_GZ);
    o.artifacts_cap = 100;
    autoerr struct err err = {0};
    struct bundle_result result;
    assert_int_equal(pack_run(run.fd, &o, &result, &err), 0);
    assert_int_equal(result.n_above_cap, 2);
    autobuf struct buf text = {0};
    automanifest struct manifest m = {0};
    assert_int_equal(tree_list(run.fd, NULL, &m, &err), 0);
    cap_apply(run.fd, 100, &m);
    for (size_t i = 0; i < m.n_omitted; i++)
        buf_addf(&text, "%s ", m.omitted[i].path);
    assert_string_equal(buf_str(&text), "cases/a/attempt-1/files/2.bin cases/a/attempt-3/files/sparse ");
}

int main(void)
{
    static enum bundle_format zst = BUNDLE_TAR_ZST, gz = BUNDLE_TAR_GZ, zip = BUNDLE_ZIP;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(any_name, &zst),
        cmocka_unit_test_prestate(any_name, &gz),
        cmocka_unit_test_prestate(any_name, &zip),
        cmocka_unit_test_prestate(same_bytes, &zst),
        cmocka_unit_test_prestate(same_bytes, &gz),
        cmocka_unit_test_prestate(same_bytes, &zip),
        cmocka_unit_test_prestate(deep, &zst),
        cmocka_unit_test_prestate(deep, &gz),
        cmocka_unit_test_prestate(deep, &zip),
        cmocka_unit_test_prestate(big_and_empty, &zst),
        cmocka_unit_test_prestate(big_and_empty, &gz),
        cmocka_unit_test_prestate(big_and_empty, &zip),
        cmocka_unit_test(private_with_checksum),
        cmocka_unit_test(names_of_zip_say_that_they_are_utf8),
        cmocka_unit_test(omitted),
        cmocka_unit_test(artifacts_have_a_cap),
        cmocka_unit_test(bad_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The runner's side: bundles written, verified and read through muster-bundle, whose path is the first argument. */
#include "rundir.h"

#include "artifacts/helper.h"
#include "artifacts/manifest.h"
#include "artifacts/read.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka.h wants the headers above before it. */
#include <cmocka.h>

static const char *helper;

static char *write_bundle(const struct rundir *run, const struct bundle_options *o)
{
    autoerr struct err err = {0};
    struct bundle_writer *w;
    struct bundle_result result;
    assert_int_equal(bundle_prepare(helper, &w, &err), 0);
    bundle_start(w, run->fd, o);
    if (bundle_finish(w, &result, &err) < 0)
        fail_msg("%s", err_text(&err));
    return xasprintf("%s/%s", run->path, bundle_file_name(o->format));
}

static int verify(const char *program, const char *path, struct verify_report *ret_report, struct err *err)
{
    const struct bundle_check_options all = {.container = true, .stream = -1, .folder = -1};
    struct bundle_check *c;
    int r = bundle_check_start(program, path, &all, &c, err);
    return r < 0 ? r : bundle_check_finish(c, ret_report, err);
}

static void write_and_verify(void **state)
{
    (void)state;
    for (enum bundle_format f = 0; f < BUNDLE_N_FORMATS; f++) {
        autorundir struct rundir run = rundir_make();
        struct bundle_options o = rundir_options(&run, f);
        autofree char *path = write_bundle(&run, &o);
        struct verify_report report;
        assert_int_equal(verify(helper, path, &report, NULL), 0);
        assert_true(verify_passed(&report) && report.reencoded && report.checksum);
        assert_string_equal(report.format, bundle_format_name(f));
        assert_string_equal(report.created, "2026-11-18T11:06:40.000000Z");
        assert_int_equal(report.members, 3);
        verify_report_free(&report);

        /* A renamed bundle is as good; a checksum of another is not. */
        autobuf struct buf bytes = {0};
        assert_int_equal(io_read_file(run.fd, bundle_file_name(f), SIZE_MAX, &bytes), 0);
        rundir_write(&run, "other", bytes.data, bytes.len);
        rundir_write(&run, "other.sha256", "0123  other\n", 12);
        autofree char *other = xasprintf("%s/other", run.path);
        assert_int_equal(verify(helper, other, &report, NULL), 0);
        assert_int_equal(report.n_problems, 1);
        assert_non_null(strstr(report.problems[0].why, "SHA-256"));
        verify_report_free(&report);
    }
}

#define JUNIT  "junit.xml"
#define STDOUT "cases/a.b/attempt-1/stdout.log"

static int open_file(const struct rundir *run, const char *name)
{
    int fd = openat(run->fd, name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    return fd;
}

static void read_back(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    struct bundle_options o = rundir_options(&run, BUNDLE_TAR_ZST);
    autofree char *path = write_bundle(&run, &o);
    autoclose int spool = open_file(&run, "spool");
    static const struct bundle_wanted wanted[] = {
        {MANIFEST_NAME, NULL, INT64_MAX}, {"absent", NULL, INT64_MAX}, {STDOUT, NULL, 4}, {JUNIT, NULL, INT64_MAX}};
    const struct bundle_check_options options = {
        .wanted = wanted, .n_wanted = ARRAY_LEN(wanted), .stream = spool, .folder = -1};
    struct bundle_reader *r;
    autoerr struct err err = {0};
    if (bundle_open(helper, path, &options, &r, &err) < 0)
        fail_msg("%s", err_text(&err));
    autobuf struct buf manifest = {0}, all = {0}, tail = {0}, none = {0};
    int64_t cut = -1;
    assert_int_equal(bundle_read(r, MANIFEST_NAME, SIZE_MAX, &manifest, NULL, NULL), 0);
    automanifest struct manifest m = {0};
    assert_int_equal(manifest_parse(manifest.data, manifest.len, &m, NULL), 0);
    assert_string_equal(m.run, "20261120-1");
    assert_int_equal(bundle_read(r, JUNIT, SIZE_MAX, &all, &cut, NULL), 0);
    assert_string_equal(buf_str(&all), "<testsuites/>\n");
    assert_int_equal(cut, 0);
    assert_int_equal(bundle_read(r, STDOUT, 3, &tail, &cut, NULL), 0);
    assert_string_equal(buf_str(&tail), "lo\n");
    assert_int_equal(cut, 3);
    assert_int_equal(bundle_read(r, STDOUT, 5, &none, NULL, NULL), -EINVAL); /* four were wanted */
    assert_false(bundle_has(r, "absent"));
    assert_int_equal(bundle_read(r, "absent", 3, &none, &cut, &err), -ENOENT);
    assert_string_equal(err_text(&err), "the bundle has no file absent");
    assert_int_equal(bundle_read(r, "events.jsonl", 3, &none, &cut, &err), -ENOENT); /* it was not wanted */
    char some[4];
    assert_int_equal(bundle_pread(r, JUNIT, some, sizeof some, 12), 2);
    assert_memory_equal(some, ">\n", 2);
    assert_int_equal(bundle_pread(r, JUNIT, some, sizeof some, 14), 0);
    /* What was not wanted took no room. */
    assert_int_equal(lseek(spool, 0, SEEK_END), manifest.len + 4 + all.len);
    bundle_close(r);
}

static int extract(const struct rundir *run, const char *path, const char *manifest, const char *to, struct err *err)
{
    const struct bundle_wanted wanted = {.path = STDOUT, .to = to};
    const struct bundle_check_options options = {
        .manifest = manifest, .wanted = &wanted, .n_wanted = 1, .stream = -1, .folder = run->fd};
    return bundle_extract(helper, path, &options, err);
}

static void expect_not_extracted(const struct rundir *run, const char *path, const char *to, int code, const char *why)
{
    autoerr struct err err = {0};
    assert_int_equal(extract(run, path, NULL, to, &err), code);
    if (!strstr(err_text(&err), why))
        fail_msg("%s: not \"%s\" but: %s", to, why, err_text(&err));
}

/* Into new files below the folder alone: through no link, over no file, not up. */
static void extracted(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make(), elsewhere = rundir_make();
    struct bundle_options o = rundir_options(&run, BUNDLE_TAR_GZ);
    autofree char *path = write_bundle(&run, &o);
    autoerr struct err err = {0};
    if (extract(&run, path, NULL, "out/of it/stdout.log", &err) < 0)
        fail_msg("%s", err_text(&err));
    autobuf struct buf bytes = {0};
    assert_int_equal(io_read_file(run.fd, "out/of it/stdout.log", SIZE_MAX, &bytes), 0);
    assert_string_equal(buf_str(&bytes), "hello\n");
    expect_not_extracted(&run, path, "out/of it/stdout.log", -EEXIST, STDOUT ": taking it out: File exists");
    assert_int_equal(symlinkat(elsewhere.path, run.fd, "link"), 0);
    expect_not_extracted(&run, path, "link/new", -ENOTDIR, "Not a directory");
    assert_int_equal(symlinkat("new", run.fd, "dangling"), 0);
    expect_not_extracted(&run, path, "dangling", -EEXIST, "File exists");
    static const char *const bad[] = {"../new", "a/../../new", "/new", "a//new", "a/./new", "a/"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        expect_not_extracted(&run, path, bad[i], -EILSEQ, "this is no path within a run's folder");
    assert_int_equal(faccessat(elsewhere.fd, "new", F_OK, 0), -1);
    assert_int_equal(faccessat(run.fd, "../new", F_OK, 0), -1);
}

/* Read twice, it has to be the same. */
static void not_another(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    struct bundle_options o = rundir_options(&run, BUNDLE_TAR_GZ);
    autofree char *path = write_bundle(&run, &o);
    struct verify_report report;
    autoerr struct err err = {0};
    assert_int_equal(verify(helper, path, &report, NULL), 0);
    if (extract(&run, path, report.manifest, "one", &err) < 0)
        fail_msg("%s", err_text(&err));
    rundir_write(&run, "more", "x", 1);
    free(write_bundle(&run, &o));
    assert_int_equal(extract(&run, path, report.manifest, "two", &err), -EILSEQ);
    assert_non_null(strstr(err_text(&err), "the bundle was changed while it was read"));
    assert_int_equal(faccessat(run.fd, "two", F_OK, 0), -1);
    verify_report_free(&report);
}

static void changed_is_not_read(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    struct bundle_options o = rundir_options(&run, BUNDLE_TAR_GZ);
    autofree char *path = write_bundle(&run, &o);
    autoclose int spool = open_file(&run, "spool");
    const struct bundle_check_options options = {.stream = spool, .folder = -1};
    assert_int_equal(truncate(path, 300), 0);
    struct bundle_reader *r = NULL;
    autoerr struct err err = {0};
    assert_int_equal(bundle_open(helper, path, &options, &r, &err), -EILSEQ);
    assert_null(r);
    assert_memory_equal(err_text(&err), path, strlen(path));
}

static void left_out(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    static const char *const paths[] = {"cases/a.b", "junit.xml", NULL};
    struct bundle_options o = rundir_options(&run, BUNDLE_ZIP);
    o.left_out = paths;
    autofree char *path = write_bundle(&run, &o);
    autoclose int spool = open_file(&run, "spool");
    static const struct bundle_wanted wanted[] = {{MANIFEST_NAME, NULL, INT64_MAX}, {JUNIT, NULL, INT64_MAX}};
    const struct bundle_check_options options = {
        .wanted = wanted, .n_wanted = ARRAY_LEN(wanted), .stream = spool, .folder = -1};
    struct bundle_reader *r;
    assert_int_equal(bundle_open(helper, path, &options, &r, NULL), 0);
    autobuf struct buf text = {0};
    assert_int_equal(bundle_read(r, MANIFEST_NAME, SIZE_MAX, &text, NULL, NULL), 0);
    automanifest struct manifest m = {0};
    assert_int_equal(manifest_parse(text.data, text.len, &m, NULL), 0);
    assert_int_equal(m.n_files, 1);
    assert_int_equal(m.n_omitted, 2);
    assert_false(bundle_has(r, JUNIT));
    bundle_close(r);
}

static void errors(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    autoerr struct err err = {0};
    struct verify_report report = {.members = 42};
    assert_int_equal(verify(helper, "/no/such\xff", &report, &err), -ENOENT);
    assert_non_null(strstr(err_text(&err), "No such file"));
    assert_int_equal(verify(helper, "/", &report, &err), -EINVAL);
    assert_int_equal(verify("/no/such/helper", "/", &report, &err), -ELIBACC);
    assert_string_equal(err_text(&err), "starting /no/such/helper: No such file or directory");
    assert_int_equal(verify("/bin/true", "/", &report, &err), -EIO);
    assert_int_equal(verify("/bin/false", "/", &report, &err), -EIO);
    assert_int_equal(report.members, 42);
    rundir_write(&run, "dies", "#!/bin/sh\nkill -9 $$\n", 21);
    fchmodat(run.fd, "dies", 0700, 0);
    autofree char *dies = xasprintf("%s/dies", run.path);
    assert_int_equal(verify(dies, "/", &report, &err), -ECHILD);
    assert_string_equal(err_text(&err), "muster-bundle was ended by signal 9 (Killed)");
}

/* Cancelled while it writes, by SIGKILL: nothing half-written stays. */
static void cancelled(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    autoclose int big = openat(run.fd, "big", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    /* A hole: a second's work for the packer, no room on the disk. */
    assert_int_equal(ftruncate(big, 400 * 1024 * 1024), 0);
    struct bundle_writer *w;
    autoerr struct err err = {0};
    assert_int_equal(bundle_prepare(helper, &w, &err), 0);
    struct bundle_options o = rundir_options(&run, BUNDLE_ZIP);
    bundle_start(w, run.fd, &o);
    struct pollfd done = {.fd = bundle_fd(w), .events = POLLIN};
    assert_int_equal(poll(&done, 1, 100), 0);
    pid_t pid = bundle_pid(w);
    bundle_cancel(w);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(faccessat(run.fd, "bundle.zip", F_OK, 0), -1);
    assert_int_equal(faccessat(run.fd, "bundle.zip.sha256", F_OK, 0), -1);
    assert_int_equal(faccessat(run.fd, ".bundle.tmp", F_OK, 0), -1);
}

/* Nobody goes on writing for a caller that is gone. */
static void orphaned(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    struct bundle_options o = rundir_options(&run, BUNDLE_ZIP);
    autoclose int big = open_file(&run, "big");
    assert_int_equal(ftruncate(big, 64 * 1024 * 1024), 0); /* a second's work */
    autofree char *path = write_bundle(&run, &o);
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    pid_t caller = fork();
    if (caller == 0) {
        const struct bundle_check_options all = {.container = true, .stream = -1, .folder = -1};
        struct bundle_check *c;
        _exit(bundle_check_start(helper, path, &all, &c, NULL) < 0);
    }
    int status;
    assert_int_equal(waitpid(caller, &status, 0), caller);
    assert_int_equal(status, 0);
    assert_true(waitpid(-1, &status, 0) > 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* Prepared early, told later; or its caller dead before it said all. */
static void prepared(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    autoerr struct err err = {0};
    struct bundle_writer *w;
    assert_int_equal(bundle_prepare(helper, &w, &err), 0);
    rundir_write(&run, "late", "x", 1);
    struct pollfd done = {.fd = bundle_fd(w), .events = POLLIN};
    assert_int_equal(poll(&done, 1, 0), 0);
    struct bundle_options o = rundir_options(&run, BUNDLE_ZIP);
    bundle_start(w, run.fd, &o);
    assert_int_equal(poll(&done, 1, 10000), 1);
    struct bundle_result result;
    assert_int_equal(bundle_finish(w, &result, &err), 0);
    assert_int_equal(faccessat(run.fd, "bundle.zip", R_OK, 0), 0);

    static const char *const args[] = {"pack", NULL};
    static const char whole[] = "tar.gz\0run\0001000000000\0\0left/out\0";
    for (size_t len = 0; len <= sizeof whole; len++) {
        struct helper h;
        assert_int_equal(helper_start(helper, args, -1, &h, &err), 0);
        helper_send(&h, whole, len, run.fd);
        assert_int_equal(helper_finish(&h, NULL, &err), len == sizeof whole ? 0 : -EPROTO);
        assert_int_equal(faccessat(run.fd, "bundle.tar.gz", R_OK, 0), len == sizeof whole ? 0 : -1);
    }
}

/* What is wanted is all there, or the request is none. */
static void half_asked(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    struct bundle_options o = rundir_options(&run, BUNDLE_TAR_GZ);
    autofree char *path = write_bundle(&run, &o);
    const char *const args[] = {"check", path, NULL};
    static const char whole[] = "content\0\0cases/a.b/attempt-1/stdout.log\0\0"
                                "3\0junit.xml\0out\0"
                                "0\0";
    for (size_t len = 0; len <= sizeof whole; len++) {
        autoerr struct err err = {0};
        struct helper h;
        autoclose int spool = open_file(&run, "spool");
        assert_int_equal(helper_start(helper, args, spool, &h, &err), 0);
        helper_send(&h, whole, len, run.fd);
        bool is_whole = len == sizeof whole;
        assert_int_equal(helper_finish(&h, NULL, &err), is_whole ? 0 : -EPROTO);
        assert_int_equal(faccessat(run.fd, "out", R_OK, 0), is_whole ? 0 : -1);
        assert_int_equal(lseek(spool, 0, SEEK_END), is_whole ? 3 : 0);
    }
}

/* A supervisor blocks signals and has many descriptors: the program gets neither. */
static void clean_start(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    static const char script[] = "#!/bin/sh\nexec 9>&1\n"
                                 "grep SigBlk /proc/self/status | grep -q 0000000000000000 || exit 1\n"
                                 "[ \"$(ls /proc/$$/fd | grep -cv '^[0-9]$')\" -le 1 ] || exit 2\n"
                                 "echo '{\"ok\":true}'\n";
    rundir_write(&run, "look", script, strlen(script));
    fchmodat(run.fd, "look", 0700, 0);
    autofree char *look = xasprintf("%s/look", run.path);
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    int many[40];
    for (size_t i = 0; i < ARRAY_LEN(many); i++)
        many[i] = dup(run.fd);
    static const char *const args[] = {"x", NULL};
    autoerr struct err err = {0};
    struct helper h;
    int r = helper_start(look, args, run.fd, &h, &err);
    if (r == 0)
        r = helper_finish(&h, NULL, &err);
    for (size_t i = 0; i < ARRAY_LEN(many); i++)
        close(many[i]);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (r < 0)
        fail_msg("%s", err_text(&err));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(write_and_verify), cmocka_unit_test(read_back),   cmocka_unit_test(changed_is_not_read),
        cmocka_unit_test(extracted),        cmocka_unit_test(not_another), cmocka_unit_test(left_out),
        cmocka_unit_test(errors),           cmocka_unit_test(prepared),    cmocka_unit_test(half_asked),
        cmocka_unit_test(cancelled),        cmocka_unit_test(clean_start), cmocka_unit_test(orphaned),
    };
    if (argc != 2)
        return 1;
    helper = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}

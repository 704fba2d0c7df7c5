/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packing when things fail: every write, sync, link and rename in turn, short writes, a real full disk, an unreadable
 * file, files that change meanwhile. Each is an error that says what and where, an older bundle stays, and nothing
 * half-written does.
 *
 * The linker sends the calls that can fail through the wrappers below (see CMakeLists.txt).
 */
#include "rundir.h"

#include "artifacts/encode.h"
#include "artifacts/pack.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
/* cmocka.h wants the headers above before it. */
#include <cmocka.h>

static int fail_in;      /* the how-manieth wrapped call fails; 0: none */
static bool short_calls; /* writes take a few bytes, or are interrupted */
static bool no_tmpfile;  /* a file system without nameless files */
static void (*before_member)(const char *path);

ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len);
int __real_openat(int dirfd, const char *path, int flags, ...);
int __wrap_openat(int dirfd, const char *path, int flags, ...);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_linkat(int from, const char *old, int to, const char *name, int flags);
int __wrap_linkat(int from, const char *old, int to, const char *name, int flags);
int __real_renameat(int from, const char *old, int to, const char *name);
int __wrap_renameat(int from, const char *old, int to, const char *name);
int __real_encode_member(struct encoder *e, const char *path, int64_t size, struct err *err);
int __wrap_encode_member(struct encoder *e, const char *path, int64_t size, struct err *err);

static bool is_due(void)
{
    if (fail_in == 0 || --fail_in > 0)
        return false;
    errno = ENOSPC;
    return true;
}

ssize_t __wrap_write(int fd, const void *data, size_t len)
{
    static unsigned turn;
    if (is_due())
        return -1;
    if (short_calls && ++turn % 3 == 0) {
        errno = EINTR;
        return -1;
    }
    return __real_write(fd, data, short_calls && len > 7 ? 7 : len);
}

int __wrap_openat(int dirfd, const char *path, int flags, ...)
{
    va_list ap;
    va_start(ap, flags);
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, int) : 0;
    va_end(ap);
    if (no_tmpfile && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return __real_openat(dirfd, path, flags, mode);
}

int __wrap_fsync(int fd)
{
    return is_due() ? -1 : __real_fsync(fd);
}

int __wrap_linkat(int from, const char *old, int to, const char *name, int flags)
{
    return is_due() ? -1 : __real_linkat(from, old, to, name, flags);
}

int __wrap_renameat(int from, const char *old, int to, const char *name)
{
    return is_due() ? -1 : __real_renameat(from, old, to, name);
}

int __wrap_encode_member(struct encoder *e, const char *path, int64_t size, struct err *err)
{
    if (before_member)
        before_member(path);
    return __real_encode_member(e, path, size, err);
}

static int count_entries(int dirfd)
{
    autoclose int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    autoclosedir DIR *dir = fdopendir(fd);
    steal_fd(&fd);
    int n = 0;
    while (readdir(dir))
        n++;
    return n;
}

static int pack(const struct rundir *run, enum bundle_format format, struct err *err)
{
    struct bundle_options o = rundir_options(run, format);
    struct bundle_result result;
    return pack_run(run->fd, &o, &result, err);
}

static void each_call_fails(void **state)
{
    enum bundle_format format = *(enum bundle_format *)*state;
    autorundir struct rundir run = rundir_make();
    autobuf struct buf old = {0};
    rundir_pack(&run, format, &old);
    int entries = count_entries(run.fd), failures = 0;
    for (int n = 1;; n++) {
        autoerr struct err err = {0};
        fail_in = n;
        int r = pack(&run, format, &err);
        bool met = fail_in == 0;
        fail_in = 0;
        if (!met) {
            assert_int_equal(r, 0);
            break;
        }
        autobuf struct buf now = {0};
        assert_int_equal(io_read_file(run.fd, bundle_file_name(format), SIZE_MAX, &now), 0);
        assert_true(now.len == old.len && memcmp(now.data, old.data, old.len) == 0);
        assert_true(count_entries(run.fd) <= entries);
        /* The folder's own sync is the one call whose failure is borne. */
        if (r == 0)
            continue;
        failures++;
        assert_int_equal(r, -ENOSPC);
        assert_non_null(strstr(err_text(&err), "No space left on device"));
        assert_non_null(strstr(err_text(&err), bundle_file_name(format)));
    }
    assert_true(failures >= 4);
}

static void each_call_fails_without_tmpfile(void **state)
{
    no_tmpfile = true;
    each_call_fails(state);
    no_tmpfile = false;
}

static void short_writes(void **state)
{
    enum bundle_format format = *(enum bundle_format *)*state;
    autorundir struct rundir run = rundir_make();
    autobuf struct buf plain = {0}, chopped = {0};
    rundir_pack(&run, format, &plain);
    short_calls = true;
    rundir_pack(&run, format, &chopped);
    short_calls = false;
    assert_int_equal(plain.len, chopped.len);
    assert_memory_equal(plain.data, chopped.data, plain.len);
}

static void fill(const struct rundir *run, size_t len)
{
    autofree char *noise = xmalloc(len);
    uint32_t x = 1;
    for (size_t i = 0; i < len; i++) {
        x = x * 1664525 + 1013904223;
        noise[i] = (char)(x >> 24);
    }
    rundir_write(run, "cases/big/attempt-1/noise", noise, len);
}

/* In a child, since neither the mount nor the limit can be taken back. Its status: 0 when all was as it should be. */
static int pack_on_full_disk(const struct rundir *run, bool *ret_mounted)
{
    int dir = run->fd;
    *ret_mounted = unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                   mount("tmpfs", run->path, "tmpfs", 0, "size=384k") == 0;
    struct rundir small = *run;
    if (*ret_mounted) {
        dir = small.fd = open(run->path, O_RDONLY | O_DIRECTORY);
        rundir_write(&small, "events.jsonl", "{}\n", 3);
        fill(&small, 256 * 1024);
    } else {
        fill(run, 256 * 1024);
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit limit = {128 * 1024, 128 * 1024};
        if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
            return 10;
    }
    int before = count_entries(dir);
    autoerr struct err err = {0};
    int r = pack(&small, BUNDLE_TAR_ZST, &err);
    if (r != (*ret_mounted ? -ENOSPC : -EFBIG))
        return 11;
    if (!strstr(err_text(&err), strerror(-r)))
        return 12;
    return count_entries(dir) == before ? 0 : 13;
}

static void full_disk(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    pid_t child = fork();
    if (child == 0) {
        bool mounted;
        _exit(pack_on_full_disk(&run, &mounted));
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void unreadable(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    rundir_write(&run, "cases/a.b/attempt-1/secret\x1b", "x", 1);
    fchmodat(run.fd, "cases/a.b/attempt-1/secret\x1b", 0, 0);
    if (geteuid() != 0) { /* its owner may change what a scenario's umask has done */
        assert_int_equal(pack(&run, BUNDLE_TAR_GZ, NULL), 0);
        return;
    }
    /* Root reads everything, and may change all: someone else has to try. */
    pid_t child = fork();
    if (child == 0) {
        fchmod(run.fd, 0777);
        if (setresuid(65534, 65534, 65534) < 0)
            _exit(20);
        autoerr struct err err = {0};
        int r = pack(&run, BUNDLE_TAR_GZ, &err);
        _exit(r == -EACCES && strstr(err_text(&err), "Permission denied") ? 0 : 21);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static const struct rundir *changing;

/* In place: the packer has it open already. */
static void overwrite(const char *path, const char *text)
{
    if (strcmp(path, "junit.xml") != 0)
        return;
    autoclose int fd = openat(changing->fd, path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_int_equal(io_write_all(fd, text, strlen(text)), 0);
}

static void grow(const char *path)
{
    overwrite(path, "<testsuites></testsuites>\n");
}
static void shrink(const char *path)
{
    overwrite(path, "");
}
static void rewrite(const char *path)
{
    overwrite(path, "<TESTSUITES/>\n");
}
static void vanish(const char *path)
{
    if (strcmp(path, "cases/a.b/attempt-1/stdout.log") == 0)
        unlinkat(changing->fd, "junit.xml", 0);
}
static void become_fifo(const char *path)
{
    if (strcmp(path, "cases/a.b/attempt-1/stdout.log") == 0) {
        unlinkat(changing->fd, "junit.xml", 0);
        assert_int_equal(mkfifoat(changing->fd, "junit.xml", 0600), 0);
    }
}

static void changes(void **state)
{
    (void)state;
    static const struct {
        void (*change)(const char *path);
        int code;
        const char *text;
    } ways[] = {
        {grow, -EBUSY, "junit.xml: its size changed"},       {shrink, -EBUSY, "junit.xml: its size changed"},
        {rewrite, -EBUSY, "junit.xml: its content changed"}, {vanish, -ENOENT, "junit.xml: No such file"},
        {become_fifo, -EBUSY, "junit.xml: it was replaced"},
    };
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        autorundir struct rundir run = rundir_make();
        changing = &run;
        before_member = ways[i].change;
        autoerr struct err err = {0};
        int r = pack(&run, BUNDLE_TAR_ZST, &err);
        before_member = NULL;
        assert_int_equal(r, ways[i].code);
        assert_non_null(strstr(err_text(&err), ways[i].text));
        assert_int_equal(faccessat(run.fd, "bundle.tar.zst", F_OK, 0), -1);
        assert_int_equal(faccessat(run.fd, ".bundle.tmp", F_OK, 0), -1);
    }
}

int main(void)
{
    static enum bundle_format zst = BUNDLE_TAR_ZST, gz = BUNDLE_TAR_GZ, zip = BUNDLE_ZIP;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(each_call_fails, &zst),
        cmocka_unit_test_prestate(each_call_fails, &gz),
        cmocka_unit_test_prestate(each_call_fails, &zip),
        cmocka_unit_test_prestate(each_call_fails_without_tmpfile, &zst),
        cmocka_unit_test_prestate(short_writes, &zst),
        cmocka_unit_test_prestate(short_writes, &gz),
        cmocka_unit_test_prestate(short_writes, &zip),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(unreadable),
        cmocka_unit_test(changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Files: written whole or not at all, removed whole and nothing beside them. */
#include "testing.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct fixture {
    char path[32];
    int dir;
};

static int set_up(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    strcpy(f->path, "/tmp/test-io-XXXXXX");
    assert_non_null(mkdtemp(f->path));
    assert_int_equal(chmod(f->path, 0777), 0); /* a test changes its user */
    f->dir = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(f->dir >= 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    int r = io_remove_tree(AT_FDCWD, f->path);
    close(f->dir);
    free(f);
    return r;
}

static bool exists(const struct fixture *f, const char *name)
{
    struct stat st;
    return fstatat(f->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void files_read_back(void **state)
{
    const struct fixture *f = *state;
    autobuf struct buf big = {0}, back = {0};
    memset(buf_reserve(&big, 200000), 'x', 200000);
    big.len = 200000;
    assert_int_equal(io_write_file(f->dir, "big", big.data, big.len), 0);
    buf_adds(&back, "kept:");
    assert_int_equal(io_read_file(f->dir, "big", SIZE_MAX, &back), 0);
    assert_int_equal(back.len, 200005);
    assert_memory_equal(back.data, "kept:xxx", 8);
    buf_clear(&back);
    assert_int_equal(io_read_file(f->dir, "big", 200000, &back), 0);
    buf_clear(&back);
    assert_int_equal(io_read_file(f->dir, "big", 199999, &back), -EFBIG);
    assert_int_equal(io_read_file(f->dir, "missing", SIZE_MAX, &back), -ENOENT);
}

static void files_are_private(void **state)
{
    const struct fixture *f = *state;
    struct stat st;
    umask(0);
    assert_int_equal(io_write_file(f->dir, "private", "x", 1), 0);
    assert_int_equal(fstatat(f->dir, "private", &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(io_mkdirs(f->dir, "a/b/c"), 0);
    assert_int_equal(fstatat(f->dir, "a/b", &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(io_mkdirs(f->dir, "a/b/c"), 0); /* again */
    assert_int_equal(io_mkdirs(f->dir, "private"), -ENOTDIR);
    assert_true(io_mkdirs(f->dir, "private/below") < 0);
}

static void a_failed_write_leaves_the_old_file(void **state)
{
    const struct fixture *f = *state;
    assert_int_equal(io_write_file(f->dir, "report", "old", 3), 0);
    pid_t pid = fork();
    if (pid == 0) { /* a file limit stands for the full disk */
        static char large[64 * 1024];
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){4096, 4096});
        _exit(io_write_file(f->dir, "report", large, sizeof large) == -EFBIG ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    autobuf struct buf back = {0};
    assert_int_equal(io_read_file(f->dir, "report", SIZE_MAX, &back), 0);
    assert_string_equal(buf_str(&back), "old");
    autoclosedir DIR *dir = opendir(f->path);
    int n = 0;
    for (struct dirent *e; (e = readdir(dir));)
        n += e->d_name[0] != '.';
    assert_int_equal(n, 1); /* no temporary file beside it */
}

static void writing_replaces_a_link_not_its_target(void **state)
{
    const struct fixture *f = *state;
    assert_int_equal(io_write_file(f->dir, "target", "old", 3), 0);
    assert_int_equal(symlinkat("target", f->dir, "link"), 0);
    assert_int_equal(io_write_file(f->dir, "link", "new", 3), 0);
    autobuf struct buf back = {0};
    assert_int_equal(io_read_file(f->dir, "target", SIZE_MAX, &back), 0);
    assert_string_equal(buf_str(&back), "old");
}

static void trees_go_and_links_are_not_followed(void **state)
{
    const struct fixture *f = *state;
    assert_int_equal(io_mkdirs(f->dir, "outside"), 0);
    assert_int_equal(io_write_file(f->dir, "outside/precious", "x", 1), 0);
    assert_int_equal(io_mkdirs(f->dir, "tree/a/b"), 0);
    assert_int_equal(io_write_file(f->dir, "tree/a/b/file", "x", 1), 0);
    assert_int_equal(symlinkat("../outside", f->dir, "tree/to-a-folder"), 0);
    assert_int_equal(symlinkat("../outside/precious", f->dir, "tree/to-a-file"), 0);
    assert_int_equal(symlinkat("nowhere", f->dir, "tree/dangling"), 0);
    assert_int_equal(mkfifoat(f->dir, "tree/fifo", 0600), 0); /* opening it would hang */
    assert_int_equal(io_remove_tree(f->dir, "tree"), 0);
    assert_false(exists(f, "tree"));
    assert_true(exists(f, "outside/precious"));
    assert_int_equal(io_remove_tree(f->dir, "tree"), 0); /* a missing one is success */
    assert_int_equal(symlinkat("outside", f->dir, "link"), 0);
    assert_int_equal(io_remove_tree(f->dir, "link"), 0);
    assert_false(exists(f, "link"));
    assert_true(exists(f, "outside/precious"));
}

/* Root passes every bar: as somebody else then. */
static void barred_modes_do_not_keep_a_tree(void **state)
{
    const struct fixture *f = *state;
    pid_t pid = fork();
    if (pid == 0) {
        enum { NOBODY = 65534 };
        if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) < 0)
            _exit(2);
        static const mode_t modes[] = {0000, 0100, 0200, 0400, 0500, 0600};
        int bad = 0;
        for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
            if (io_mkdirs(f->dir, "barred/inner") < 0 || io_write_file(f->dir, "barred/inner/file", "x", 1) < 0)
                _exit(3);
            fchmodat(f->dir, "barred/inner", modes[i], 0);
            fchmodat(f->dir, "barred", modes[i], 0);
            bad += io_remove_tree(f->dir, "barred") != 0 || exists(f, "barred");
        }
        _exit(bad ? 1 : 0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void pipes_block_the_writer_only(void **state)
{
    (void)state;
    int fds[2];
    assert_int_equal(io_pipe(fds), 0);
    char byte;
    assert_int_equal(read(fds[0], &byte, 1), -1);
    assert_int_equal(errno, EAGAIN);
    assert_false(fcntl(fds[1], F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fds[0], F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(fds[1], F_GETFD) & FD_CLOEXEC);
    close(fds[0]);
    assert_int_equal(io_write_all(fds[1], "x", 1), -EPIPE);
    close(fds[1]);
}

/* In the place of the C library's: as NFS does it. */
static bool knows_no_flags;

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
    if (knows_no_flags && flags) {
        errno = EINVAL;
        return -1;
    }
    return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

static void a_new_name_takes_nobodys_place(void **state)
{
    const struct fixture *f = *state;
    autofree char *one = xasprintf("%s/one", f->path), *two = xasprintf("%s/two", f->path);
    for (int i = 0; i < 2; i++) {
        knows_no_flags = i > 0;
        assert_int_equal(mkdir(one, 0700), 0);
        assert_int_equal(io_rename_new(one, two), 0);
        assert_int_equal(access(one, F_OK), -1);
        assert_int_equal(mkdir(one, 0700), 0);
        assert_int_equal(io_rename_new(one, two), -EEXIST); /* rename() would replace an empty folder */
        assert_int_equal(rmdir(one), 0);
        assert_int_equal(rmdir(two), 0);
    }
    knows_no_flags = false;
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_read_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_are_private, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failed_write_leaves_the_old_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writing_replaces_a_link_not_its_target, set_up, tear_down),
        cmocka_unit_test_setup_teardown(trees_go_and_links_are_not_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(barred_modes_do_not_keep_a_tree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_name_takes_nobodys_place, set_up, tear_down),
        cmocka_unit_test(pipes_block_the_writer_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

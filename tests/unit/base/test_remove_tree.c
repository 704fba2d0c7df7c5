/* SPDX-License-Identifier: Apache-2.0 */
/* Trees that strangers made go: deep ones, wide ones, random ones; and what can't go is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/remove_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

enum { NOBODY = 65534 };

static char top[40];

static int set_up(void **state)
{
    (void)state;
    strcpy(top, "/tmp/test-remove-XXXXXX");
    return mkdtemp(top) && chdir(top) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return chdir("/") == 0 && io_remove_tree(AT_FDCWD, top) == 0 ? 0 : -1;
}

static bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static int remove_it(const char *path)
{
    struct removal r = {0};
    int e = remove_tree(AT_FDCWD, path, &r);
    free(r.left);
    return e;
}

static void make_deep(const char *name, unsigned depth)
{
    int fd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (unsigned i = 0; i < depth; i++) {
        const char *next = i == 0 ? name : "d";
        if (mkdirat(fd, next, 0700) < 0)
            fail_msg("level %u: %s", i, strerror(errno));
        int below = openat(fd, next, O_PATH | O_DIRECTORY | O_CLOEXEC);
        close(fd);
        fd = below;
    }
    close(openat(fd, "bottom", O_WRONLY | O_CREAT | O_CLOEXEC, 0));
    close(fd);
}

/* The lowest number that is free, and two more. */
static void leave_two_descriptors(void)
{
    int next = dup(0);
    close(next);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){(rlim_t)next + 2, (rlim_t)next + 2}), 0);
}

static void *remove_deep(void *result)
{
    *(int *)result = remove_it("deep");
    return NULL;
}

static _Noreturn void remove_with_little(void)
{
    leave_two_descriptors();
    pthread_attr_t small;
    pthread_t thread;
    int result = -1;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 64 * 1024);
    if (pthread_create(&thread, &small, remove_deep, &result) != 0)
        _exit(2);
    pthread_join(thread, NULL);
    _exit(result == 0 && !exists("deep") ? 0 : 1);
}

static int in_a_process(void (*run)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        run();
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

/* Deeper than descriptors last, than a path is long, than a stack of 64 KiB bears recursion. */
static void depth_takes_neither_descriptors_nor_stack(void **state)
{
    (void)state;
    static const unsigned depths[] = {1, 2, 600, 3000};
    for (size_t i = 0; i < ARRAY_LEN(depths); i++) {
        make_deep("deep", depths[i]);
        assert_int_equal(in_a_process((void (*)(void))remove_with_little), 0);
        assert_false(exists("deep"));
    }
}

static bool until(void *most, uint64_t steps)
{
    return steps <= *(uint64_t *)most;
}

static void a_bound_ends_it_and_it_can_be_begun_again(void **state)
{
    (void)state;
    assert_int_equal(mkdir("wide", 0700), 0);
    for (int i = 0; i < 500; i++) {
        autofree char *path = xasprintf("wide/%d", i);
        assert_int_equal(i % 2 ? mkdir(path, 0700) : mknod(path, S_IFREG | 0600, 0), 0);
    }
    uint64_t most = 200;
    struct removal r = {.go_on = until, .data = &most};
    int rounds = 0;
    while (remove_tree(AT_FDCWD, "wide", &r) == -ECANCELED) {
        assert_true(exists("wide"));
        assert_null(r.left);
        r.steps = 0;
        rounds++;
    }
    assert_int_equal(rounds, 2);
    assert_false(exists("wide"));
}

static _Noreturn void remove_what_is_roots(void)
{
    if (setresuid(NOBODY, NOBODY, NOBODY) < 0)
        _exit(2);
    struct removal r = {0};
    if (mkdir("mine/inner/below", 0700) < 0 || mkdir("mine/inner/below/again", 0) < 0)
        _exit(3);
    int e = remove_tree(AT_FDCWD, "mine", &r);
    bool named = r.left && strcmp(r.left, "mine/inner/roots/file") == 0;
    bool rest_is_gone = !exists("mine/other") && !exists("mine/inner/below") && exists("mine/inner/roots/file");
    _exit(e == -EACCES && r.error == e && named && rest_is_gone ? 0 : 1);
}

static void what_is_anothers_stays_and_is_named(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    static const char *const folders[] = {"mine", "mine/inner", "mine/other"};
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        assert_int_equal(mkdir(folders[i], 0700), 0);
        assert_int_equal(chown(folders[i], NOBODY, NOBODY), 0);
    }
    assert_int_equal(chown(top, NOBODY, NOBODY), 0);
    assert_int_equal(mkdir("mine/inner/roots", 0755), 0);
    assert_int_equal(mknod("mine/inner/roots/file", S_IFREG | 0600, 0), 0);
    assert_int_equal(in_a_process((void (*)(void))remove_what_is_roots), 0);
}

/* ---- random trees ------------------------------------------------------------------------------------------- */

static uint64_t seed;

static unsigned pick(unsigned n)
{
    seed ^= seed << 13; /* xorshift64 */
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed % n);
}

static void random_name(char name[256])
{
    static const char *const odd[] = {"a\nb", "-rf", "*", " ", "\x01\x7f", "\xff\xfe", "..x", "'\"", "~", "\033[2J"};
    unsigned serial = pick(100000);
    if (pick(4) == 0)
        snprintf(name, 256, "%s%u", odd[pick(ARRAY_LEN(odd))], serial);
    else if (pick(20) == 0)
        snprintf(name, 256, "%0255u", serial);
    else
        snprintf(name, 256, "f%u", serial);
}

static void make_socket(int dirfd, const char *name)
{
    autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "/proc/self/fd/%d/%.40s", dirfd, name);
    int r = bind(fd, (struct sockaddr *)&a, sizeof a);
    (void)r;
}

static void make_random(int dirfd, unsigned depth)
{
    static const mode_t modes[] = {0000, 0100, 0200, 0400, 0500, 0600, 0700, 0777};
    for (unsigned n = pick(6); n-- > 0;) {
        char name[256];
        random_name(name);
        switch (pick(6)) {
        case 0:
            close(openat(dirfd, name, O_WRONLY | O_CREAT | O_CLOEXEC, modes[pick(ARRAY_LEN(modes))]));
            break;
        case 1:
            assert_true(symlinkat(pick(2) ? "../../precious" : "nowhere", dirfd, name) == 0 || errno == EEXIST);
            break;
        case 2:
            assert_true(mkfifoat(dirfd, name, 0600) == 0 || errno == EEXIST);
            break;
        case 3:
            make_socket(dirfd, name);
            break;
        default:
            if (mkdirat(dirfd, name, 0700) < 0)
                break;
            autoclose int below = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            if (depth > 0)
                make_random(below, depth - 1);
            assert_int_equal(fchmod(below, modes[pick(ARRAY_LEN(modes))]), 0);
        }
    }
}

static _Noreturn void random_trees(void)
{
    if (geteuid() == 0 && (chown(top, NOBODY, NOBODY) < 0 || setresuid(NOBODY, NOBODY, NOBODY) < 0))
        _exit(2);
    if (mkdir("precious", 0700) < 0 || mknod("precious/file", S_IFREG | 0600, 0) < 0)
        _exit(3);
    for (uint64_t i = 1; i <= 300; i++) {
        seed = i * UINT64_C(0x9e3779b97f4a7c15);
        if (mkdir("tree", 0700) < 0)
            _exit(4);
        int fd = open("tree", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        make_random(fd, 9);
        close(fd);
        if (remove_it("tree") != 0 || exists("tree") || !exists("precious/file")) {
            fprintf(stderr, "seed %llu\n", (unsigned long long)i);
            _exit(1);
        }
    }
    _exit(0);
}

static void random_trees_go(void **state)
{
    (void)state;
    assert_int_equal(in_a_process((void (*)(void))random_trees), 0);
}

static void a_path_that_is_missing_or_no_folder(void **state)
{
    (void)state;
    assert_int_equal(remove_it("missing"), 0);
    assert_int_equal(remove_it("missing/too"), 0);
    assert_int_equal(mknod("file", S_IFREG | 0600, 0), 0);
    assert_int_equal(remove_it("file"), 0);
    assert_int_equal(symlink("/", "link"), 0);
    assert_int_equal(remove_it("link"), 0);
    assert_false(exists("link"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(depth_takes_neither_descriptors_nor_stack, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bound_ends_it_and_it_can_be_begun_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_anothers_stays_and_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_trees_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_path_that_is_missing_or_no_folder, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

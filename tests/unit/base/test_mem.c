/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is always there: sizes of nothing, growth, the arena's alignment and reuse, and the end without memory.
 */
#include "testing.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void nothing_is_something(void **state)
{
    (void)state;
    void *a = xmalloc(0), *b = xcalloc(0, 8), *c = xreallocarray(NULL, 0, 0);
    assert_non_null(a);
    assert_non_null(b);
    assert_non_null(c);
    free(a);
    free(b);
    free(c);
}

static void arrays_grow(void **state)
{
    (void)state;
    struct item {
        uint32_t number;
        char letter;
    } *items = NULL;
    size_t n = 0, cap = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        GROW(items, n, cap);
        items[n++] = (struct item){i, (char)('a' + i % 26)};
        assert_true(cap >= n);
    }
    for (uint32_t i = 0; i < 1000; i++)
        assert_true(items[i].number == i && items[i].letter == (char)('a' + i % 26));
    free(items);
}

static void ownership_leaves_by_stealing(void **state)
{
    (void)state;
    char *taken = NULL;
    {
        autofree char *owned = xstrdup("kept");
        taken = steal_ptr(&owned);
        assert_null(owned);
    }
    assert_string_equal(taken, "kept");
    free(taken);
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    int kept = -1;
    {
        autoclose int closed = fds[0];
        autoclose int stolen = fds[1];
        (void)closed;
        kept = steal_fd(&stolen);
        errno = EIO;
    }
    assert_int_equal(errno, EIO); /* a release preserves it */
    assert_int_equal(write(kept, "x", 1), -1);
    close(kept);
}

static void the_arena_is_aligned_and_zeroed(void **state)
{
    (void)state;
    struct arena a = {0};
    for (size_t i = 1; i < 300; i++) {
        char *p = arena_alloc(&a, i);
        assert_int_equal((uintptr_t)p % 8, 0);
        for (size_t k = 0; k < i; k++)
            assert_int_equal(p[k], 0);
        memset(p, 0xff, i);
    }
    char *huge = arena_alloc(&a, 1 << 20);
    memset(huge, 1, 1 << 20);
    char *small = arena_strdup(&a, "after a huge one");
    assert_string_equal(small, "after a huge one");
    assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
    assert_string_equal(arena_strndup(&a, "ab", 30), "ab");
    arena_free(&a);
    arena_free(&a); /* an empty one */
}

static void a_reset_arena_starts_anew(void **state)
{
    (void)state;
    struct arena a = {0};
    arena_reset(&a);
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 50; i++)
            memset(arena_alloc(&a, 3000), 0xaa, 3000);
        arena_reset(&a);
        char *p = arena_alloc(&a, 64);
        for (int i = 0; i < 64; i++)
            assert_int_equal(p[i], 0);
    }
    arena_free(&a);
}

static void ends_with_status_3_without_memory(void **state)
{
    (void)state;
#if defined(__SANITIZE_ADDRESS__)
    skip(); /* the sanitizer ends the process itself */
#endif
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
    skip();
#endif
#endif
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(fds[1], STDERR_FILENO);
        setrlimit(RLIMIT_AS, &(struct rlimit){64 << 20, 64 << 20});
        free(xmalloc((size_t)1 << 40));
        _exit(0);
    }
    close(fds[1]);
    char text[64] = "";
    assert_true(read(fds[0], text, sizeof text - 1) > 0);
    assert_string_equal(text, "muster: out of memory\n");
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    close(fds[0]);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_something),         cmocka_unit_test(arrays_grow),
        cmocka_unit_test(ownership_leaves_by_stealing), cmocka_unit_test(the_arena_is_aligned_and_zeroed),
        cmocka_unit_test(a_reset_arena_starts_anew),    cmocka_unit_test(ends_with_status_3_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

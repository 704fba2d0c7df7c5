/* SPDX-License-Identifier: Apache-2.0 */
/* The libraries that the kit loads when they are first needed: not before, once, and with a clear word when missing. */
#include "fake_host.h"
#include "libcurl.h"
#include "library.h"

#include <muster/kit/http.h>
#include <muster/kit/sql.h>
#include <muster/kit/ws.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define THREADS 8

static int missing; /* every library is, for now */
static int loads;

void *__real_dlopen(const char *name, int flags);
void *__wrap_dlopen(const char *name, int flags);
void *__wrap_dlopen(const char *name, int flags)
{
    __atomic_add_fetch(&loads, 1, __ATOMIC_SEQ_CST);
    return __real_dlopen(missing ? "libmuster-nowhere.so.1" : name, flags);
}

static int is_mapped(const char *what)
{
    char line[1024];
    int found = 0;
    FILE *maps = fopen("/proc/self/maps", "re");
    assert_non_null(maps);
    while (!found && fgets(line, sizeof line, maps))
        found = strstr(line, what) != NULL;
    fclose(maps);
    return found;
}

static void a_missing_library_is_named_with_its_package(void **state)
{
    char why[256];
    void *place;
    const struct lazy_symbol symbols[] = {{"cos", &place}};
    (void)state;
    assert_int_equal(lazy_load("libmuster-nowhere.so.1", "nowhere1", symbols, 1, why, sizeof why), -1);
    assert_non_null(strstr(why, "libmuster-nowhere.so.1 cannot be loaded"));
    assert_non_null(strstr(why, "Debian has it in nowhere1"));
}

static void a_missing_function_is_named(void **state)
{
    char why[256];
    void *place, *other;
    const struct lazy_symbol symbols[] = {{"cos", &place}, {"muster_nowhere", &other}};
    (void)state;
    assert_int_equal(lazy_load("libm.so.6", "libc6", symbols, 1, why, sizeof why), 0);
    assert_non_null(place);
    assert_int_equal(lazy_load("libm.so.6", "libc6", symbols, 2, why, sizeof why), -1);
    assert_non_null(strstr(why, "it has no muster_nowhere"));
}

static void nothing_is_loaded_before_it_is_needed(void **state)
{
    (void)state;
    assert_false(is_mapped("libcurl"));
    assert_false(is_mapped("libssl"));
    assert_false(is_mapped("libpq"));
    assert_false(is_mapped("libsqlite3"));
}

static void *load_it(void *gate)
{
    const char *why;
    pthread_barrier_wait(gate);
    return (void *)(uintptr_t)lazy_libcurl(&why);
}

/* In a process of its own: what was loaded stays. */
static int threads_that_differ(void)
{
    pthread_t threads[THREADS];
    pthread_barrier_t gate;
    void *first = NULL, *got;
    int differ = 0, before = loads;
    pthread_barrier_init(&gate, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, load_it, &gate) != 0)
            return -1;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &got);
        first = first ? first : got;
        differ += !got || got != first;
    }
    return differ || loads != before + 1 || !is_mapped("libcurl");
}

static void many_threads_load_it_once(void **state)
{
    int status;
    (void)state;
    pid_t child = fork();
    if (child == 0)
        _exit(threads_that_differ() ? 1 : 0);
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void without_it_a_client_is_an_error(void **state)
{
    struct fake_host h;
    struct m_ws_refusal why;
    (void)state;
    missing = 1;
    fake_host_init(&h);
    for (int again = 0; again < 2; again++) {
        RUN(&h, m_http_open(&h.ctx, "http://127.0.0.1:1", NULL));
        assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
        assert_non_null(strstr(h.reason, "no HTTP: libcurl.so.4 cannot be loaded"));
        assert_non_null(strstr(h.reason, "libcurl4"));
    }
    RUN(&h, m_ws_try_open(&h.ctx, "ws://127.0.0.1:1", NULL, &why));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_non_null(strstr(h.reason, "no WebSocket: libcurl.so.4 cannot be loaded"));
    RUN(&h, m_sql_open(&h.ctx, "postgresql://127.0.0.1", NULL));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_non_null(strstr(h.reason, "no PostgreSQL: libpq.so.5 cannot be loaded"));
    RUN(&h, m_sql_open(&h.ctx, "sqlite::memory:", NULL));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_non_null(strstr(h.reason, "no SQLite: libsqlite3.so.0 cannot be loaded"));
    assert_non_null(strstr(h.reason, "Debian has it in libsqlite3-0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_library_is_named_with_its_package),
        cmocka_unit_test(a_missing_function_is_named),
        cmocka_unit_test(nothing_is_loaded_before_it_is_needed),
        cmocka_unit_test(many_threads_load_it_once),
        cmocka_unit_test(without_it_a_client_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

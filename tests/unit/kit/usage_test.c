/* SPDX-License-Identifier: Apache-2.0 */
/* The kit's monitor, what is pure of it: usage of readings, series, and control groups of either version as files. */
#include "fake_host.h"
#include "series.h"
#include "source.h"
#include "usage.h"

#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct reading reading_of(double time_ms, double rss, double cpu_ms)
{
    struct reading r;
    reading_none(&r);
    r.time_ms = time_ms;
    if (!isnan(rss))
        reading_add(&r, Q_rss, rss);
    reading_add(&r, Q_cpu_ms, cpu_ms);
    return r;
}

static void usage_is_of_time_and_not_of_samples(void **state)
{
    struct window w;
    (void)state;
    monitor_window_begin(&w);
    struct reading r[] = {reading_of(1000, 10, 500), reading_of(2000, 30, 600), reading_of(2001, 30, 600),
                          reading_of(2002, 30, 600), reading_of(3000, 10, 700)};
    for (size_t i = 0; i < sizeof r / sizeof r[0]; i++)
        monitor_window_add(&w, &r[i]);
    struct m_usage u = monitor_window_usage(&w);
    assert_int_equal(u.samples, 5);
    assert_true(u.time_ms == 2000);
    assert_true(u.rss.first == 10 && u.rss.last == 10 && u.rss.peak == 30 && u.rss.growth == 0);
    assert_true(fabs(u.rss.mean - 20) < 0.1); /* of the samples it would be 22 */
    assert_true(u.cpu_ms.growth == 200 && u.cpu_ms.first == 500);
    assert_true(fabs(u.cpu_percent.mean - 10) < 1e-9 && u.cpu_percent.peak == u.cpu_percent.mean);
    assert_true(isnan(u.pss.peak) && isnan(u.pss.mean) && isnan(u.pss.growth));
}

static void a_value_that_is_missing_for_a_while_is_passed_over(void **state)
{
    struct window w;
    (void)state;
    monitor_window_begin(&w);
    struct reading r[] = {reading_of(0, NAN, 0), reading_of(100, 8, 0), reading_of(200, NAN, 0), reading_of(300, 6, 0)};
    reading_fail(&r[2], Q_rss, EACCES);
    for (size_t i = 0; i < 4; i++)
        monitor_window_add(&w, &r[i]);
    struct m_usage u = monitor_window_usage(&w);
    assert_true(u.rss.first == 8 && u.rss.last == 6 && u.rss.peak == 8 && u.rss.mean == 7 && u.rss.growth == -2);
    assert_int_equal(w.error[Q_rss], EACCES);
}

static void what_can_not_be_had_of_one_can_not_be_had_of_all(void **state)
{
    struct reading r;
    (void)state;
    reading_none(&r);
    reading_add(&r, Q_fds, 3);
    reading_fail(&r, Q_fds, EACCES);
    reading_add(&r, Q_fds, 4);
    assert_true(isnan(r.value[Q_fds]));
    assert_int_equal(r.error[Q_fds], EACCES);
}

static void offsets_lead_to_quantities(void **state)
{
    struct m_usage u;
    (void)state;
    assert_int_equal(monitor_quantity_at(offsetof(struct m_usage, cpu_ms.first)), Q_cpu_ms);
    assert_int_equal(monitor_quantity_at(offsetof(struct m_usage, sent_bytes.growth)), Q_sent_bytes);
    assert_int_equal(monitor_quantity_at(offsetof(struct m_usage, samples)), N_QUANTITIES);
    assert_ptr_equal(monitor_usage_of(&u, Q_rss), &u.rss);
    assert_string_equal(monitor_quantity_name[Q_received_bytes], "received_bytes");
    assert_string_equal(monitor_quantity_unit[Q_pss], "bytes");
}

/* Whatever comes, the first is kept, all are equally far apart, and at least half of the room is used. */
static void a_series_is_bounded_and_even(void **state)
{
    struct series s;
    (void)state;
    assert_true(monitor_series_begin(&s, 17));
    for (int i = 0; i < 100000; i++) {
        struct reading r = reading_of(i, i, 0);
        monitor_series_add(&s, &r);
        assert_true(s.n <= 17);
        assert_true(i < 17 || s.n >= 8);
    }
    for (size_t i = 0; i < s.n; i++)
        assert_true(s.kept[i].time_ms == (double)(i * s.every));
    assert_int_equal(s.every, 8192);
    monitor_series_free(&s);
}

static void a_series_is_written_as_json_lines(void **state)
{
    struct series s;
    char text[512] = "";
    (void)state;
    assert_true(monitor_series_begin(&s, 16));
    struct reading r[] = {reading_of(5000.5, 4096, 20), reading_of(5100.75, NAN, 20.25)};
    monitor_series_add(&s, &r[0]);
    monitor_series_add(&s, &r[1]);
    FILE *out = fmemopen(text, sizeof text, "w");
    monitor_series_write(&s, out);
    fclose(out);
    monitor_series_free(&s);
    assert_string_equal(text, "{\"time_ms\":0.0,\"cpu_ms\":20,\"rss\":4096}\n{\"time_ms\":100.2,\"cpu_ms\":20.25}\n");
}

/* ---- control groups, as their files look ---- */

static void put(const char *root, const char *path, const char *text)
{
    char whole[512];
    snprintf(whole, sizeof whole, "%s/%s", root, path);
    for (char *slash = whole + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(whole, 0700);
        *slash = '/';
    }
    FILE *out = fopen(whole, "we");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static void drop(const char *root)
{
    assert_int_equal(nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static void a_group_of_version_2(void **state)
{
    char root[] = "/tmp/muster-usage-XXXXXX", self[16];
    struct source s;
    struct reading r;
    (void)state;
    assert_non_null(mkdtemp(root));
    snprintf(self, sizeof self, "%d\n", (int)getpid());
    put(root, "cgroup.controllers", "cpu io memory\n");
    put(root, "shop/web/cpu.stat", "usage_usec 1500250\nuser_usec 1000000\nsystem_usec 500250\n");
    put(root, "shop/web/memory.current", "73400320\n");
    put(root, "shop/web/io.stat",
        "8:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=9 dios=1\n"
        "8:16 rbytes=1 wbytes=2 rios=1 wios=1 dbytes=0 dios=0\n");
    put(root, "shop/web/cgroup.procs", "");
    put(root, "shop/web/below/cgroup.procs", self);
    assert_int_equal(monitor_source_cgroup(&s, root, "/shop/nobody"), ENOENT);
    assert_int_equal(monitor_source_cgroup(&s, root, "/shop/web/"), 0);
    reading_none(&r);
    assert_true(s.read(&s, &r));
    assert_true(r.value[Q_cpu_ms] == 1500.25);
    assert_true(r.value[Q_memory] == 73400320);
    assert_true(r.value[Q_read_bytes] == 4097 && r.value[Q_written_bytes] == 8194);
    assert_true(r.value[Q_processes] == 1 && r.value[Q_rss] > 0 && r.value[Q_fds] >= 3);
    monitor_source_free(&s);
    drop(root);
}

static void a_group_of_version_1(void **state)
{
    char root[] = "/tmp/muster-usage-XXXXXX";
    struct source s;
    struct reading r;
    (void)state;
    assert_non_null(mkdtemp(root));
    put(root, "cpuacct/shop/cpuacct.usage", "1500250000\n");
    put(root, "memory/shop/memory.usage_in_bytes", "73400320\n");
    put(root, "blkio/shop/blkio.throttle.io_service_bytes",
        "8:0 Read 4096\n8:0 Write 8192\n8:0 Sync 1\n8:0 Async 2\n8:0 Total 12288\nTotal 12288\n");
    assert_int_equal(monitor_source_cgroup(&s, root, "shop"), 0);
    reading_none(&r);
    assert_true(s.read(&s, &r));
    assert_true(r.value[Q_cpu_ms] == 1500.25);
    assert_true(r.value[Q_memory] == 73400320);
    assert_true(r.value[Q_read_bytes] == 4096 && r.value[Q_written_bytes] == 8192);
    assert_true(r.value[Q_processes] == 0);
    put(root, "blkio/shop/blkio.throttle.io_service_bytes_recursive", "8:0 Read 5000\n8:0 Write 9000\nTotal 14000\n");
    reading_none(&r);
    assert_true(s.read(&s, &r));
    assert_true(r.value[Q_read_bytes] == 5000 && r.value[Q_written_bytes] == 9000);
    monitor_source_free(&s);
    drop(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usage_is_of_time_and_not_of_samples),
        cmocka_unit_test(a_value_that_is_missing_for_a_while_is_passed_over),
        cmocka_unit_test(what_can_not_be_had_of_one_can_not_be_had_of_all),
        cmocka_unit_test(offsets_lead_to_quantities),
        cmocka_unit_test(a_series_is_bounded_and_even),
        cmocka_unit_test(a_series_is_written_as_json_lines),
        cmocka_unit_test(a_group_of_version_2),
        cmocka_unit_test(a_group_of_version_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

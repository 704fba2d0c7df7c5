/* SPDX-License-Identifier: Apache-2.0 */
/* The kit's monitor on loads that are known: what it says against what the loads themselves say. */
#include "fake_host.h"
#include "load.h"

#include <fcntl.h>
#include <math.h>
#include <muster/kit/monitor.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define MIB ((size_t)1 << 20)

/* As factors, since the machine is shared and counts in steps. */
static void assert_about(double got, double wanted, double factor)
{
    if (!(got >= wanted / factor && got <= wanted * factor))
        fail_msg("%.1f is not within a factor of %.2f of %.1f", got, factor, wanted);
}

static struct m_monitor *watch(struct fake_host *h, const struct load *l, int tree)
{
    struct muster_ctx *t = &h->ctx;
    return M_MONITOR(t, .name = "load", .pid = l->pid, .tree = tree, .interval_ms = 20);
}

/* What the load did, and what a monitor saw of it. */
static struct m_usage seen_of(struct fake_host *h, void (*work)(void), int tree, struct rusage *ret)
{
    struct load l = load_start(work);
    struct m_monitor *m = watch(h, &l, tree);
    *ret = load_work(&l);
    struct m_usage u = m_monitor_usage(m);
    m_monitor_stop(m);
    load_end(&l);
    return u;
}

static double cpu_of(const struct rusage *u)
{
    return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1e3 +
           (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e3;
}

/* ---- loads ---- */

static void burn(void)
{
    burn_ms(400);
}

static void burn_in_children(void)
{
    for (int i = 0; i < 4; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            burn_ms(100);
            _exit(0);
        }
        waitpid(pid, NULL, 0);
    }
}

static void allocate(void)
{
    char *p = mmap(NULL, 64 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        abort();
    memset(p, 1, 64 * MIB);
}

static void open_many(void)
{
    for (int i = 0; i < 100; i++)
        if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
            abort();
}

static void write_much(void)
{
    static char block[64 * 1024];
    char path[] = "muster-monitor-XXXXXX"; /* beside the test: /tmp may be memory */
    int fd = mkostemp(path, O_CLOEXEC);
    unlink(path);
    for (size_t i = 0; i < 8 * MIB / sizeof block; i++)
        if (write(fd, block, sizeof block) != (ssize_t)sizeof block)
            abort();
    fsync(fd);
    close(fd);
}

static void *stay(void *barrier)
{
    pthread_barrier_wait(barrier);
    for (;;)
        pause();
    return NULL;
}

static void start_threads(void)
{
    static pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, 11);
    for (int i = 0; i < 10; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, stay, &barrier) != 0)
            abort();
    }
    pthread_barrier_wait(&barrier);
}

/* ---- quantities ---- */

static void processor_time_is_the_processes_own(void **state)
{
    struct fake_host h;
    struct rusage own;
    (void)state;
    fake_host_init(&h);
    struct m_usage u = seen_of(&h, burn, 0, &own);
    assert_about(u.cpu_ms.growth, cpu_of(&own), 1.15);
    assert_about(u.cpu_percent.mean, u.cpu_ms.growth / u.time_ms * 100, 1.01);
    assert_true(u.cpu_percent.peak >= u.cpu_percent.mean * 0.8);
    assert_true(u.samples >= 3);
    assert_int_equal(u.ended, 0);
}

static void of_a_tree_time_counts_of_those_that_ended_too(void **state)
{
    struct fake_host h;
    struct rusage own;
    (void)state;
    fake_host_init(&h);
    struct m_usage u = seen_of(&h, burn_in_children, 1, &own);
    assert_about(u.cpu_ms.growth, 400, 1.25);
    assert_true(u.processes.first == 1 && u.processes.peak == 2 && u.processes.last == 1);
    u = seen_of(&h, burn_in_children, 0, &own);
    assert_true(u.cpu_ms.growth < 100);
    assert_true(u.processes.peak == 1);
}

static void memory_grows_by_what_is_touched(void **state)
{
    struct fake_host h;
    struct rusage own;
    (void)state;
    fake_host_init(&h);
    struct m_usage u = seen_of(&h, allocate, 0, &own);
    assert_about(u.rss.growth, 64.0 * MIB, 1.1);
    assert_about(u.pss.growth, 64.0 * MIB, 1.1);
    assert_about(u.rss.peak, (double)own.ru_maxrss * 1024, 1.5);
    assert_true(isnan(u.memory.peak));
}

static void descriptors_and_threads_are_counted(void **state)
{
    struct fake_host h;
    struct rusage own;
    (void)state;
    fake_host_init(&h);
    struct m_usage u = seen_of(&h, open_many, 0, &own);
    assert_true(u.fds.growth == 100);
    u = seen_of(&h, start_threads, 0, &own);
    assert_true(u.threads.first == 1 && u.threads.last == 11);
}

static void bytes_to_the_disk_are_counted(void **state)
{
    struct fake_host h;
    struct rusage own;
    (void)state;
    fake_host_init(&h);
    struct m_usage u = seen_of(&h, write_much, 0, &own);
    if (own.ru_oublock == 0)
        skip(); /* this file system tells the kernel of nothing */
    assert_about(u.written_bytes.growth, (double)own.ru_oublock * 512, 1.1);
    assert_about(u.written_bytes.growth, 8.0 * MIB, 1.2);
}

/* In a network of its own, of which only the loopback is up. */
static void send_much(void)
{
    static char packet[8192];
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(9)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), in = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || in < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) != 0 || bind(in, (struct sockaddr *)&to, sizeof to) != 0)
        abort();
    for (size_t i = 0; i < MIB / sizeof packet; i++)
        if (sendto(fd, packet, sizeof packet, 0, (struct sockaddr *)&to, sizeof to) < 0)
            abort();
}

static void bytes_of_a_network_are_its_own(void **state)
{
    struct fake_host h;
    int before = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    (void)state;
    fake_host_init(&h);
    struct muster_ctx *t = &h.ctx;
    if (unshare(CLONE_NEWNET) != 0)
        skip(); /* not for everybody */
    struct load l = load_start(send_much);
    assert_int_equal(setns(before, CLONE_NEWNET), 0);
    close(before);
    struct m_monitor *with = M_MONITOR(t, .name = "with", .pid = l.pid, .loopback = 1);
    struct m_monitor *without = M_MONITOR(t, .name = "without", .pid = l.pid);
    load_work(&l);
    assert_about(m_monitor_usage(with).sent_bytes.growth, (double)MIB, 1.1);
    assert_about(m_monitor_usage(with).received_bytes.growth, (double)MIB, 1.1);
    assert_true(m_monitor_usage(without).sent_bytes.growth == 0);
    m_monitor_stop(with);
    m_monitor_stop(without);
    load_end(&l);
}

/* A real one, where there is one that may be made: of version 1 or 2. */
static int join_group(pid_t pid, const char *controller, char dir[64])
{
    char path[80];
    snprintf(dir, 64, "/sys/fs/cgroup%.10s/muster-monitor-%d", controller, (int)getpid());
    if (mkdir(dir, 0700) != 0)
        return 0;
    snprintf(path, sizeof path, "%.63s/cgroup.procs", dir);
    FILE *out = fopen(path, "we");
    int fine = out && fprintf(out, "%d\n", (int)pid) > 0;
    fine = out && fclose(out) == 0 && fine;
    if (!fine)
        rmdir(dir);
    return fine;
}

static void a_control_group_is_seen_as_a_whole(void **state)
{
    static const char *const controllers[] = {"/memory", "/cpuacct"};
    char dirs[2][64], name[64];
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    struct muster_ctx *t = &h.ctx;
    int second = access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0;
    struct load l = load_start(burn);
    int n = 0;
    while (n < (second ? 1 : 2) && join_group(l.pid, second ? "" : controllers[n], dirs[n]))
        n++;
    if (n < (second ? 1 : 2)) {
        for (int i = 0; i < n; i++)
            rmdir(dirs[i]);
        load_end(&l);
        skip(); /* not for everybody */
    }
    snprintf(name, sizeof name, "/muster-monitor-%d", (int)getpid());
    struct m_monitor *m = M_MONITOR(t, .cgroup = name, .interval_ms = 20);
    struct rusage own = load_work(&l);
    struct m_usage u = m_monitor_usage(m);
    load_end(&l);
    for (int i = 0; i < n; i++)
        assert_int_equal(rmdir(dirs[i]), 0);
    assert_about(u.cpu_ms.growth, cpu_of(&own), 1.15);
    assert_true(u.processes.last == 1 && u.rss.peak > 0);
    struct m_usage after = m_monitor_usage(m);
    assert_int_equal(after.ended, 1);
    m_monitor_stop(m);
    assert_non_null(strstr(h.metrics, "usage.muster-monitor-"));
}

/* ---- its end ---- */

static void a_process_that_ends_is_told_and_no_more_is_counted(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    struct load l = load_start(allocate);
    struct m_monitor *m = watch(&h, &l, 0);
    load_work(&l);
    assert_int_equal(m_monitor_usage(m).ended, 0);
    load_end(&l);
    struct m_usage u = m_monitor_usage(m), again = m_monitor_usage(m);
    assert_int_equal(u.ended, 1);
    assert_int_equal(u.samples, again.samples);
    assert_true(u.rss.peak >= 64.0 * MIB); /* what was seen stays */
    CHECK_USAGE(m, rss.peak, <=, 1);
    assert_non_null(strstr(h.message, "until it ended"));
    m_monitor_stop(m);
    RUN(&h, M_MONITOR(t, .pid = l.pid));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_non_null(strstr(h.reason, "ESRCH") ? h.reason : strstr(h.reason, "ENOENT"));
}

static void samples_are_bounded_and_become_an_artifact(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    struct m_monitor *m = M_MONITOR(t, .name = "self", .pid = getpid(), .interval_ms = 60000, .max_samples = 16);
    for (int i = 0; i < 1000; i++)
        m_monitor_usage(m);
    m_monitor_stop(m);
    struct m_usage u = m_monitor_usage(m);
    assert_int_equal(u.samples, 1002);
    assert_string_equal(h.attached, "usage-self.jsonl");
    int lines = 0;
    for (const char *p = h.evidence; (p = strchr(p, '\n')) != NULL; p++)
        lines++;
    assert_in_range(lines, 8, 16);
    assert_non_null(strstr(h.evidence, "\"fds\":"));
    assert_non_null(strstr(h.metrics, "usage.self.rss.peak;usage.self.rss.mean;usage.self.rss.growth;"));
    assert_null(strstr(h.metrics, "memory"));
    h.attached[0] = '\0';
    m_monitor_stop(m);
    assert_string_equal(h.attached, "");
}

static void the_thread_looks_by_itself(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    struct timespec pause_ms = {0, 5000000};
    (void)state;
    fake_host_init(&h);
    struct m_monitor *m = M_MONITOR(t, .name = "self", .pid = getpid(), .interval_ms = 1);
    int64_t asked = 0;
    do {
        nanosleep(&pause_ms, NULL);
        asked++;
    } while (m_monitor_usage(m).samples < 2 * asked + 10);
    m_monitor_stop(m);
    assert_string_equal(h.deferred, "muster.monitor.stop");
}

/* ---- checks ---- */

static void a_check_shows_both_values(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    struct load l = load_start(allocate);
    struct m_monitor *m = watch(&h, &l, 0);
    load_work(&l);
    assert_true(CHECK_USAGE(m, rss.peak, <=, 640 * MIB));
    assert_true(REQUIRE_USAGE(m, rss.growth, >, 32 * MIB));
    assert_true(CHECK_USAGE(m, time_ms, >, 0));
    assert_int_equal(h.failed, 0);
    assert_false(CHECK_USAGE(m, rss.growth, <=, 32 * MIB, "with %d tenants", 3));
    assert_int_equal(h.line, __LINE__ - 1);
    assert_string_equal(h.expression, "m: rss.growth <= 32 * MIB");
    assert_non_null(strstr(h.actual, " MiB)"));
    assert_string_equal(h.expected, "33554432 (32 MiB)");
    assert_non_null(strstr(h.message, "with 3 tenants; load: "));
    RUN(&h, REQUIRE_USAGE(m, fds.last, ==, 1000));
    assert_int_equal(h.stopped, -1);
    assert_string_equal(h.expression, "m: fds.last == 1000");
    m_monitor_stop(m);
    load_end(&l);
}

static void what_is_not_measured_is_an_error(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    struct m_monitor *m = M_MONITOR(t, .name = "self", .pid = getpid());
    RUN(&h, CHECK_USAGE(m, memory.peak, <=, 1));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_int_equal(h.line, __LINE__ - 2);
    assert_non_null(strstr(h.reason, "self: memory is not measured of what it looks at"));
    RUN(&h, CHECK_USAGE(m, samples, <=, 1));
    assert_non_null(strstr(h.reason, "are no doubles"));
    m_monitor_stop(m);
    RUN(&h, M_MONITOR(t, .name = "none"));
    assert_non_null(strstr(h.reason, ".pid or .cgroup is to be given"));
    RUN(&h, M_MONITOR(t, .pid = 1, .name = "a b"));
    assert_non_null(strstr(h.reason, "the name \"a b\""));
    RUN(&h, M_MONITOR(t, .cgroup = "/no/such/group"));
    assert_non_null(strstr(h.reason, "the control group /no/such/group below /sys/fs/cgroup: ENOENT"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(processor_time_is_the_processes_own),
        cmocka_unit_test(of_a_tree_time_counts_of_those_that_ended_too),
        cmocka_unit_test(memory_grows_by_what_is_touched),
        cmocka_unit_test(descriptors_and_threads_are_counted),
        cmocka_unit_test(bytes_to_the_disk_are_counted),
        cmocka_unit_test(bytes_of_a_network_are_its_own),
        cmocka_unit_test(a_control_group_is_seen_as_a_whole),
        cmocka_unit_test(a_process_that_ends_is_told_and_no_more_is_counted),
        cmocka_unit_test(samples_are_bounded_and_become_an_artifact),
        cmocka_unit_test(the_thread_looks_by_itself),
        cmocka_unit_test(a_check_shows_both_values),
        cmocka_unit_test(what_is_not_measured_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

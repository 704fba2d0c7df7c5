/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-limit: what the kernel asks for N isolated, captured, supervised tests, and nothing else.
 *
 * Every throughput of muster is given as a ratio to this program, so it is tuned rather than naive: the
 * process that forks is small, one clone3() makes child and pidfd at once, a silent test costs one wake-up
 * (its pidfd; the verdict fits into the pipe and is read afterwards), and poll() over a handful of
 * descriptors needs no registration per test. Pipes are new for each test, since a process that a test left
 * behind may hold the old ones; the temporary directory belongs to the slot and is only renewed when used.
 *
 * bench-limit TESTS JOBS [pinned]        exit status 0 when every test reported its verdict
 *
 * `pinned`: a supervisor for each CPU, as far as there are jobs, each with its share of the tests and kept, with the
 * place where its children start, on its CPU; a child may run anywhere again before its test begins. It spares the
 * wake-up of another CPU for each test, which costs as much as the fork: this is the limit. Without it, one supervisor
 * feeds all.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_JOBS = 64, CHILD_VERDICT_FD = 3 };
enum { POLL_DEATH, POLL_STDOUT, POLL_STDERR, POLLS_PER_SLOT };

struct slot {
    pid_t pid; /* 0: free */
    int pidfd;
    int verdict[2]; /* pipes of the test: read end, write end */
    int out[2];
    int err[2];
    int dir; /* its temporary directory, kept from test to test */
    struct timespec dir_untouched;
    char dir_path[64];
};

static size_t captured;
static bool pinned;
static cpu_set_t every_cpu;

static void die(const char *what)
{
    fprintf(stderr, "bench-limit: %s: %s\n", what, strerror(errno));
    exit(3);
}

/* The test: trivially passing. Not inlined, so that it stays a call as a plugin's scenario is one. */
__attribute__((noinline)) static int trivial_test(void)
{
    __asm__ volatile("");
    return 1;
}

__attribute__((noreturn)) static void run_child(const struct slot *slot)
{
    setsid();
    if (fchdir(slot->dir) < 0 || dup2(slot->out[1], STDOUT_FILENO) < 0 || dup2(slot->err[1], STDERR_FILENO) < 0 ||
        dup2(slot->verdict[1], CHILD_VERDICT_FD) < 0)
        _exit(3);
    close_range(CHILD_VERDICT_FD + 1, ~0U, 0);
    if (pinned)
        sched_setaffinity(0, sizeof(every_cpu), &every_cpu);
    char message = trivial_test() ? 'P' : 'F';
    _exit(write(CHILD_VERDICT_FD, &message, 1) == 1 ? 0 : 3);
}

/* Raw: glibc's fork() gives no pidfd, and its handlers have nothing to do in a process with one thread. */
static pid_t fork_with_pidfd(int *ret_pidfd)
{
    struct clone_args args = {.flags = CLONE_PIDFD, .pidfd = (uintptr_t)ret_pidfd, .exit_signal = SIGCHLD};
    return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

/*
 * The write ends stay open here until the test is over: a dying process closes its descriptors before it
 * becomes waitable, and the hang-up of a pipe would wake the supervisor too early, twice a test.
 */
static void start_test(struct slot *slot)
{
    if (pipe2(slot->verdict, O_CLOEXEC | O_NONBLOCK) < 0 || pipe2(slot->out, O_CLOEXEC) < 0 ||
        pipe2(slot->err, O_CLOEXEC) < 0)
        die("pipe2");
    slot->pid = fork_with_pidfd(&slot->pidfd);
    if (slot->pid < 0)
        die("clone3");
    if (slot->pid == 0)
        run_child(slot);
}

/* One read takes all that a pipe of the default size can hold. `fd` is readable. */
static void drain(int fd)
{
    static char buffer[65536];
    ssize_t n = read(fd, buffer, sizeof(buffer));
    if (n > 0)
        captured += (size_t)n;
}

static void renew_dir_if_used(struct slot *slot)
{
    struct stat st;
    if (fstat(slot->dir, &st) < 0)
        die("fstat");
    if (memcmp(&st.st_mtim, &slot->dir_untouched, sizeof(st.st_mtim)) != 0) {
        fprintf(stderr, "bench-limit: a trivial test used its directory\n");
        exit(3);
    }
}

static void close_pipe(const int pipe[2])
{
    close(pipe[0]);
    close(pipe[1]);
}

/* The process is dead: whatever it wrote is in the pipes. Never waits for their end of file. */
static int finish_test(struct slot *slot, const struct pollfd *polls)
{
    char verdict = 0;
    int status;
    if (read(slot->verdict[0], &verdict, 1) < 0 && errno != EAGAIN)
        die("read");
    for (int i = POLL_STDOUT; i <= POLL_STDERR; i++)
        if (polls[i].revents & POLLIN)
            drain(polls[i].fd);
    if (waitpid(slot->pid, &status, 0) != slot->pid)
        die("waitpid");
    close_pipe(slot->verdict);
    close_pipe(slot->out);
    close_pipe(slot->err);
    close(slot->pidfd);
    renew_dir_if_used(slot);
    slot->pid = 0;
    return verdict == 'P' && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void open_slot(struct slot *slot)
{
    const char *tmp = getenv("TMPDIR");
    struct stat st;
    snprintf(slot->dir_path, sizeof(slot->dir_path), "%.40s/bench-limit-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(slot->dir_path))
        die("mkdtemp");
    slot->dir = open(slot->dir_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (slot->dir < 0 || fstat(slot->dir, &st) < 0)
        die(slot->dir_path);
    slot->dir_untouched = st.st_mtim;
}

static void watch(const struct slot *slot, struct pollfd *polls)
{
    int busy = slot->pid != 0;
    polls[POLL_DEATH] = (struct pollfd){.fd = busy ? slot->pidfd : -1, .events = POLLIN};
    polls[POLL_STDOUT] = (struct pollfd){.fd = busy ? slot->out[0] : -1, .events = POLLIN};
    polls[POLL_STDERR] = (struct pollfd){.fd = busy ? slot->err[0] : -1, .events = POLLIN};
}

static unsigned long run_tests(struct slot *slots, unsigned jobs, unsigned long n)
{
    struct pollfd polls[MAX_JOBS * POLLS_PER_SLOT];
    unsigned long started = 0;
    unsigned long ended = 0;
    unsigned long passed = 0;
    for (unsigned i = 0; i < jobs; i++) {
        if (started < n) {
            start_test(&slots[i]);
            started++;
        }
        watch(&slots[i], &polls[i * POLLS_PER_SLOT]);
    }
    while (ended < n) {
        if (poll(polls, jobs * POLLS_PER_SLOT, -1) < 0)
            die("poll");
        for (unsigned i = 0; i < jobs; i++) {
            struct pollfd *mine = &polls[i * POLLS_PER_SLOT];
            if (mine[POLL_DEATH].revents == 0) {
                for (int k = POLL_STDOUT; k <= POLL_STDERR; k++)
                    if (mine[k].revents & POLLIN)
                        drain(mine[k].fd);
                continue;
            }
            passed += (unsigned long)finish_test(&slots[i], mine);
            ended++;
            if (started < n) {
                start_test(&slots[i]);
                started++;
            }
            watch(&slots[i], mine);
        }
    }
    return passed;
}

/* The k-th of those that we may run on. */
static void pin_to_cpu(unsigned k)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &every_cpu) && k-- == 0)
            CPU_SET(cpu, &one);
    if (sched_setaffinity(0, sizeof(one), &one) < 0)
        die("sched_setaffinity");
    pinned = true;
}

struct share {
    unsigned long tests;
    unsigned jobs;
    unsigned long passed; /* to be told */
    size_t captured;
};

static void run_share(struct share *share)
{
    static struct slot slots[MAX_JOBS];
    for (unsigned i = 0; i < share->jobs; i++)
        open_slot(&slots[i]);
    share->passed = run_tests(slots, share->jobs, share->tests);
    share->captured = captured;
    for (unsigned i = 0; i < share->jobs; i++)
        rmdir(slots[i].dir_path);
}

/* What is left over goes to the first ones. */
static unsigned long part_of(unsigned long all, unsigned parts, unsigned k)
{
    return all / parts + (k < all % parts);
}

/* In processes of their own; we are the first of them. */
static void run_shares(struct share *shares, unsigned n)
{
    pid_t pids[MAX_JOBS];
    for (unsigned k = 1; k < n; k++) {
        pids[k] = fork();
        if (pids[k] < 0)
            die("fork");
        if (pids[k] == 0) {
            pin_to_cpu(k);
            run_share(&shares[k]);
            _exit(0);
        }
    }
    pin_to_cpu(0);
    run_share(&shares[0]);
    for (unsigned k = 1; k < n; k++)
        if (waitpid(pids[k], NULL, 0) != pids[k])
            die("waitpid");
}

static void run_pinned(unsigned long tests, unsigned jobs, struct share *ret_sum)
{
    if (sched_getaffinity(0, sizeof(every_cpu), &every_cpu) < 0)
        die("sched_getaffinity");
    unsigned n = jobs < (unsigned)CPU_COUNT(&every_cpu) ? jobs : (unsigned)CPU_COUNT(&every_cpu);
    struct share *shares = mmap(NULL, n * sizeof(*shares), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shares == MAP_FAILED)
        die("mmap");
    for (unsigned k = 0; k < n; k++)
        shares[k] = (struct share){.tests = part_of(tests, n, k), .jobs = (unsigned)part_of(jobs, n, k)};
    run_shares(shares, n);
    for (unsigned k = 0; k < n; k++) {
        ret_sum->passed += shares[k].passed;
        ret_sum->captured += shares[k].captured;
    }
}

int main(int argc, char **argv)
{
    unsigned long n = argc >= 3 ? strtoul(argv[1], NULL, 10) : 0;
    unsigned long jobs = argc >= 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (n == 0 || jobs == 0 || jobs > MAX_JOBS) {
        fprintf(stderr, "usage: bench-limit TESTS JOBS [pinned]\n");
        return 4;
    }
    struct share all = {.tests = n, .jobs = (unsigned)jobs};
    if (argc > 3 && strcmp(argv[3], "pinned") == 0)
        run_pinned(n, (unsigned)jobs, &all);
    else
        run_share(&all);
    printf("%lu tests, %lu passed, %zu bytes captured\n", n, all.passed, all.captured);
    return all.passed == n ? 0 : 1;
}

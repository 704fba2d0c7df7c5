/* SPDX-License-Identifier: Apache-2.0 */
/* The kit's processes: started, ready, told of when they are not, stopped; and ports that nobody else has. This program
 * is also the server that it starts. */
#include "fake_host.h"

#include "ready.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <muster/kit/data.h>
#include <muster/kit/process.h>
#include <muster/kit/wait.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct fake_host h;
static char folder[] = "/tmp/muster-process.XXXXXX";
#define t         (&h.ctx)
#define SH(text_) ARGV("/bin/sh", "-c", text_)

/* ---- the server ----------------------------------------------------------------------------------------------- */

static int listen_on(int port)
{
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 16) < 0) {
        fprintf(stderr, "cannot listen on %d: %s\n", port, strerror(errno));
        exit(3);
    }
    return fd;
}

/* The first requests have no answer, then 503, then what was asked for: a server that comes up slowly. After a time
 * (NULL: never) it accepts connections, and is silent. */
static void serve(int port, const char *status, const char *silent_after_ms)
{
    int fd = listen_on(port);
    const uint64_t silent_at = silent_after_ms ? m_now_ms() + strtoul(silent_after_ms, NULL, 10) : UINT64_MAX;
    for (int n = 0;; n++) {
        char request[1024], answer[64];
        int c = accept(fd, NULL, NULL);
        if (m_now_ms() >= silent_at)
            continue;
        if (c < 0 || recv(c, request, sizeof request, 0) <= 0) {
            close(c); /* who looks whether it accepts */
            n--;
            continue;
        }
        snprintf(answer, sizeof answer, "HTTP/1.1 %s x\r\n\r\n", n < 2 ? "503" : status);
        if (n > 0 && send(c, answer, strlen(answer), MSG_NOSIGNAL) < 0)
            exit(4);
        close(c);
    }
}

/* ---- tests ---------------------------------------------------------------------------------------------------- */

static void wait_until_gone(pid_t pid)
{
    while (kill(pid, 0) == 0)
        poll(NULL, 0, 10);
}

static pid_t number_in(struct m_process *p, const char *before)
{
    const char *line = m_process_line(p, before, 5000);
    assert_non_null(line);
    return (pid_t)strtol(strstr(line, before) + strlen(before), NULL, 10);
}

static int set_up(void **state)
{
    (void)state;
    fake_host_init(&h);
    h.info.artifacts_dir = folder;
    return unsetenv("MUSTER_CASE");
}

static void a_line_makes_it_ready(void **state)
{
    struct m_process *volatile p = NULL;
    (void)state;
    RUN(&h, p = M_PROCESS(t, .argv = SH("echo starting; echo ready at 7; exec sleep 1000"), .ready_line = "ready at",
                          .name = "a server"));
    assert_int_equal(h.stopped, 0);
    assert_true(m_process_is_running(p));
    assert_string_equal(m_process_line(p, "ready", 0), "ready at 7");
    assert_null(m_process_line(p, "nothing", 20));
    assert_string_equal(m_process_log(p), m_fmt(t, "%s/a_server.log", folder));
    assert_string_equal(h.deferred, "muster.process.stop");
    assert_int_equal(h.watched, 0);
    int status = m_process_stop(p);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    assert_false(m_process_is_running(p));
    assert_int_equal(m_process_stop(p), status);
    assert_null(strstr(h.log, "had ended"));
}

static void half_a_line_is_none(void **state)
{
    struct m_process *volatile p = NULL;
    (void)state;
    RUN(&h,
        p = M_PROCESS(t, .argv = SH("printf 'port 80'; sleep 0.05; echo 99; exec sleep 1000"), .ready_line = "port"));
    assert_string_equal(m_process_line(p, "port", 0), "port 8099");
    m_process_stop(p);
}

static void it_has_what_it_was_given(void **state)
{
    struct m_process *volatile p = NULL;
    int leak = open("/dev/null", O_RDONLY);
    (void)state;
    setenv("KEPT", "kept", 1);
    setenv("REPLACED", "old", 1);
    RUN(&h, p = M_PROCESS(t,
                          .argv = SH("trap : HUP; echo \"$KEPT $REPLACED $NEW $PWD $0 $1|\"; "
                                     "echo fds /proc/self/fd/*; cat; echo read all"),
                          .env = ENV("REPLACED=new", "NEW=a b"), .dir = "/", .ready_line = "read all"));
    assert_string_equal(m_process_line(p, "|", 0), "kept new a b / /bin/sh |");
    assert_string_equal(m_process_line(p, "fds", 0),
                        "fds /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3");
    m_process_stop(p);
    close(leak);
}

static void what_is_no_program_is_an_error(void **state)
{
    (void)state;
    RUN(&h, M_PROCESS(t, .argv = ARGV("/nowhere/at all")));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_string_equal(h.reason, "at all: it can't be started: No such file or directory");
    RUN(&h, M_PROCESS(t, .argv = ARGV("true"), .dir = "/nowhere"));
    assert_string_equal(h.reason, "true: it can't be started in /nowhere: No such file or directory");
    RUN(&h, M_PROCESS(t, .argv = NULL));
    assert_string_equal(h.reason, "m_process_start: no argv");
    RUN(&h, M_PROCESS(t, .argv = ARGV("true"), .env = ENV("PORT=1", "DEBUG")));
    assert_string_equal(h.reason, "m_process_start: ENV(\"DEBUG\"): a variable is NAME=value");
    RUN(&h, M_PROCESS(t, .argv = ARGV("true"), .env = ENV("=1")));
    assert_string_equal(h.reason, "m_process_start: ENV(\"=1\"): a variable is NAME=value");
    RUN(&h, M_PROCESS(t, .argv = ARGV("true"), .ready_url = "https://x/"));
    assert_string_equal(h.reason, "true: \"https://x/\" is not http://HOST[:PORT][/PATH]");
}

static void one_that_ends_early_says_why(void **state)
{
    (void)state;
    RUN(&h,
        M_PROCESS(t, .argv = SH("echo one; echo two >&2; printf three; exit 3"), .name = "web", .ready_line = "up"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_string_equal(
        h.reason, "web: it exited with status 3 before it was ready; the last that it printed: one\ntwo\nthree\n");
    const char *why = NULL;
    struct m_process *volatile none = NULL;
    RUN(&h, none = m_process_try_start(
                t, &(struct m_process_options){.argv = SH("kill -9 $$"), .ready_line = "up", .name = "web"}, &why));
    assert_int_equal(h.stopped, 0);
    assert_null(none);
    assert_string_equal(why, "web: it was ended by SIGKILL before it was ready; it printed nothing");
    assert_int_equal(access(m_fmt(t, "%s/web-2.log", folder), R_OK), 0);
}

static void one_that_is_never_ready_is_ended(void **state)
{
    (void)state;
    RUN(&h,
        M_PROCESS(t, .argv = SH("echo me $$; exec sleep 1000"), .ready_line = "up", .ready_ms = 2000, .name = "late"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    const char *me = strstr(h.reason, "; the last that it printed: me ");
    assert_non_null(me);
    assert_memory_equal(h.reason, "late: it was not ready within 2000 ms: no line with \"up\"", 56);
    wait_until_gone((pid_t)strtol(strrchr(me, ' '), NULL, 10));
    fake_host_deadline(&h, 300); /* the attempt's own comes first */
    uint64_t start = m_now_ms();
    RUN(&h, M_PROCESS(t, .argv = ARGV("sleep", "1000"), .ready_line = "up", .ready_ms = 600000));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_true(m_now_ms() - start < 60000);
}

static void a_factor_makes_the_wait_longer_by_itself_and_not_by_its_square(void **state)
{
    (void)state;
    setenv("MUSTER_TIMEOUT_FACTOR", "5", 1);
    uint64_t start = m_now_ms();
    RUN(&h, M_PROCESS(t, .argv = ARGV("sleep", "1000"), .ready_line = "up", .ready_ms = 200, .name = "late"));
    uint64_t took = m_now_ms() - start;
    unsetenv("MUSTER_TIMEOUT_FACTOR");
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_non_null(strstr(h.reason, "late: it was not ready within 1000 ms: "));
    assert_true(took >= 1000 && took < 5000);
}

static void sigterm_that_is_ignored_is_followed_by_sigkill(void **state)
{
    struct m_process *volatile p = NULL;
    (void)state;
    RUN(&h, p = M_PROCESS(t, .argv = SH("trap '' TERM; sleep 1000 & echo child $!; while :; do wait; done"),
                          .ready_line = "child", .grace_ms = 50, .name = "deaf"));
    pid_t child = number_in(p, "child ");
    int status = m_process_stop(p);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_non_null(strstr(h.log, "deaf did not end within 50 ms of SIGTERM: SIGKILL"));
    wait_until_gone(child);
}

/* As it looks when the kernel does not end a program: its keeper, which is held, hears of no end. */
static void one_that_outlives_sigkill_is_no_clean_exit(void **state)
{
    struct m_process *volatile p = NULL;
    (void)state;
    RUN(&h, p = M_PROCESS(t, .argv = SH("echo keeper $PPID; exec sleep 1000"), .ready_line = "keeper", .grace_ms = 1,
                          .name = "immortal"));
    pid_t keeper = number_in(p, "keeper ");
    kill(keeper, SIGSTOP);
    fake_host_deadline(&h, 300);
    int status = m_process_stop(p);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_true(m_process_is_running(p));
    assert_non_null(strstr(h.log, "immortal has outlived SIGKILL"));
    assert_int_equal(m_process_stop(p), status);
    kill(keeper, SIGCONT);
    assert_int_equal(waitpid(keeper, NULL, 0), keeper);
    assert_false(m_process_is_running(p));
}

static void what_it_started_goes_with_it(void **state)
{
    struct m_process *volatile p = NULL;
    (void)state;
    RUN(&h,
        p = M_PROCESS(t, .argv = SH("trap 'exit 7' TERM; sleep 1000 & echo child $!; wait"), .ready_line = "child"));
    pid_t child = number_in(p, "child ");
    int status = m_process_stop(p);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    wait_until_gone(child);
}

/* The keeper, which is watched, ends as the program did, after it has told of it. */
static void the_end_of_a_fixtures_is_told(void **state)
{
    struct m_process *volatile p = NULL;
    int told[2], real = dup(STDERR_FILENO), status;
    char text[512] = "";
    (void)state;
    assert_int_equal(pipe(told), 0);
    dup2(told[1], STDERR_FILENO);
    setenv("MUSTER_CASE", "fixture web", 1);
    RUN(&h, p = M_PROCESS(t, .argv = SH("trap 'echo disk full; exit 9' USR1; echo up; sleep 1000 & wait"),
                          .ready_line = "up", .name = "web"));
    dup2(real, STDERR_FILENO);
    assert_int_equal(h.stopped, 0);
    assert_string_equal(h.watched_as, "web");
    kill(m_process_pid(p), SIGUSR1);
    assert_true(waitpid(h.watched, &status, 0) == h.watched);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 9);
    assert_true(read(told[0], text, sizeof text - 1) > 0);
    assert_string_equal(text, "web exited with status 9; the last that it printed:\nup\ndisk full\n");
    status = m_process_stop(p);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 9);
    assert_non_null(strstr(h.log, "web had ended before it was stopped: it exited with status 9"));
    close(real);
}

/* Descriptors, and pages that are shared with a keeper. */
static int count_taken(void)
{
    int n = 0;
    char line[512];
    DIR *all = opendir("/proc/self/fd");
    FILE *maps = fopen("/proc/self/maps", "re");
    assert_true(all && maps);
    while (readdir(all))
        n++;
    while (fgets(line, sizeof line, maps))
        n += strstr(line, "/dev/zero") != NULL;
    closedir(all);
    fclose(maps);
    return n;
}

static void one_that_was_stopped_takes_nothing(void **state)
{
    struct m_process *volatile p = NULL;
    int taken = count_taken();
    (void)state;
    RUN(&h, p = M_PROCESS(t, .argv = SH("echo up; exec sleep 1000"), .ready_line = "up"));
    pid_t pid = m_process_pid(p);
    assert_true(count_taken() > taken);
    m_process_stop(p);
    assert_int_equal(m_process_pid(p), pid);
    assert_string_equal(m_process_line(p, "up", 0), "up");
    RUN(&h, p = M_PROCESS(t, .argv = ARGV("true"))); /* over before it is used, or after */
    m_process_stop(p);
    RUN(&h, M_PROCESS(t, .argv = ARGV("/nowhere/at all")));
    RUN(&h, M_PROCESS(t, .argv = ARGV("true"), .ready_line = "up"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_int_equal(count_taken(), taken);
}

/* Enough for the log and for the pipe between the attempt and the keeper, and none for the keeper. */
static void a_lack_of_descriptors_is_told(void **state)
{
    struct rlimit all, few;
    int next = dup(STDIN_FILENO);
    (void)state;
    close(next);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
    few = all;
    few.rlim_cur = (rlim_t)next + 3;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    RUN(&h, M_PROCESS(t, .argv = ARGV("true")));
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
    assert_string_equal(h.reason, "true: it can't be started: Too many open files");
}

static void a_port_or_an_answer_makes_it_ready(void **state)
{
    struct m_process *volatile p = NULL;
    int port = m_port(t);
    const char *number = m_fmt(t, "%d", port);
    (void)state;
    RUN(&h, p = M_PROCESS(t, .argv = ARGV("/proc/self/exe", "serve", number, "200"), .ready_port = port));
    assert_int_equal(h.stopped, 0);
    m_process_stop(p);
    RUN(&h, p = M_PROCESS(t, .argv = ARGV("/proc/self/exe", "serve", number, "204"),
                          .ready_url = m_fmt(t, "http://localhost:%d/health?x", port)));
    assert_int_equal(h.stopped, 0);
    m_process_stop(p);
    /* The last look, which the end cuts short, is not what is told. */
    RUN(&h, M_PROCESS(t, .argv = ARGV("/proc/self/exe", "serve", number, "404", "2500"), .name = "sick",
                      .ready_ms = 3200, .ready_url = m_fmt(t, "http://127.0.0.1:%d", port)));
    assert_non_null(strstr(h.reason, "sick: it was not ready within 3200 ms: GET /: status "));
}

static void *ask(void *place)
{
    char why[256];
    return process_ready_answers(place, m_deadline_in(t, 60000), why, sizeof why) ? place : NULL;
}

/* The request as it comes to a server of an address family, which hangs up on it. */
static void read_request(int family, const char *host, const char *path, char text[2048])
{
    struct sockaddr_storage a = {.ss_family = (sa_family_t)family};
    socklen_t size = sizeof a;
    struct ready_place place;
    pthread_t client;
    void *answered;
    int fd = socket(family, SOCK_STREAM, 0);
    if (family == AF_INET6)
        ((struct sockaddr_in6 *)&a)->sin6_addr = in6addr_loopback;
    if (bind(fd, (struct sockaddr *)&a, size) < 0 || listen(fd, 1) < 0 ||
        getsockname(fd, (struct sockaddr *)&a, &size) < 0)
        skip(); /* no such addresses here */
    const char *url = m_fmt(t, "http://%s:%d%s", host, ntohs(((struct sockaddr_in *)&a)->sin_port), path);
    assert_int_equal(process_ready_at_url(url, &place), 0);
    assert_int_equal(pthread_create(&client, NULL, ask, &place), 0);
    int c = accept(fd, NULL, NULL);
    ssize_t n = recv(c, text, 2047, 0);
    assert_true(n > 0);
    text[n] = '\0';
    close(c);
    close(fd);
    assert_int_equal(pthread_join(client, &answered), 0);
    assert_null(answered);
    assert_non_null(strstr(text, m_fmt(t, "\r\nHost: %s\r\n", place.server)));
}

static void the_server_is_named_as_in_the_url(void **state)
{
    char text[2048];
    (void)state;
    read_request(AF_INET, "127.0.0.1", "/health", text);
    assert_non_null(strstr(text, "GET /health HTTP/1.1\r\nHost: 127.0.0.1:"));
    read_request(AF_INET6, "[::1]", "", text);
    assert_non_null(strstr(text, "GET / HTTP/1.1\r\nHost: [::1]:"));
}

static void a_strangers_port_is_an_error(void **state)
{
    int port = m_port(t), fd = listen_on(port);
    (void)state;
    RUN(&h, M_PROCESS(t, .argv = ARGV("/proc/self/exe", "serve", m_fmt(t, "%d", port), "200"), .name = "web",
                      .ready_port = port));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_string_equal(h.reason, m_fmt(t,
                                        "web: 127.0.0.1:%d is in use: it accepts connections before the program is "
                                        "started",
                                        port));
    /* One that is bound, and does not listen, is found by the program itself. */
    close(fd);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(bind(fd, (const struct sockaddr *)&a, sizeof a), 0);
    RUN(&h, M_PROCESS(t, .argv = ARGV("/proc/self/exe", "serve", m_fmt(t, "%d", port), "200"), .name = "web",
                      .ready_port = port));
    assert_string_equal(h.reason, m_fmt(t,
                                        "web: it exited with status 3 before it was ready; the last that it printed: "
                                        "cannot listen on %d: Address already in use\n",
                                        port));
    close(fd);
}

enum { CHILDREN = 16, EACH = 8 };

/* Each holds its ports until all have theirs. */
static void ports_differ_among_processes(void **state)
{
    int results[2], go[2], ports[CHILDREN * EACH];
    (void)state;
    assert_int_equal(pipe(results) | pipe(go), 0);
    for (int c = 0; c < CHILDREN; c++) {
        if (fork() != 0)
            continue;
        char byte;
        int mine[EACH];
        for (int i = 0; i < EACH; i++)
            mine[i] = m_port(t);
        close(go[1]);
        _exit(write(results[1], mine, sizeof mine) < 0 || read(go[0], &byte, 1) < 0);
    }
    for (size_t got = 0; got < sizeof ports;) {
        ssize_t n = read(results[0], (char *)ports + got, sizeof ports - got);
        assert_true(n > 0);
        got += (size_t)n;
    }
    close(go[1]);
    while (wait(NULL) > 0)
        ;
    for (int i = 0; i < CHILDREN * EACH; i++) {
        assert_in_range(ports[i], 10000, 32767);
        for (int k = 0; k < i; k++)
            assert_int_not_equal(ports[i], ports[k]);
    }
}

static void a_port_that_is_used_is_not_given(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        int port = m_port(t), fd = listen_on(port);
        assert_true(fd >= 0);
        close(fd);
    }
}

static void the_folder_of_the_plugin(void **state)
{
    char self[4096];
    (void)state;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(n > 0);
    self[n] = '\0';
    *strrchr(self, '/') = '\0';
    if (*m_plugin_dir(t) == '/') /* of a program it is as it was called */
        assert_string_equal(m_plugin_dir(t), self);
    assert_string_equal(m_beside(t, "a/b"), m_fmt(t, "%s/a/b", m_plugin_dir(t)));
    assert_string_equal(m_beside(t, "/etc/hosts"), "/etc/hosts");
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

int main(int argc, char **argv)
{
    if (argc >= 4)
        serve(atoi(argv[2]), argv[3], argv[4]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_line_makes_it_ready, set_up),
        cmocka_unit_test_setup(half_a_line_is_none, set_up),
        cmocka_unit_test_setup(it_has_what_it_was_given, set_up),
        cmocka_unit_test_setup(what_is_no_program_is_an_error, set_up),
        cmocka_unit_test_setup(one_that_ends_early_says_why, set_up),
        cmocka_unit_test_setup(one_that_is_never_ready_is_ended, set_up),
        cmocka_unit_test_setup(a_factor_makes_the_wait_longer_by_itself_and_not_by_its_square, set_up),
        cmocka_unit_test_setup(sigterm_that_is_ignored_is_followed_by_sigkill, set_up),
        cmocka_unit_test_setup(one_that_outlives_sigkill_is_no_clean_exit, set_up),
        cmocka_unit_test_setup(what_it_started_goes_with_it, set_up),
        cmocka_unit_test_setup(the_end_of_a_fixtures_is_told, set_up),
        cmocka_unit_test_setup(one_that_was_stopped_takes_nothing, set_up),
        cmocka_unit_test_setup(a_lack_of_descriptors_is_told, set_up),
        cmocka_unit_test_setup(a_port_or_an_answer_makes_it_ready, set_up),
        cmocka_unit_test_setup(the_server_is_named_as_in_the_url, set_up),
        cmocka_unit_test_setup(a_strangers_port_is_an_error, set_up),
        cmocka_unit_test_setup(ports_differ_among_processes, set_up),
        cmocka_unit_test_setup(a_port_that_is_used_is_not_given, set_up),
        cmocka_unit_test_setup(the_folder_of_the_plugin, set_up),
    };
    if (!mkdtemp(folder))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    return failed;
}

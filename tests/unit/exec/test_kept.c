/* SPDX-License-Identifier: Apache-2.0 */
/* A keeper of services that are no more than sockets and pipes, and who talks to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/signals.h"
#include "exec/kept.h"
#include "ipc/sock.h"
#include "slotdir/slotdir.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { A, B, SERVICES };

struct scene {
    char path[32];
    const char *temps[1];
    int dir;
    int monitors[SERVICES]; /* their ends */
    int out;                /* where A prints to */
    pid_t keeper;
    char *slots; /* NULL: the keeper has none */
    struct buf ends;
};

static int set_up(void **state)
{
    static struct scene s;
    s = (struct scene){.monitors = {-1, -1}, .out = -1};
    strcpy(s.path, "/tmp/test-kept-XXXXXX");
    assert_non_null(mkdtemp(s.path));
    s.temps[0] = s.path;
    s.dir = open(s.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *state = &s;
    return 0;
}

static void end_service(struct scene *s, size_t which)
{
    close_fd(s->monitors[which]);
    s->monitors[which] = -1;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    for (size_t i = 0; i < SERVICES; i++)
        end_service(s, i);
    close_fd(s->out);
    if (s->keeper > 0)
        waitpid(s->keeper, NULL, 0);
    buf_free(&s->ends);
    free(s->slots);
    close(s->dir);
    return io_remove_tree(AT_FDCWD, s->path);
}

static struct run_state state_of(const struct scene *s)
{
    return (struct run_state){.in_place = true, .temps = s->temps, .n_temps = 1};
}

static void start_keeper(struct scene *s)
{
    static const char *const texts[] = {"A", "url", "secret", "B", "url", "other"}, *const of[] = {"a", "b"};
    static const char *const labels[] = {"a", "b"};
    struct kept_service services[SERVICES];
    struct kept_user user = {"case", {(const char **)(uintptr_t)texts, ARRAY_LEN(texts)}, of};
    struct keeper_begun begun;
    int pair[2], out[2];
    assert_int_equal(io_pipe(out), 0);
    for (size_t i = 0; i < SERVICES; i++) {
        assert_int_equal(sock_pair(pair), 0);
        s->monitors[i] = pair[0];
        services[i] =
            (struct kept_service){labels[i], i == A ? "url of a" : "", pair[1], -1, i == A ? out[0] : -1, -1, NS_PER_S};
    }
    const struct keeper_options o = {.services = services,
                                     .n_services = SERVICES,
                                     .users = &user,
                                     .n_users = 1,
                                     .folder = s->path,
                                     .slots = s->slots ? s->slots : "/nowhere"};
    assert_int_equal(keeper_start(&o, &begun, NULL), 0);
    s->keeper = begun.pid;
    close(begun.waits);
    for (size_t i = 0; i < SERVICES; i++)
        close(services[i].monitor);
    close(out[0]);
    s->out = out[1];
}

/* And somebody who talks to it. */
static void start_and_open(struct scene *s, struct kept *ret)
{
    const struct run_state facts = state_of(s);
    start_keeper(s);
    assert_int_equal(kept_open(ret, &facts, s->dir, -1), 1);
}

static void on_end(void *data, const char *label, const char *trouble)
{
    struct scene *s = data;
    buf_addf(&s->ends, "%s(%s) ", label, trouble);
}

static void is_told_what_there_is(void **state)
{
    struct scene *s = *state;
    struct kept k;
    start_and_open(s, &k);
    assert_int_equal(k.n_services, SERVICES);
    assert_string_equal(k.services[B].label, "b");
    assert_true(k.services[B].limit_ns >= NS_PER_S);
    assert_string_equal(k.services[A].shown, "url of a");
    assert_int_equal(kept_published(&k, "case").n, 6);
    assert_string_equal(kept_published(&k, "case").items[2], "secret");
    assert_string_equal(kept_published(&k, "case").items[5], "other");
    kept_close(&k);
}

/* Nobody is told where one was that has ended: somebody else may be there by now. */
static void what_has_ended_is_not_told(void **state)
{
    struct scene *s = *state;
    const struct run_state facts = state_of(s);
    struct kept k;
    start_and_open(s, &k);
    end_service(s, A);
    struct pollfd told = {.fd = k.sock, .events = POLLIN};
    assert_int_equal(poll(&told, 1, 10000), 1);
    kept_close(&k);
    assert_int_equal(kept_open(&k, &facts, s->dir, -1), 1);
    assert_int_equal(k.n_services, 1);
    assert_string_equal(k.services[0].label, "b");
    const struct message_list list = kept_published(&k, "case");
    assert_string_equal(list.items[0], "A");
    assert_string_equal(list.items[1], ORDER_NO_KEY);
    assert_string_equal(list.items[2], "");
    assert_string_equal(list.items[5], "other");
    kept_close(&k);
}

/* TMPDIR is tidied up, by whom it may be, and the run's folder gets another name. */
static void is_found_in_the_run_s_own_folder(void **state)
{
    struct scene *s = *state;
    const struct run_state facts = {.in_place = true};
    struct kept k;
    s->slots = xasprintf("%s/" WORKSPACE_SLOTS, s->path);
    assert_int_equal(mkdir(s->slots, 0700), 0);
    start_keeper(s);
    assert_int_equal(unlinkat(s->dir, KEEPER_LOG, 0), 0);
    autofree char *other = xasprintf("%s-other", s->path);
    assert_int_equal(rename(s->path, other), 0);
    assert_int_equal(kept_open(&k, &facts, s->dir, -1), 1);
    kept_close(&k);
    assert_int_equal(rename(other, s->path), 0);
}

/* It was there when the client came, and ended before he asked for that. */
static void hears_of_an_end_that_nobody_asked_for(void **state)
{
    struct scene *s = *state;
    struct kept k;
    start_and_open(s, &k);
    end_service(s, A);
    struct pollfd told = {.fd = k.sock, .events = POLLIN};
    assert_int_equal(poll(&told, 1, 10000), 1);
    assert_int_equal(kept_end(&k, on_end, s), 1);
    assert_string_equal(buf_str(&s->ends), "a() b(its tear-down took too long, and it was ended) ");
    kept_close(&k);
}

/* All of them, and the keeper with them. */
static void hears_of_all_ends_that_nobody_asked_for(void **state)
{
    struct scene *s = *state;
    struct kept k;
    start_and_open(s, &k);
    end_service(s, A);
    end_service(s, B);
    assert_int_equal(waitpid(s->keeper, NULL, 0), s->keeper);
    s->keeper = 0;
    assert_int_equal(kept_end(&k, on_end, s), 1);
    assert_true(strstr(buf_str(&s->ends), "a() ") && strstr(buf_str(&s->ends), "b() "));
    kept_close(&k);
}

static void a_lost_keeper_is_told_from_that(void **state)
{
    struct scene *s = *state;
    const struct run_state facts = state_of(s);
    struct kept k;
    start_and_open(s, &k);
    kill(s->keeper, SIGKILL);
    assert_int_equal(kept_end(&k, on_end, s), 0);
    kept_close(&k);
    assert_int_equal(kept_open(&k, &facts, s->dir, -1), 0);
}

/* It ends before the keeper has had a look. */
static void last_words_are_kept(void **state)
{
    enum { SAID = 60000 };
    static char words[SAID];
    struct scene *s = *state;
    struct stat st;
    int status;
    start_keeper(s);
    kill(s->keeper, SIGSTOP);
    assert_int_equal(waitpid(s->keeper, &status, WUNTRACED), s->keeper);
    memset(words, 'w', sizeof words);
    assert_int_equal(io_write_all(s->out, words, sizeof words), 0);
    end_service(s, A);
    end_service(s, B);
    kill(s->keeper, SIGCONT);
    assert_int_equal(waitpid(s->keeper, &status, 0), s->keeper);
    s->keeper = 0;
    assert_int_equal(fstatat(s->dir, KEEPER_LOG, &st, 0), 0);
    assert_int_equal(st.st_size, SAID);
}

static void the_log_says_where_it_stops(void **state)
{
    enum { MOST = 16 << 20, CHUNK = 64 << 10 };
    static char chunk[CHUNK];
    struct scene *s = *state;
    struct stat st;
    char last[256] = "";
    start_keeper(s);
    memset(chunk, 'x', sizeof chunk);
    for (size_t n = 0; n < MOST + 64 * CHUNK; n += CHUNK)
        assert_int_equal(io_write_all(s->out, chunk, CHUNK), 0);
    autoclose int log = openat(s->dir, KEEPER_LOG, O_RDONLY | O_CLOEXEC);
    assert_int_equal(fstat(log, &st), 0);
    assert_true(st.st_size >= MOST && st.st_size < MOST + 16 * CHUNK);
    assert_true(pread(log, last, sizeof last - 1, st.st_size - (off_t)sizeof last + 1) > 0);
    assert_non_null(strstr(last, "x\n[muster: "));
    assert_int_equal(last[strlen(last) - 1], '\n');
}

/* One that listens and does nothing; as `uid`, unless that is 0. */
static pid_t start_impostor(const struct scene *s, uid_t uid)
{
    int ready[2];
    char byte;
    assert_int_equal(sock_pair(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* of a test that failed */
        struct sockaddr_un at = {.sun_family = AF_UNIX};
        snprintf(at.sun_path, sizeof at.sun_path, "%s/" KEEPER_SOCKET, s->path);
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool good = bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && (uid == 0 || setresuid(uid, uid, uid) == 0) &&
                    listen(fd, 1) == 0 && write(ready[1], "", 1) == 1;
        static const char greeting[] = "13\0service\0a\0"
                                       "1\0";
        int client = good ? accept4(fd, NULL, NULL, SOCK_CLOEXEC) : -1;
        if (client >= 0 && uid > 0)
            send(client, greeting, sizeof greeting, MSG_NOSIGNAL);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

static void end_impostor(pid_t pid)
{
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void root_believes_the_owner_of_the_run_alone(void **state)
{
    struct scene *s = *state;
    const struct run_state facts = state_of(s);
    enum { SOMEBODY = 65533 };
    struct kept k;
    if (geteuid() != 0)
        skip();
    pid_t pid = start_impostor(s, SOMEBODY);
    assert_int_equal(kept_open(&k, &facts, s->dir, -1), 0);
    end_impostor(pid);
    assert_int_equal(unlinkat(s->dir, KEEPER_SOCKET, 0), 0);
    assert_int_equal(fchown(s->dir, SOMEBODY, (gid_t)-1), 0);
    pid = start_impostor(s, SOMEBODY);
    assert_int_equal(kept_open(&k, &facts, s->dir, -1), 1);
    kept_close(&k);
    end_impostor(pid);
}

static void a_signal_ends_the_waiting(void **state)
{
    struct scene *s = *state;
    const struct run_state facts = state_of(s);
    sigset_t before;
    struct kept k;
    pid_t pid = start_impostor(s, 0);
    sigprocmask(SIG_SETMASK, NULL, &before);
    autoclose int signals = signals_open();
    assert_true(signals >= 0);
    kill(getpid(), SIGTERM);
    assert_int_equal(kept_open(&k, &facts, s->dir, signals), -EINTR);
    sigprocmask(SIG_SETMASK, &before, NULL);
    end_impostor(pid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(is_told_what_there_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_has_ended_is_not_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(is_found_in_the_run_s_own_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hears_of_an_end_that_nobody_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hears_of_all_ends_that_nobody_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lost_keeper_is_told_from_that, set_up, tear_down),
        cmocka_unit_test_setup_teardown(last_words_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_log_says_where_it_stops, set_up, tear_down),
        cmocka_unit_test_setup_teardown(root_believes_the_owner_of_the_run_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_signal_ends_the_waiting, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

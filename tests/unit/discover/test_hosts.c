/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a host for a monitor, with the test in the place of the zygote and of its hosts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "discover/hosts.h"
#include "ipc/sock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct scene {
    struct loop loop;
    struct zygote zygote;
    struct hosts hosts;
    struct containment containment;
    int zygote_sock; /* the zygote's end */
    int host_sock;   /* the end of the host that lives at first */
    int ends[ENDS_FDS];
};

static void ignore(struct source *source, uint32_t events)
{
    (void)source;
    (void)events;
}

static int set_up(void **state)
{
    static struct scene s;
    int pair[2];
    s = (struct scene){.containment = {.rung = &rung_reaper, .base = -1}};
    assert_int_equal(loop_init(&s.loop), 0);
    assert_int_equal(sock_pair(pair), 0);
    s.zygote.sock = pair[0];
    s.zygote_sock = pair[1];
    hosts_init(&s.hosts, &s.loop, &s.zygote, NS_PER_S);
    s.hosts.serve = true;
    hosts_add(&s.hosts, "/no/such.so");
    struct host *host = s.hosts.items[0];
    assert_int_equal(sock_pair(pair), 0);
    host->hosts = &s.hosts;
    host->state = HOST_READY;
    s.hosts.alive = 1;
    loop_add(&s.loop, &host->sock, pair[0], EPOLLIN, ignore, host);
    s.host_sock = pair[1];
    for (size_t i = 0; i < ENDS_FDS; i++)
        s.ends[i] = STDOUT_FILENO;
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    hosts_free(&s->hosts);
    loop_free(&s->loop);
    close(s->zygote.sock);
    close(s->zygote_sock);
    if (s->host_sock >= 0)
        close(s->host_sock);
    return 0;
}

/* Takes a packet of this type; returns its first descriptor. */
static int take(int sock, enum message_type type)
{
    autobuf struct buf packet = {0};
    struct arena arena = {0};
    struct received got;
    struct message m;
    assert_true(sock_receive(sock, MSG_DONTWAIT, &packet, &got) > 0);
    const char *p = packet.data;
    assert_int_equal(message_decode(&p, packet.data + packet.len, &arena, &m), 0);
    assert_int_equal(m.type, type);
    arena_free(&arena);
    int fd = received_take(&got, 0);
    received_close(&got);
    return fd;
}

static int ask(struct scene *s, int *ret_sock, struct err *err)
{
    return hosts_monitor(&s->hosts, 0, &s->containment, 0, "/tmp", "/tmp", s->ends, ret_sock, err);
}

static void a_host_that_lives_is_asked(void **state)
{
    struct scene *s = *state;
    int sock = -1;
    assert_int_equal(ask(s, &sock, NULL), 0);
    autobuf struct buf packet = {0};
    assert_int_equal(sock_receive(s->zygote_sock, MSG_DONTWAIT, &packet, NULL), -EAGAIN); /* no other one is made */
    close(take(s->host_sock, MSG_MONITOR_SPAWN));
    assert_int_equal(s->hosts.alive, 1);
    close(sock);
}

/* Its end is an event, and another event was before it in the line. */
static void one_that_died_unheard_is_made_anew(void **state)
{
    struct scene *s = *state;
    int sock = -1;
    close(s->host_sock);
    s->host_sock = -1;
    assert_int_equal(ask(s, &sock, NULL), 0);
    autoclose int host = take(s->zygote_sock, MSG_HOST_SPAWN);
    int monitor = take(host, MSG_MONITOR_SPAWN);
    assert_int_equal(s->hosts.alive, 1);
    assert_int_equal(s->hosts.items[0]->state, HOST_READY);
    /* The socket that the caller has is the one that the new host got. */
    assert_int_equal(write(monitor, "!", 1), 1);
    char byte;
    assert_int_equal(read(sock, &byte, 1), 1);
    close(monitor);
    close(sock);
}

/* It had been asked for other monitors, too, and read none of these orders. */
static void orders_that_it_had_not_read_change_nothing(void **state)
{
    struct scene *s = *state;
    int first = -1, second = -1;
    assert_int_equal(ask(s, &first, NULL), 0);
    close(s->host_sock);
    s->host_sock = -1;
    char byte;
    assert_int_equal(read(first, &byte, 1), 0); /* which the first one's slot hears of */
    assert_int_equal(ask(s, &second, NULL), 0);
    autoclose int host = take(s->zygote_sock, MSG_HOST_SPAWN);
    close(take(host, MSG_MONITOR_SPAWN));
    close(first);
    close(second);
}

static void without_a_zygote_it_is_an_error(void **state)
{
    struct scene *s = *state;
    autoerr struct err err = {0};
    int sock = -1;
    close(s->host_sock);
    close(s->zygote_sock);
    s->host_sock = s->zygote_sock = -1;
    assert_int_equal(ask(s, &sock, &err), -EPIPE);
    assert_non_null(strstr(err_text(&err), "asking muster-host for a host"));
    assert_int_equal(sock, -1);
}

/* ---- discovery, with a host that lies ---------------------------------------------------------------------------- */

static long resident_kib(void)
{
    long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "re");
    assert_non_null(statm);
    assert_int_equal(fscanf(statm, "%*d %ld", &pages), 1);
    fclose(statm);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* The process in the place of a host: it sends this without end, until nobody listens. */
static void babble(int sock, const struct message *m)
{
    autobuf struct buf packet = {0};
    while (packet.len + message_size(m) < MESSAGE_PACKET_MAX / 2)
        message_encode(m, &packet);
    while (sock_send(sock, packet.data, packet.len, NULL, 0, false) == 0)
        ;
}

/* Discovers a plugin whose host sends `m` without end. */
static struct host *discover_babbling(struct scene *s, const struct message *m)
{
    struct catalogue catalogue = {0};
    autoerr struct err err = {0};
    hosts_add(&s->hosts, "/no/such-babbler.so");
    s->hosts.next = s->hosts.admitted = 1; /* not the first one */
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct pollfd order = {.fd = s->zygote_sock, .events = POLLIN};
        close(s->zygote.sock);
        if (poll(&order, 1, 30000) == 1)
            babble(take(s->zygote_sock, MSG_HOST_SPAWN), m);
        _exit(0);
    }
    if (hosts_discover(&s->hosts, 1, true, &catalogue, &err) < 0)
        fail_msg("%s", err_text(&err));
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    catalogue_free(&catalogue);
    return s->hosts.items[1];
}

static void one_that_describes_without_end_is_refused(void **state)
{
    struct scene *s = *state;
    const struct message m = {.type = MSG_SCENARIO, .scenario = {.id = "again", .summary = "and again", .file = "x.c"}};
    long before = resident_kib();
    s->hosts.load_timeout_ns = 60 * NS_PER_S;
    const struct host *host = discover_babbling(s, &m);
    assert_int_equal(host->state, HOST_REFUSED);
    assert_string_equal(host->reason, "bad-table");
    assert_non_null(strstr(host->text, "more than 64 MiB"));
    assert_true(resident_kib() - before < 4 * (CATALOGUE_MOST / 1024));
}

/* What it says is no description: it is not kept, and the deadline is looked at all the same. */
static void one_that_says_nothing_without_end_runs_out_of_time(void **state)
{
    struct scene *s = *state;
    const struct message m = {.type = MSG_LOG, .log = {.file = "x.c", .text = "bla bla bla bla bla bla bla bla bla"}};
    const long before = resident_kib();
    (void)before;
    s->hosts.load_timeout_ns = NS_PER_S / 2;
    const struct host *host = discover_babbling(s, &m);
    assert_int_equal(host->state, HOST_REFUSED);
    assert_string_equal(host->reason, "constructor-hung");
#ifndef __SANITIZE_ADDRESS__ /* which keeps what was freed for a while */
    assert_true(resident_kib() - before < 16 * 1024);
#endif
}

/* In the place of the zygote: whom it is told to end. */
static uint32_t number_to_end(const struct scene *s)
{
    autobuf struct buf packet = {0};
    struct arena arena = {0};
    struct message m = {0};
    while (sock_receive(s->zygote_sock, 0, &packet, NULL) > 0) {
        const char *p = packet.data;
        if (message_decode(&p, packet.data + packet.len, &arena, &m) == 0 && m.type == MSG_HOST_KILL)
            break;
    }
    uint32_t number = m.type == MSG_HOST_KILL ? m.host_kill.host : UINT32_MAX;
    arena_free(&arena);
    return number;
}

/* Plugins that only have to be described share processes, which have numbers of their own. */
static void the_process_that_hangs_is_the_one_that_is_ended(void **state)
{
    struct scene *s = *state;
    struct catalogue catalogue = {0};
    hosts_add(&s->hosts, "/no/such-hanger.so");
    s->hosts.next = s->hosts.admitted = 1; /* not the first one */
    s->hosts.load_timeout_ns = NS_PER_S / 10;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(s->zygote.sock);
        uint32_t number = number_to_end(s);
        const struct message gone = {.type = MSG_HOST_GONE, .host_gone = {number, SIGKILL, STAGE_LOADING, 0}};
        sock_send_message(s->zygote_sock, &gone, NULL, 0);
        _exit(number == READERS_FIRST ? 0 : 1);
    }
    assert_int_equal(hosts_discover(&s->hosts, 1, false, &catalogue, NULL), 0);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_string_equal(s->hosts.items[1]->reason, "constructor-hung");
    catalogue_free(&catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_that_describes_without_end_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_says_nothing_without_end_runs_out_of_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_process_that_hangs_is_the_one_that_is_ended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_host_that_lives_is_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_died_unheard_is_made_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(orders_that_it_had_not_read_change_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_zygote_it_is_an_error, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

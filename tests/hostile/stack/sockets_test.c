/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What muster-stack says of a program's sockets, and that it shows no value of a variable.
 *
 *     sockets_test MUSTER_STACK SUBJECT
 */
#include "looking.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static void test_sockets_have_addresses_and_variables_no_values(void **state)
{
    (void)state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    struct subject subject = subject_start("spin", NULL);
    close(listener);
    look_at(&subject);
    char line[64];
    snprintf(line, sizeof line, "-> tcp 127.0.0.1:%d (LISTEN)\n", ntohs(address.sin_port));
    assert_non_null(strstr(output, line));
    assert_non_null(strstr(output, " SUBJECT_SECRET"));
    assert_null(strstr(output, "hunter2"));
    subject_end(&subject);
}

static int bound(int domain, int type, const struct sockaddr *address, socklen_t size)
{
    int sock = socket(domain, type, 0);
    assert_true(sock >= 0);
    assert_int_equal(bind(sock, address, size), 0);
    return sock;
}

static unsigned port_of(int sock)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } a;
    socklen_t size = sizeof a;
    assert_int_equal(getsockname(sock, &a.any, &size), 0);
    return ntohs(a.any.sa_family == AF_INET6 ? a.in6.sin6_port : a.in.sin_port);
}

static __attribute__((format(printf, 1, 2))) void expect_line(const char *format, ...)
{
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (!strstr(output, line))
        fail_msg("%s is not in:\n%s", line, output);
}

static void test_sockets_of_every_kind(void **state)
{
    (void)state;
    const struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct sockaddr_in6 here6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    const struct sockaddr_un hidden = {.sun_family = AF_UNIX, .sun_path = "\0muster-stack-test"};
    const socklen_t hidden_size = offsetof(struct sockaddr_un, sun_path) + sizeof "\0muster-stack-test" - 1;
    int listener = bound(AF_INET, SOCK_STREAM, (const struct sockaddr *)&here, sizeof here);
    assert_int_equal(listen(listener, 1), 0);
    struct sockaddr_in address = here;
    address.sin_port = htons((uint16_t)port_of(listener));
    int client = bound(AF_INET, SOCK_STREAM, (const struct sockaddr *)&here, sizeof here);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    int datagrams = bound(AF_INET6, SOCK_DGRAM, (const struct sockaddr *)&here6, sizeof here6);
    int server = bound(AF_UNIX, SOCK_STREAM, (const struct sockaddr *)&hidden, hidden_size);
    assert_int_equal(listen(server, 1), 0);
    int to_server = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(to_server, (const struct sockaddr *)&hidden, hidden_size), 0);
    int unbound = socket(AF_UNIX, SOCK_DGRAM, 0);

    struct subject subject = subject_start("spin", NULL);
    look_at(&subject);
    expect_line("  %d -> tcp 127.0.0.1:%u (LISTEN)\n", listener, port_of(listener));
    expect_line("  %d -> tcp 127.0.0.1:%u to 127.0.0.1:%u (ESTABLISHED)\n", client, port_of(client), port_of(listener));
    expect_line("  %d -> udp6 [::1]:%u to [::]:0\n", datagrams, port_of(datagrams));
    expect_line("  %d -> unix @muster-stack-test\n", server);
    expect_line("  %d -> unix socket to @muster-stack-test\n", to_server);
    expect_line("  %d -> unix socket without a name\n", unbound);
    subject_end(&subject);
    const int all[] = {listener, client, datagrams, server, to_server, unbound};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        close(all[i]);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 4;
    muster_stack = argv[1];
    subject_path = argv[2];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sockets_have_addresses_and_variables_no_values),
        cmocka_unit_test(test_sockets_of_every_kind),
    };
    return cmocka_run_group_tests_name("muster-stack, sockets", tests, NULL, NULL);
}

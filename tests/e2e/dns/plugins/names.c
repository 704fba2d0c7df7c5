/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that change the zone with knsupdate and ask for it; what passes, and what is said when nothing comes. */
#include <muster/kit/data.h>
#include <muster/kit/dns.h>
#include <muster/kit/parallel.h>
#include <muster/kit/wait.h>
#include <muster/muster.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* knsupdate's exit status with these lines as its input, and this key. */
static int update_with(struct muster_ctx *t, const char *key_file, const char *lines)
{
    const char *script = m_fmt(t, "%s/%s.update", m_attempt(t)->temp_dir, m_unique(t, "dns"));
    const char *argv[] = {"knsupdate", "-k", key_file, "-t", "5", script, NULL};
    pid_t pid;
    int status = -1;
    FILE *out = fopen(script, "we");
    REQUIRE(out != NULL);
    fprintf(out, "server %s %s\nzone %s\n%s\nsend\n", m_fixture(t, "dns", "host"), m_fixture(t, "dns", "port"),
            m_fixture(t, "dns", "zone"), lines);
    REQUIRE_INT(fclose(out), ==, 0);
    REQUIRE_INT(posix_spawnp(&pid, "knsupdate", NULL, NULL, (char *const *)argv, environ), ==, 0);
    REQUIRE_INT(waitpid(pid, &status, 0), ==, pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void update(struct muster_ctx *t, const char *lines)
{
    REQUIRE_INT(update_with(t, m_fixture(t, "dns", "key_file"), lines), ==, 0);
}

/* A name of the attempt's own in the zone. */
static const char *own_name(struct muster_ctx *t)
{
    return m_fmt(t, "%s.%s", m_unique(t, "shop"), m_fixture(t, "dns", "zone"));
}

SCENARIO(reads_every_type, .uses = USES("dns"))
{
    struct m_dns *dns = m_dns_open(t, "dns");
    const char *name = own_name(t), *zone = m_fixture(t, "dns", "zone");
    update(t,
           m_fmt(t,
                 "add %s. 7 A 127.0.0.1\nadd %s. 7 AAAA ::1\nadd %s. 7 TXT \"two \" \"parts\"\nadd %s. 7 MX 10 mx.%s.\n"
                 "add www.%s. 7 CNAME %s.\nadd p.%s. 7 PTR %s.",
                 name, name, name, name, zone, name, name, name, name));
    CHECK_STR(m_dns_value(dns, name, "A"), ==, "127.0.0.1");
    CHECK_UINT(m_dns_find(dns, name, "A")->ttl, ==, 7);
    CHECK_STR(m_dns_value(dns, name, "AAAA"), ==, "::1");
    CHECK_STR(m_dns_value(dns, name, "TXT"), ==, "two parts");
    CHECK_STR(m_dns_value(dns, name, "MX"), ==, m_fmt(t, "10 mx.%s", zone));
    CHECK_STR(m_dns_value(dns, m_fmt(t, "p.%s", name), "PTR"), ==, name);
    CHECK_STR(m_dns_value(dns, zone, "NS"), ==, m_fmt(t, "ns.%s", zone));
    /* What the server has followed comes with it. */
    const struct m_dns_answer *followed = m_dns_query(dns, m_fmt(t, "www.%s", name), "A");
    REQUIRE_UINT(followed->n, ==, 2);
    CHECK_STR(followed->records[0].type, ==, "CNAME");
    CHECK_STR(followed->records[0].value, ==, name);
    CHECK_STR(followed->records[1].value, ==, "127.0.0.1");
    CHECK_STR(m_dns_value(dns, m_fmt(t, "WWW.%s.", name), "CNAME"), ==, name);
    CHECK(m_dns_query(dns, name, "A")->authoritative);
    const struct m_dns_answer *none = m_dns_query(dns, m_fmt(t, "no.%s", name), "A");
    CHECK_STR(none->code, ==, "NXDOMAIN");
    CHECK_STR(none->text, ==, "NXDOMAIN, no record");
    CHECK_STR(m_dns_value(dns, name, "SRV"), ==, NULL);
    CHECK_STR(m_dns_query(dns, "elsewhere.example", "A")->code, ==, "REFUSED");
}

SCENARIO(the_serial_moves, .uses = USES("dns"))
{
    struct m_dns *dns = m_dns_open(t, "dns");
    const char *zone = m_fixture(t, "dns", "zone"), *before = m_dns_value(dns, zone, "SOA");
    CHECK_STR_HAS(before, m_fmt(t, "ns.%s admin.%s ", zone, zone));
    update(t, m_fmt(t, "add %s. 1 A 127.0.0.1", own_name(t)));
    CHECK_STR(m_dns_value(dns, zone, "SOA"), !=, before);
}

SCENARIO(services_come_in_their_turn, .uses = USES("dns"))
{
    struct m_dns *dns = m_dns_open(t, "dns");
    const char *name = m_fmt(t, "_api._tcp.%s", own_name(t));
    update(t,
           m_fmt(t, "add %s. 1 SRV 20 9 8083 c.test.\nadd %s. 1 SRV 10 1 8082 b.test.\nadd %s. 1 SRV 10 5 8081 a.test.",
                 name, name, name));
    const struct m_dns_answer *a = m_dns_query(dns, name, "SRV");
    REQUIRE_UINT(a->n, ==, 3);
    CHECK_STR(a->records[0].value, ==, "10 5 8081 a.test");
    CHECK_STR(a->records[0].target, ==, "a.test");
    CHECK_INT(a->records[0].port, ==, 8081);
    CHECK_INT(a->records[1].weight, ==, 1);
    CHECK_INT(a->records[2].priority, ==, 20);
}

/* More than a datagram holds: asked again by TCP. */
SCENARIO(reads_long_answers, .uses = USES("dns"))
{
    struct m_dns *dns = m_dns_open(t, "dns");
    const char *name = own_name(t), *lines = "";
    for (int i = 0; i < 60; i++)
        lines = m_fmt(t, "%sadd %s. 1 TXT \"%0100d\"\n", lines, name, i);
    update(t, lines);
    CHECK_UINT(m_dns_query(dns, name, "TXT")->n, ==, 60);
}

/* One waits, the other one changes. */
static void wait_or_change(struct muster_ctx *t, unsigned user, void *data)
{
    const char *name = data;
    if (user == 0)
        m_dns_wait(m_dns_open(t, "dns"), name, "A", "127.0.0.8", 10000);
    else
        update(t, m_fmt(t, "del %s. A\nadd %s. 1 A 127.0.0.8", name, name));
}

SCENARIO(waits_for_what_comes_and_goes, .uses = USES("dns"))
{
    struct m_dns *dns = m_dns_open(t, "dns");
    const char *name = own_name(t);
    CHECK_STR(m_dns_value(dns, name, "A"), ==, NULL);
    update(t, m_fmt(t, "add %s. 1 A 127.0.0.7", name));
    CHECK_STR(m_dns_wait(dns, name, "A", NULL, 5000)->value, ==, "127.0.0.7");
    m_dns_wait_gone(dns, name, "AAAA", 5000);
    m_parallel(t, 2, wait_or_change, (void *)(uintptr_t)name);
    update(t, m_fmt(t, "del %s.", name));
    m_dns_wait_gone(dns, name, "A", 5000);
}

/* ---- what fails -------------------------------------------------------------------------------------------------- */

SCENARIO(a_name_never_comes, .uses = USES("dns"))
{
    struct m_dns *dns = m_dns_open(t, "dns");
    const char *name = own_name(t);
    update(t, m_fmt(t, "add %s. 1 A 127.0.0.7", name));
    m_dns_wait(dns, name, "A", "127.0.0.8", 300); /* a_name_never_comes */
}

SCENARIO(a_name_never_goes, .uses = USES("dns"))
{
    struct m_dns *dns = m_dns_open(t, "dns");
    const char *name = own_name(t);
    update(t, m_fmt(t, "add %s. 1 TXT here", name));
    m_dns_wait_gone(dns, name, "TXT", 300); /* a_name_never_goes */
}

SCENARIO(a_condition_says_what_it_saw, .uses = USES("dns"))
{
    struct m_dns *dns = m_dns_open(t, "dns");
    const char *name = own_name(t);
    CHECK(M_UNTIL(t, 200, 20, m_dns_value(dns, name, "A") != NULL)); /* a_condition_says_what_it_saw */
}

/* A socket that nobody reads: the datagrams are taken, and not answered. */
static int silent_port(struct muster_ctx *t)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    REQUIRE(fd >= 0 && bind(fd, (struct sockaddr *)&a, size) == 0 &&
            getsockname(fd, (struct sockaddr *)&a, &size) == 0);
    return ntohs(a.sin_port);
}

SCENARIO(nobody_answers, .timeout_ms = 20000)
{
    struct m_dns *dns = m_dns_at(t, m_fmt(t, "127.0.0.1:%d", silent_port(t)));
    m_dns_query(dns, "a.test", "A"); /* nobody_answers */
}

SCENARIO(there_is_no_server)
{
    m_dns_at(t, "here and there"); /* there_is_no_server */
}

SCENARIO(a_type_is_unknown, .uses = USES("dns"))
{
    m_dns_value(m_dns_open(t, "dns"), "a.test", "HINFO"); /* a_type_is_unknown */
}

/* Without the key, or with another one, nothing is changed. */
SCENARIO(the_key_is_asked_for, .uses = USES("dns"))
{
    struct m_dns *dns = m_dns_open(t, "dns");
    const char *name = own_name(t), *key = m_fmt(t, "%s/key", m_attempt(t)->temp_dir);
    FILE *out = fopen(key, "we");
    REQUIRE(out != NULL);
    fprintf(out, "hmac-sha256:%s:c29tZWJvZHkgZWxzZSdzIGtleQ==\n", m_fixture(t, "dns", "key_name"));
    REQUIRE_INT(fclose(out), ==, 0);
    CHECK_INT(update_with(t, key, m_fmt(t, "add %s. 1 A 127.0.0.1", name)), !=, 0);
    CHECK_STR(m_dns_query(dns, name, "A")->code, ==, "NXDOMAIN");
}

/* A run that holds its server until the other end of the pipe is closed. */
SCENARIO(holds_a_server, .uses = USES("dns"), .timeout_ms = 60000)
{
    char none;
    int fd = open(m_fmt(t, "%s/told", m_target(t, "dir")), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    int wait = open(m_target(t, "fifo"), O_RDONLY | O_CLOEXEC);
    REQUIRE(wait >= 0);
    dprintf(fd, "%s\n", m_fixture(t, "dns", "key_file"));
    close(fd);
    CHECK_INT(read(wait, &none, 1), ==, 0);
}

MUSTER_PLUGIN("e2e.dns", "1.0.0")

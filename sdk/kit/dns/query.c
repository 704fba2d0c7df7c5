/* SPDX-License-Identifier: Apache-2.0 */
/* One question to one server. c-ares sends it, again where nothing comes, and by TCP where the answer is too long. */
#include "dns.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <muster/kit/data.h>
#include <muster/kit/wait.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define TRIES       3
#define TIMEOUT_MS  700u /* of the first try; each one more has twice as long */
#define QUESTION_MS 5000u

struct m_dns *m_dns_open(struct muster_ctx *t, const char *fixture)
{
    const char *server = m_fixture(t, fixture, "server");
    if (!server)
        ERROR("the fixture %s publishes no `server`: it is no DNS server", fixture);
    return m_dns_at(t, server);
}

struct m_dns *m_dns_at(struct muster_ctx *t, const char *server)
{
    /* No configuration of the machine's: no search list, no hosts file, no
     * other server. Every answer is the caller's, a refusal too. */
    struct ares_options o = {.flags =
                                 ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP | ARES_FLAG_STAYOPEN,
                             .timeout = TIMEOUT_MS,
                             .tries = TRIES,
                             .lookups = (char *)(uintptr_t) "b"};
    struct m_dns *dns = calloc(1, sizeof *dns);
    ares_channel channel = NULL;
    int rc = dns ? ares_library_init(ARES_LIB_INIT_ALL) : ARES_ENOMEM;
    if (rc == ARES_SUCCESS)
        rc = ares_init_options(&channel, &o, ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS);
    if (rc == ARES_SUCCESS)
        rc = ares_set_servers_ports_csv(channel, server);
    if (rc != ARES_SUCCESS)
        ERROR("the DNS server \"%s\" can't be used: %s: it is given as 127.0.0.1:5353", server, ares_strerror(rc));
    *dns = (struct m_dns){.t = t, .server = m_keep(t, server, strlen(server)), .channel = channel};
    return dns;
}

struct asked {
    struct muster_ctx *t;
    int done, status;
    const struct m_dns_answer *answer;
};

/* "There is none" is c-ares' failure, and an answer here. */
static void answered(void *payload, int status, int timeouts, unsigned char *message, int length)
{
    struct asked *asked = payload;
    (void)timeouts;
    asked->done = 1;
    asked->status = status;
    if (message && length > 0)
        asked->answer = dns_read_message(asked->t, message, (size_t)length);
}

static void wait_for(ares_channel channel, struct m_deadline end)
{
    ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
    struct pollfd fds[ARES_GETSOCK_MAXNUM];
    struct timeval left, most = {.tv_sec = (time_t)(m_deadline_left_ms(end) / 1000),
                                 .tv_usec = (suseconds_t)(m_deadline_left_ms(end) % 1000 * 1000)};
    /* A bit for each that is to be read, and above those one for each that is to be written. c-ares' own macros for
     * them shift a 1 into the sign. */
    unsigned bits = (unsigned)ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM);
    int n = 0;
    for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
        short wanted = (short)((bits >> i & 1 ? POLLIN : 0) | (bits >> (i + ARES_GETSOCK_MAXNUM) & 1 ? POLLOUT : 0));
        if (wanted)
            fds[n++] = (struct pollfd){.fd = sockets[i], .events = wanted};
    }
    const struct timeval *pause = ares_timeout(channel, &most, &left);
    poll(fds, (nfds_t)n, (int)(pause->tv_sec * 1000 + (pause->tv_usec + 999) / 1000));
    for (int i = 0; i < n; i++)
        if (fds[i].revents)
            ares_process_fd(channel, fds[i].revents & ~POLLOUT ? fds[i].fd : ARES_SOCKET_BAD,
                            fds[i].revents & POLLOUT ? fds[i].fd : ARES_SOCKET_BAD);
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* whose time is over */
}

const struct m_dns_answer *m_dns_try_query(struct m_dns *dns, const char *name, const char *type, const char **ret_why)
{
    struct muster_ctx *t = dns->t;
    struct asked asked = {.t = t};
    struct m_deadline end = m_deadline_in(t, QUESTION_MS);
    int number = dns_type_number(type);
    if (!number)
        ERROR("\"%s\" is no type that is read: A, AAAA, CNAME, TXT, SRV, SOA, NS, MX or PTR", type);
    ares_query(dns->channel, name, ns_c_in, number, answered, &asked);
    while (!asked.done && m_deadline_left_ms(end))
        wait_for(dns->channel, end);
    if (!asked.done)
        ares_cancel(dns->channel); /* calls answered() */
    if (!asked.answer && ret_why)
        *ret_why = m_fmt(t, "%s, asked for %s %s: %s", dns->server, name, type, ares_strerror(asked.status));
    if (asked.answer && m_waits_())
        m_saw(t, "%s %s: %s", name, type, asked.answer->text);
    return asked.answer;
}

const struct m_dns_answer *m_dns_query(struct m_dns *dns, const char *name, const char *type)
{
    struct muster_ctx *t = dns->t;
    const char *why = NULL;
    const struct m_dns_answer *answer = m_dns_try_query(dns, name, type, &why);
    if (!answer)
        ERROR("no answer from the DNS server %s", why);
    return answer;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/dns.h: what a DNS server says of a name.
 *
 *     SCENARIO(a_tenant_has_a_name, .uses = USES("dns"))
 *     {
 *         struct m_dns *dns = m_dns_open(t, "dns");
 *         const char *name = m_fmt(t, "shop.%s", m_fixture(t, "dns", "zone"));
 *         create_tenant(t, "shop");
 *         m_dns_wait(dns, name, "A", "127.0.0.1", 10000);
 *         delete_tenant(t, "shop");
 *         m_dns_wait_gone(dns, name, "A", 10000);
 *     }
 *
 * Model
 *   One server is asked, and nobody else: no search list, no hosts file, no cache. Names are whole, with or without the
 *   dot at their end, and compared without regard to case. Types are A, AAAA, CNAME, TXT, SRV, SOA, NS, MX and PTR.
 *   What a server has followed (a CNAME and the address behind it) is in the answer too. UDP, and TCP for what does not
 *   fit.
 *
 *   Records of type SRV and MX come in the order in which they are to be tried: the lowest priority first and, within
 *   it, the highest weight first (RFC 2782 has clients choose by chance there, in proportion to the weights).
 *
 * Ownership and threads
 *   Everything returned is the kit's, and holds until the attempt's process ends. A struct m_dns belongs to one thread
 *   at a time.
 *
 * Failure
 *   Any answer is one, "there is no such name" (NXDOMAIN) too. A server that gives none is an error: the surroundings
 *   are at fault; m_dns_try_query() is for those who ask just that. What does not come, or does not go, is the
 *   product's fault: the waits end the scenario as failed, and say what the last answer was.
 *
 * Time
 *   In milliseconds. A question is asked three times within five seconds; no wait outlives the attempt: see
 *   muster/kit/wait.h.
 */
#ifndef MUSTER_KIT_DNS_H
#define MUSTER_KIT_DNS_H

#include <muster/muster.h>
#include <muster/place.h>

#ifdef __cplusplus
extern "C" {
#endif

struct m_dns;

struct m_dns_record {
    const char *name; /* whose it is, without the dot at its end */
    const char *type; /* "A" */
    /* "127.0.0.1", a name without the dot at its end, a TXT's strings one behind the other, "10 5 8080 api.example" of
     * an SRV, "10 mail.example" of an MX, "ns.example admin.example 7 3600 600 86400 60" of an SOA */
    const char *value;
    const char *target; /* of an SRV or MX: the name in it; else "" */
    uint32_t ttl;       /* seconds */
    int32_t priority, weight, port;
};

struct m_dns_answer {
    const char *code; /* "NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED" ... */
    const struct m_dns_record *records;
    uint64_t n;
    int32_t authoritative; /* 1: the server is one of the zone's own */
    int32_t reserved;
    const char *text; /* all of it in one line, for people */
};

M_KIT_BEGIN_

/* The server that the fixture of this name publishes as `server`: "127.0.0.1:5353". */
struct m_dns *m_dns_open(struct muster_ctx *t, const char *fixture);
/* The one at this address and port: "127.0.0.1:5353", "[::1]:53". */
struct m_dns *m_dns_at(struct muster_ctx *t, const char *server);

/* Never NULL. */
const struct m_dns_answer *m_dns_query(struct m_dns *dns, const char *name, const char *type);
/* The same, but NULL when there is no answer; ret_why, which may be NULL, says what there was in its place. */
const struct m_dns_answer *m_dns_try_query(struct m_dns *dns, const char *name, const char *type, const char **ret_why);
/* The first record of this type; NULL: there is none now. */
const struct m_dns_record *m_dns_find(struct m_dns *dns, const char *name, const char *type);
/* Its value, for CHECK_STR; NULL: there is none now. */
const char *m_dns_value(struct m_dns *dns, const char *name, const char *type);

/* Until there is a record of this type with this value (NULL: any). */
const struct m_dns_record *m_dns_wait(struct m_dns *dns, const char *name, const char *type, const char *value,
                                      uint64_t timeout_ms);
/* Until there is no record of this type. */
void m_dns_wait_gone(struct m_dns *dns, const char *name, const char *type, uint64_t timeout_ms);

M_KIT_END_

#ifdef __cplusplus
}
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_(struct m_dns *, m_dns_open, (t, fixture), struct muster_ctx *t, const char *fixture)
M_PLACED_(struct m_dns *, m_dns_at, (t, server), struct muster_ctx *t, const char *server)
M_PLACED_(const struct m_dns_answer *, m_dns_query, (dns, name, type), struct m_dns *dns, const char *name,
          const char *type)
M_PLACED_(const struct m_dns_answer *, m_dns_try_query, (dns, name, type, ret_why), struct m_dns *dns, const char *name,
          const char *type, const char **ret_why)
M_PLACED_(const struct m_dns_record *, m_dns_find, (dns, name, type), struct m_dns *dns, const char *name,
          const char *type)
M_PLACED_(const char *, m_dns_value, (dns, name, type), struct m_dns *dns, const char *name, const char *type)
M_PLACED_(const struct m_dns_record *, m_dns_wait, (dns, name, type, value, timeout_ms), struct m_dns *dns,
          const char *name, const char *type, const char *value, uint64_t timeout_ms)
M_PLACED_VOID_(m_dns_wait_gone, (dns, name, type, timeout_ms), struct m_dns *dns, const char *name, const char *type,
               uint64_t timeout_ms)
#ifdef M_PLACED_IN_C_
#define m_dns_open(...)      m_dns_open_at_(M_HERE_, __VA_ARGS__)
#define m_dns_at(...)        m_dns_at_at_(M_HERE_, __VA_ARGS__)
#define m_dns_query(...)     m_dns_query_at_(M_HERE_, __VA_ARGS__)
#define m_dns_try_query(...) m_dns_try_query_at_(M_HERE_, __VA_ARGS__)
#define m_dns_find(...)      m_dns_find_at_(M_HERE_, __VA_ARGS__)
#define m_dns_value(...)     m_dns_value_at_(M_HERE_, __VA_ARGS__)
#define m_dns_wait(...)      m_dns_wait_at_(M_HERE_, __VA_ARGS__)
#define m_dns_wait_gone(...) m_dns_wait_gone_at_(M_HERE_, __VA_ARGS__)
#endif

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A DNS message as records with text. The C library's own resolver takes messages apart; here they become words. */
#include "dns.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <muster/kit/data.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int number;
} types[] = {{"A", ns_t_a},     {"AAAA", ns_t_aaaa}, {"CNAME", ns_t_cname}, {"TXT", ns_t_txt}, {"SRV", ns_t_srv},
             {"SOA", ns_t_soa}, {"NS", ns_t_ns},     {"MX", ns_t_mx},       {"PTR", ns_t_ptr}};

int dns_type_number(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0)
            return types[i].number;
    return 0;
}

const char *dns_type_name(int number)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].number == number)
            return types[i].name;
    return NULL;
}

static const char *code_name(int code)
{
    switch (code) {
    case ns_r_noerror:
        return "NOERROR";
    case ns_r_formerr:
        return "FORMERR";
    case ns_r_servfail:
        return "SERVFAIL";
    case ns_r_nxdomain:
        return "NXDOMAIN";
    case ns_r_notimpl:
        return "NOTIMP";
    case ns_r_refused:
        return "REFUSED";
    default:
        return "another code";
    }
}

/* ---- one record -------------------------------------------------------------------------------------------------- */

/* A record's data, read from its front; `at` is NULL once something did not fit. */
struct data {
    struct muster_ctx *t;
    const ns_msg *message;
    const unsigned char *at, *end;
};

static uint32_t take_number(struct data *d, size_t bytes)
{
    uint32_t n = 0;
    if (!d->at || (size_t)(d->end - d->at) < bytes)
        d->at = NULL;
    for (size_t i = 0; d->at && i < bytes; i++)
        n = n << 8 | *d->at++;
    return n;
}

static const char *take_name(struct data *d)
{
    char name[NS_MAXDNAME];
    int n =
        d->at ? ns_name_uncompress(ns_msg_base(*d->message), ns_msg_end(*d->message), d->at, name, sizeof name) : -1;
    if (n < 0 || n > d->end - d->at) {
        d->at = NULL;
        return "";
    }
    d->at += n;
    return m_keep(d->t, name, strlen(name));
}

static const char *take_address(struct data *d, int family, size_t bytes)
{
    char text[INET6_ADDRSTRLEN];
    if (d->end - d->at != (ptrdiff_t)bytes || !inet_ntop(family, d->at, text, sizeof text)) {
        d->at = NULL;
        return "";
    }
    return m_keep(d->t, text, strlen(text));
}

/* Strings with their lengths in front. */
static const char *take_strings(struct data *d)
{
    char *text = malloc((size_t)(d->end - d->at) + 1);
    size_t used = 0;
    while (text && d->at && d->at < d->end) {
        size_t n = take_number(d, 1);
        if (d->at && (size_t)(d->end - d->at) < n)
            d->at = NULL;
        if (d->at) {
            memcpy(text + used, d->at, n);
            used += n;
            d->at += n;
        }
    }
    const char *kept = m_keep(d->t, text ? (const void *)text : "", text ? used : 0);
    free(text);
    return kept;
}

static const char *take_soa(struct data *d)
{
    const char *server = take_name(d), *mailbox = take_name(d);
    uint32_t n[5];
    for (int i = 0; i < 5; i++)
        n[i] = take_number(d, 4);
    return m_fmt(d->t, "%s %s %u %u %u %u %u", server, mailbox, n[0], n[1], n[2], n[3], n[4]);
}

static void take_service(struct data *d, struct m_dns_record *ret_record)
{
    ret_record->priority = (int32_t)take_number(d, 2);
    ret_record->weight = (int32_t)take_number(d, 2);
    ret_record->port = (int32_t)take_number(d, 2);
    ret_record->target = take_name(d);
    ret_record->value =
        m_fmt(d->t, "%d %d %d %s", ret_record->priority, ret_record->weight, ret_record->port, ret_record->target);
}

static void take_exchange(struct data *d, struct m_dns_record *ret_record)
{
    ret_record->priority = (int32_t)take_number(d, 2);
    ret_record->target = take_name(d);
    ret_record->value = m_fmt(d->t, "%d %s", ret_record->priority, ret_record->target);
}

/* 0: the record's data is not what its type says. */
static int read_record(struct muster_ctx *t, const ns_msg *message, const ns_rr *rr, struct m_dns_record *ret_record)
{
    struct data d = {.t = t, .message = message, .at = ns_rr_rdata(*rr), .end = ns_rr_rdata(*rr) + ns_rr_rdlen(*rr)};
    *ret_record = (struct m_dns_record){.name = m_keep(t, ns_rr_name(*rr), strlen(ns_rr_name(*rr))),
                                        .type = dns_type_name(ns_rr_type(*rr)),
                                        .target = "",
                                        .ttl = ns_rr_ttl(*rr)};
    switch (ns_rr_type(*rr)) {
    case ns_t_a:
        ret_record->value = take_address(&d, AF_INET, 4);
        break;
    case ns_t_aaaa:
        ret_record->value = take_address(&d, AF_INET6, 16);
        break;
    case ns_t_txt:
        ret_record->value = take_strings(&d);
        break;
    case ns_t_soa:
        ret_record->value = take_soa(&d);
        break;
    case ns_t_srv:
        take_service(&d, ret_record);
        break;
    case ns_t_mx:
        take_exchange(&d, ret_record);
        break;
    default:
        ret_record->value = take_name(&d);
        break; /* CNAME, NS, PTR */
    }
    return d.at != NULL;
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

/* Types as the server has put them, and of those with a priority the one that is to be tried first. */
static int by_turn(const struct m_dns_record *a, const struct m_dns_record *b)
{
    if (strcmp(a->type, b->type) != 0)
        return 0;
    return a->priority != b->priority ? a->priority - b->priority : b->weight - a->weight;
}

/* By insertion: the order of equals stays. */
static void put_in_order(struct m_dns_record *records, uint64_t n)
{
    for (uint64_t i = 1; i < n; i++) {
        struct m_dns_record moved = records[i];
        uint64_t to = i;
        for (; to > 0 && by_turn(&records[to - 1], &moved) > 0; to--)
            records[to] = records[to - 1];
        records[to] = moved;
    }
}

static const char *tell(struct muster_ctx *t, const struct m_dns_answer *a)
{
    const char *text = a->code;
    for (uint64_t i = 0; i < a->n; i++)
        text =
            m_fmt(t, "%s%s %s %s %s", text, i ? "," : ":", a->records[i].name, a->records[i].type, a->records[i].value);
    return a->n ? text : m_fmt(t, "%s, no record", text);
}

static const struct m_dns_answer *keep_answer(struct muster_ctx *t, struct m_dns_answer answer)
{
    answer.text = tell(t, &answer);
    struct m_dns_answer *kept = malloc(sizeof *kept);
    if (!kept)
        ERROR("out of memory for an answer");
    *kept = answer;
    return kept;
}

const struct m_dns_answer *dns_read_message(struct muster_ctx *t, const unsigned char *message, size_t length)
{
    ns_msg m;
    ns_rr rr;
    if (length > NS_MAXMSG || ns_initparse(message, (int)length, &m) < 0)
        return NULL;
    int most = ns_msg_count(m, ns_s_an);
    struct m_dns_record *records = calloc((size_t)most + 1, sizeof *records);
    struct m_dns_answer a = {.code = code_name((int)ns_msg_getflag(m, ns_f_rcode)),
                             .records = records,
                             .authoritative = ns_msg_getflag(m, ns_f_aa) != 0};
    if (!records)
        ERROR("out of memory for an answer");
    for (int i = 0; i < most; i++) {
        if (ns_parserr(&m, ns_s_an, i, &rr) < 0 ||
            (dns_type_name(ns_rr_type(rr)) && !read_record(t, &m, &rr, &records[a.n++]))) {
            free(records);
            return NULL;
        }
    }
    put_in_order(records, a.n);
    return keep_answer(t, a);
}

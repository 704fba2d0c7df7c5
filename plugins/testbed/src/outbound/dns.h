/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names in a zone of somebody's DNS server, changed by dynamic updates (RFC 2136) that are signed with a key (TSIG,
 * RFC 8945). Without --dns there is no zone, and nobody may ask.
 *
 * A call is begun, and goes on in the loop: a datagram, sent again while no answer comes. Its end is told by `done` as
 * outbound.h has it. An answer that is not signed with the key is none: it may be anybody's.
 */
#ifndef TESTBED_DNS_H
#define TESTBED_DNS_H

#include "common/testbed.h"

#define DNS_TIMEOUT_MS 5000

struct dns_call;

/* NULL: the zone is as it was wanted. The text is there during the call only. */
typedef void dns_fn(const char *error, void *payload);

bool dns_is_used(const struct testbed *tb);
/* The name of a label in the zone: "shop.example.test"; `buf` has DNS_NAME_MAX bytes. */
#define DNS_NAME_MAX 256
const char *dns_name(const struct testbed *tb, const char *label, char *buf);

/* The label has this address (IPv4) and no other one. NULL only when memory is short. */
struct dns_call *dns_set(struct testbed *tb, const char *label, const char *address, dns_fn *done, void *payload);
/* The label has nothing at all. */
struct dns_call *dns_drop(struct testbed *tb, const char *label, dns_fn *done, void *payload);
/* NULL is nothing. */
void dns_cancel(struct dns_call *call);

/* Reads the key; -1 after a message on stderr. Stopping cancels all calls. */
int dns_start(struct testbed *tb);
void dns_stop(struct testbed *tb);

#endif

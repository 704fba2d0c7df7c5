/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the kit share: query.c asks, message.c reads what comes, wait.c goes on asking. */
#ifndef MUSTER_KIT_DNS_INNER_H
#define MUSTER_KIT_DNS_INNER_H

#include <muster/kit/dns.h>

#include <stddef.h>

struct m_dns {
    struct muster_ctx *t;
    const char *server;
    void *channel; /* ares_channel */
};

/* The number of a type by its name, and its name by the number; 0 and NULL: none of those that this kit reads. */
int dns_type_number(const char *name);
const char *dns_type_name(int number);

/* A whole message. NULL: it is none. */
const struct m_dns_answer *dns_read_message(struct muster_ctx *t, const unsigned char *message, size_t length);

#endif

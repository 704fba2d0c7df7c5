/* SPDX-License-Identifier: Apache-2.0 */
/* Updates as packets, by ldns: signed, and what a server answers. Pure: no socket. */
#ifndef TESTBED_DNS_PACKET_H
#define TESTBED_DNS_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dns_key {
    char algorithm[32]; /* with the dot at its end, as ldns wants it */
    char name[256];
    char secret[512]; /* base64 */
};

/* "hmac-sha256:NAME:SECRET", and a line's end. */
bool dns_key_parse(const char *line, struct dns_key *ret_key);

struct dns_packet {
    uint8_t *wire; /* the owner's to free() */
    size_t len;
    uint16_t id;
    void *mac; /* of its signature, for the answer's: dns_packet_free() */
};

/* Takes all that `name` has in the zone away, and gives it the address for so long; NULL: none. False: ldns has
 * refused. */
bool dns_packet_make(const char *zone, const char *name, const char *address, int ttl_s, const struct dns_key *key,
                     struct dns_packet *ret_packet);
void dns_packet_free(struct dns_packet *packet);

enum dns_answer {
    DNS_NO_ANSWER, /* it is to another question, or not from who has the key */
    DNS_DONE,
    DNS_REFUSED /* ret_code says why: "REFUSED", "NOTAUTH" */
};
enum dns_answer dns_packet_answer(const struct dns_packet *packet, const struct dns_key *key, const uint8_t *wire,
                                  size_t len, char *ret_code, size_t room);

#endif

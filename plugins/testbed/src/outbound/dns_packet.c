/* SPDX-License-Identifier: Apache-2.0 */
#include "outbound/dns_packet.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUDGE_S 300 /* how far two clocks may be apart */
#define MAC     3   /* which field of a TSIG record it is */

bool dns_key_parse(const char *line, struct dns_key *ret_key)
{
    struct dns_key key = {.algorithm = ""};
    char extra;

    if (sscanf(line, "%30[a-z0-9-]:%255[A-Za-z0-9._-]:%511[A-Za-z0-9+/=] %c", key.algorithm, key.name, key.secret,
               &extra) != 3)
        return false;
    strcat(key.algorithm, ".");
    *ret_key = key;
    return true;
}

/* Of any type, of the class that says "all of it" in an update (RFC 2136, 2.5.3). */
static ldns_rr *all_of(const char *name)
{
    ldns_rr *rr = ldns_rr_new();

    if (!rr)
        return NULL;
    ldns_rr_set_owner(rr, ldns_dname_new_frm_str(name));
    ldns_rr_set_type(rr, LDNS_RR_TYPE_ANY);
    ldns_rr_set_class(rr, LDNS_RR_CLASS_ANY);
    ldns_rr_set_ttl(rr, 0);
    return rr;
}

static ldns_rr *address_of(const char *name, const char *address, int ttl_s)
{
    char text[400];
    ldns_rr *rr = NULL;

    snprintf(text, sizeof text, "%s. %d IN A %s", name, ttl_s, address);
    return ldns_rr_new_frm_str(&rr, text, (uint32_t)ttl_s, NULL, NULL) == LDNS_STATUS_OK ? rr : NULL;
}

static bool push(ldns_rr_list *list, ldns_rr *rr)
{
    return rr && ldns_rr_list_push_rr(list, rr);
}

static ldns_pkt *make_update(const char *zone, const char *name, const char *address, int ttl_s)
{
    ldns_rdf *owner = ldns_dname_new_frm_str(zone);
    ldns_rr_list *changes = ldns_rr_list_new();
    ldns_pkt *p = NULL;

    if (owner && changes && push(changes, all_of(name)) &&
        (!address || push(changes, address_of(name, address, ttl_s))))
        p = ldns_update_pkt_new(owner, LDNS_RR_CLASS_IN, NULL, changes, NULL); /* copies the changes, takes the owner */
    if (!p)
        ldns_rdf_deep_free(owner);
    ldns_rr_list_deep_free(changes);
    return p;
}

bool dns_packet_make(const char *zone, const char *name, const char *address, int ttl_s, const struct dns_key *key,
                     struct dns_packet *ret_packet)
{
    ldns_pkt *p = make_update(zone, name, address, ttl_s);
    struct dns_packet made = {0};

    if (!p)
        return false;
    ldns_pkt_set_random_id(p);
    made.id = ldns_pkt_id(p);
    bool good = ldns_pkt_tsig_sign(p, key->name, key->secret, FUDGE_S, key->algorithm, NULL) == LDNS_STATUS_OK &&
                ldns_pkt2wire(&made.wire, p, &made.len) == LDNS_STATUS_OK;
    if (good)
        made.mac = ldns_rdf_clone(ldns_rr_rdf(ldns_pkt_tsig(p), MAC));
    ldns_pkt_free(p);
    if (good)
        *ret_packet = made;
    return good;
}

void dns_packet_free(struct dns_packet *packet)
{
    free(packet->wire);
    if (packet->mac)
        ldns_rdf_deep_free(packet->mac);
    *packet = (struct dns_packet){0};
}

static void code_text(const ldns_pkt *p, char *ret_code, size_t room)
{
    char *text = ldns_pkt_rcode2str(ldns_pkt_get_rcode(p));

    snprintf(ret_code, room, "%s", text ? text : "an unknown code");
    free(text);
}

/* A refusal need not be signed: who has the wrong key gets one that can't be. */
enum dns_answer dns_packet_answer(const struct dns_packet *packet, const struct dns_key *key, const uint8_t *wire,
                                  size_t len, char *ret_code, size_t room)
{
    enum dns_answer answer = DNS_NO_ANSWER;
    ldns_pkt *p = NULL;

    if (ldns_wire2pkt(&p, wire, len) != LDNS_STATUS_OK)
        return DNS_NO_ANSWER;
    if (ldns_pkt_qr(p) && ldns_pkt_id(p) == packet->id) {
        code_text(p, ret_code, room);
        if (ldns_pkt_get_rcode(p) != LDNS_RCODE_NOERROR)
            answer = DNS_REFUSED;
        else if (ldns_pkt_tsig(p) && ldns_pkt_tsig_verify(p, wire, len, key->name, key->secret, packet->mac))
            answer = DNS_DONE;
    }
    ldns_pkt_free(p);
    return answer;
}

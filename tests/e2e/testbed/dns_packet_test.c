/* SPDX-License-Identifier: Apache-2.0 */
/* Updates of a DNS zone as packets: what is in them, and which answers count. */
#include "outbound/dns_packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ldns/ldns.h>

static const char line[] = "hmac-sha256:muster.key:MDEyMzQ1Njc4OWFiY2RlZg==\n";

static void keys_are_read(void **state)
{
    static const char *const wrong[] = {"",
                                        "\n",
                                        "hmac-sha256",
                                        "hmac-sha256:name",
                                        "hmac-sha256:name:",
                                        "hmac-sha256::c2VjcmV0",
                                        ":name:c2VjcmV0",
                                        "hmac-sha256:name:c2VjcmV0 more",
                                        "hmac-sha256:name:not base64"};
    struct dns_key key;

    (void)state;
    assert_true(dns_key_parse(line, &key));
    assert_string_equal(key.algorithm, "hmac-sha256.");
    assert_string_equal(key.name, "muster.key");
    assert_string_equal(key.secret, "MDEyMzQ1Njc4OWFiY2RlZg==");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (dns_key_parse(wrong[i], &key))
            fail_msg("\"%s\" is taken as a key", wrong[i]);
}

static struct dns_key the_key(void)
{
    struct dns_key key;

    assert_true(dns_key_parse(line, &key));
    return key;
}

/* All that the name has goes, before it gets its address: so a second time changes nothing. */
static void an_update_replaces(void **state)
{
    struct dns_key key = the_key();
    struct dns_packet packet;
    ldns_pkt *p;

    (void)state;
    assert_true(dns_packet_make("example.test", "shop.example.test", "127.0.0.9", 60, &key, &packet));
    assert_int_equal(ldns_wire2pkt(&p, packet.wire, packet.len), LDNS_STATUS_OK);
    assert_int_equal(ldns_pkt_get_opcode(p), LDNS_PACKET_UPDATE);
    assert_int_equal(ldns_pkt_id(p), packet.id);
    assert_true(ldns_pkt_tsig_verify(p, packet.wire, packet.len, key.name, key.secret, NULL));
    ldns_rr_list *changes = ldns_pkt_authority(p);
    assert_int_equal(ldns_rr_list_rr_count(changes), 2);
    assert_int_equal(ldns_rr_get_class(ldns_rr_list_rr(changes, 0)), LDNS_RR_CLASS_ANY);
    assert_int_equal(ldns_rr_get_type(ldns_rr_list_rr(changes, 0)), LDNS_RR_TYPE_ANY);
    char *text = ldns_rr2str(ldns_rr_list_rr(changes, 1));
    assert_string_equal(text, "shop.example.test.\t60\tIN\tA\t127.0.0.9\n");
    free(text);
    ldns_pkt_free(p);
    dns_packet_free(&packet);

    assert_true(dns_packet_make("example.test", "shop.example.test", NULL, 60, &key, &packet));
    assert_int_equal(ldns_wire2pkt(&p, packet.wire, packet.len), LDNS_STATUS_OK);
    assert_int_equal(ldns_rr_list_rr_count(ldns_pkt_authority(p)), 1);
    ldns_pkt_free(p);
    dns_packet_free(&packet);
}

static void what_is_no_name_is_refused(void **state)
{
    struct dns_key key = the_key();
    struct dns_packet packet;
    char label[80];

    (void)state;
    memset(label, 'a', 70);
    strcpy(label + 70, ".test");
    assert_false(dns_packet_make("test", label, "127.0.0.1", 60, &key, &packet));
    assert_false(dns_packet_make("test", "a.test", "nowhere", 60, &key, &packet));
}

/* An answer to the packet, signed with `secret` (NULL: not at all). */
static enum dns_answer answer(const struct dns_packet *packet, uint16_t id, ldns_pkt_rcode code, const char *secret,
                              char *ret_code, size_t room)
{
    struct dns_key key = the_key();
    ldns_pkt *p = ldns_pkt_new();
    uint8_t *wire;
    size_t len;

    ldns_pkt_set_id(p, id);
    ldns_pkt_set_qr(p, true);
    ldns_pkt_set_opcode(p, LDNS_PACKET_UPDATE);
    ldns_pkt_set_rcode(p, (uint8_t)code);
    if (secret)
        assert_int_equal(ldns_pkt_tsig_sign(p, key.name, secret, 300, key.algorithm, packet->mac), LDNS_STATUS_OK);
    assert_int_equal(ldns_pkt2wire(&wire, p, &len), LDNS_STATUS_OK);
    enum dns_answer a = dns_packet_answer(packet, &key, wire, len, ret_code, room);
    free(wire);
    ldns_pkt_free(p);
    return a;
}

static void only_the_keys_owner_is_believed(void **state)
{
    struct dns_key key = the_key();
    struct dns_packet packet;
    char code[40];

    (void)state;
    assert_true(dns_packet_make("test", "a.test", "127.0.0.1", 60, &key, &packet));
    assert_int_equal(answer(&packet, packet.id, LDNS_RCODE_NOERROR, key.secret, code, sizeof code), DNS_DONE);
    assert_int_equal(answer(&packet, packet.id, LDNS_RCODE_NOERROR, NULL, code, sizeof code), DNS_NO_ANSWER);
    assert_int_equal(answer(&packet, packet.id, LDNS_RCODE_NOERROR, "c29tZWJvZHkgZWxzZQ==", code, sizeof code),
                     DNS_NO_ANSWER);
    assert_int_equal(answer(&packet, (uint16_t)(packet.id + 1), LDNS_RCODE_NOERROR, key.secret, code, sizeof code),
                     DNS_NO_ANSWER);
    assert_int_equal(answer(&packet, packet.id, LDNS_RCODE_NOTAUTH, NULL, code, sizeof code), DNS_REFUSED);
    assert_string_equal(code, "NOTAUTH");
    assert_int_equal(dns_packet_answer(&packet, &key, packet.wire, packet.len, code, sizeof code), DNS_NO_ANSWER);
    assert_int_equal(dns_packet_answer(&packet, &key, (const uint8_t *)"\1\2", 2, code, sizeof code), DNS_NO_ANSWER);
    dns_packet_free(&packet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_read),
        cmocka_unit_test(an_update_replaces),
        cmocka_unit_test(what_is_no_name_is_refused),
        cmocka_unit_test(only_the_keys_owner_is_believed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}

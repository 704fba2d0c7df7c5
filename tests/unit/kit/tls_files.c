/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates for a test. */
#include "tls_files.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#define LIFE_SECONDS 3600

static int add_extension(X509 *cert, int nid, const char *value)
{
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    int ok = e && X509_add_ext(cert, e, -1);
    X509_EXTENSION_free(e);
    return ok;
}

/* issuer NULL: signed by itself. */
static X509 *make_cert(const char *name, long serial, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key)
{
    X509 *cert = X509_new();
    X509_NAME *subject = X509_get_subject_name(cert);
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), serial);
    X509_gmtime_adj(X509_getm_notBefore(cert), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert), LIFE_SECONDS);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(cert, issuer ? X509_get_subject_name(issuer) : subject);
    X509_set_pubkey(cert, key);
    int ok = issuer ? add_extension(cert, NID_subject_alt_name, "IP:127.0.0.1")
                    : add_extension(cert, NID_basic_constraints, "critical,CA:TRUE");
    if (ok && X509_sign(cert, issuer_key ? issuer_key : key, EVP_sha256()))
        return cert;
    X509_free(cert);
    return NULL;
}

static int write_pem(const char *folder, const char *name, X509 *cert, EVP_PKEY *key)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    int ok = f && (cert ? PEM_write_X509(f, cert) : PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL));
    return f && fclose(f) == 0 && ok ? 0 : -1;
}

int tls_files_write(const char *folder)
{
    EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *server_key = EVP_EC_gen("P-256"), *client_key = EVP_EC_gen("P-256");
    X509 *ca = make_cert("test authority", 1, ca_key, NULL, NULL);
    X509 *server = make_cert("127.0.0.1", 2, server_key, ca, ca_key);
    X509 *client = make_cert("tester", 3, client_key, ca, ca_key);
    int r = ca && server && client ? 0 : -1;
    if (r == 0 &&
        (write_pem(folder, "ca.pem", ca, NULL) < 0 || write_pem(folder, "server.pem", server, NULL) < 0 ||
         write_pem(folder, "server.key", NULL, server_key) < 0 || write_pem(folder, "client.pem", client, NULL) < 0 ||
         write_pem(folder, "client.key", NULL, client_key) < 0))
        r = -1;
    X509_free(ca);
    X509_free(server);
    X509_free(client);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(server_key);
    EVP_PKEY_free(client_key);
    return r;
}

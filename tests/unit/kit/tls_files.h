/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates for a test: an authority, and what it signed, as PEM files in a folder. */
#ifndef TESTS_KIT_TLS_FILES_H
#define TESTS_KIT_TLS_FILES_H

/* Writes ca.pem, server.pem and server.key (for 127.0.0.1), client.pem and client.key (CN "tester") into `folder`. */
int tls_files_write(const char *folder);

#endif

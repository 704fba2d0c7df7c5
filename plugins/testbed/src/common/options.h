/* SPDX-License-Identifier: Apache-2.0 */
/* The command line as values. Strings point into argv and live as long as the program. */
#ifndef TESTBED_OPTIONS_H
#define TESTBED_OPTIONS_H

#include "common/defects.h"

#include <stdbool.h>

struct options {
    const char *listen;
    int port;
    const char *port_file;
    const char *store;                         /* store.h says what it may be */
    const char *data;                          /* the folder for files; NULL: folder.h says which */
    int migrate_to;                            /* -1: serve; else bring the tables to this version, and that is all */
    const char *driver;                        /* workloads/drivers.h says what it may be */
    const char *dns, *dns_zone, *dns_key_file; /* all of them, or NULL: tenants have no names in DNS */
    const char *admin_password_file;
    const char *smtp;         /* smtp://HOST[:PORT] to which mails go; NULL: they are kept */
    const char *orchestrator; /* the URL of what runs tenants' applications; NULL: we do */
    const char *orchestrator_token_file;
    char orchestrator_token[256]; /* the file's first line, read by main.c; "" */
    int token_ttl_s;
    bool stop_on_stdin_eof;
    bool quiet;
    struct defect_set defects;
    /* Routes, as "GET /v1/workloads/{}", that have forgotten to ask whose the thing is, or who asks; NULL: none. */
    const char *foreign_route, *open_route;
};

/*
 * Reads argv. Returns -1 when the program should go on; otherwise the exit status (0 after --help, --version and
 * --list-defects, 2 for a usage error that has been reported on stderr).
 */
int options_parse(int argc, char **argv, struct options *ret_options);

#endif

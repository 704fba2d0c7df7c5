/* SPDX-License-Identifier: Apache-2.0 */
/* The command line as values. Strings point into argv and live as long as the program. */
#ifndef TESTBED_OPTIONS_H
#define TESTBED_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
    const char *listen;
    int port;
    const char *port_file;
    const char *store; /* store.h says what it may be */
    int migrate_to;    /* -1: serve; else bring the tables to this version, and that is all */
    const char *admin_password_file;
    int token_ttl_s;
    bool stop_on_stdin_eof;
    bool quiet;
    uint64_t defects;
    /* Routes, as "GET /v1/workloads/{}", that have forgotten to ask whose the thing is, or who asks; NULL: none. */
    const char *foreign_route, *open_route;
};

/*
 * Reads argv. Returns -1 when the program should go on; otherwise the exit status (0 after --help, --version and
 * --list-defects, 2 for a usage error that has been reported on stderr).
 */
int options_parse(int argc, char **argv, struct options *ret_options);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The services that a run has kept, for who cleans it up: named, ended, missed. */
#ifndef MUSTER_CLI_CLEANUP_SERVICES_H
#define MUSTER_CLI_CLEANUP_SERVICES_H

#include "cli/cleaning.h"

/* Looks for them. As kept_open(); of those that have ended since the run it is said that they are gone. */
int cleanup_services_open(struct cleaning *c);
/* Names them; the exit status. */
int cleanup_services_list(struct cleaning *c);
/* Has them end, and names them. EXIT_OK: they have. */
int cleanup_services_end(struct cleaning *c);
/* Nobody says what has become of them, with this error: they are left alone. The exit status. */
int cleanup_services_leave(struct cleaning *c, int error);
/* A service that has ended since the run and that this one used, as the ledger names him; NULL: there is none. */
const char *cleanup_services_lost(const struct cleaning *c, const char *user);

#endif

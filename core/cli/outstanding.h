/* SPDX-License-Identifier: Apache-2.0 */
/* What earlier runs have left to be undone, for who begins the next one. */
#ifndef MUSTER_CLI_OUTSTANDING_H
#define MUSTER_CLI_OUTSTANDING_H

/* A line on stderr for each of the newest runs below `out` that nobody is at work on and whose ledger has open entries,
 * but for `except` (a name; NULL: none is left out), and how many others there are. */
void cli_tell_outstanding(const char *out, const char *except);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a secret may be written: as it is; escaped as in JSON, with and without its slashes, in XML and HTML, and in a
 * URL (percent-encoded, with hex digits of either case, or as a form has it); in hex digits of either case; and in
 * base64, with either alphabet, at each of the three offsets that it may have in what was encoded, of which the
 * characters that depend on the secret alone are sought.
 */
#ifndef MUSTER_SECRETS_SPELLINGS_H
#define MUSTER_SECRETS_SPELLINGS_H

#include "base/buf.h"

#include <stddef.h>

/* Calls `tell` with each spelling; some are alike. The bytes are valid during the call. */
void spellings_each(const char *value, size_t len, void (*tell)(void *data, const char *bytes, size_t len), void *data);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in a text, and in a file. */
#ifndef MUSTER_SECRETS_SEEK_H
#define MUSTER_SECRETS_SEEK_H

#include "base/mem.h"
#include "secrets/secrets.h"

/* The text, or a copy in the arena without its secrets. */
const char *secrets_hide(const struct secrets *s, const char *text, struct arena *arena);
/* Reads a file from its beginning and calls `found` with each place, in order of their ends; they may overlap. A
 * negative errno. */
int secrets_find(const struct secrets *s, int fd,
                 void (*found)(void *data, int64_t start, int64_t end, const char *name), void *data);

#endif

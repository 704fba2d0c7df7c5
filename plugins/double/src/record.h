/* SPDX-License-Identifier: Apache-2.0 */
/* A request as evidence: with *** where a secret stood. */
#ifndef DOUBLE_RECORD_H
#define DOUBLE_RECORD_H

#include "rules.h"

/* A new reference. Secret are fields whose names say so, and the values that the script calls secret. */
json_t *record_make(const struct script *script, const struct asked *asked, json_int_t number, const char *rule,
                    unsigned status);
/* A line of JSON. */
void record_write(int fd, const json_t *record);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ids of cases: `acme.payments.refund[plan=pro,seats=10]`.
 *
 * What a value holds must neither end the id nor make it another pattern, and the whole has to be read, pasted between
 * single quotes and looked for. So of a value letters, digits and most signs stay, in any script; blanks, control and
 * invisible characters, bytes that are not UTF-8, and each of , = [ ] % * ? \ ' are %XX for each of their bytes. A
 * value longer than CASE_VALUE_MAX then is cut and ended by "%~" and 64 bits of a hash of all of it; so are parameters
 * longer than CASE_PARAMS_MAX together. No escape is "%~": what was cut is never taken for what is whole. The hash is
 * the same on every machine, so ids can be compared from run to run. Pure.
 */
#ifndef MUSTER_PLAN_CASE_ID_H
#define MUSTER_PLAN_CASE_ID_H

#include "base/buf.h"

#include <stdint.h>

/* In bytes. A folder's name takes 255, and ids of scenarios are mostly below 60. */
enum { CASE_VALUE_MAX = 60, CASE_PARAMS_MAX = 180 };

/* Appends the scenario's id with the parameters in brackets; without any (n is 0), the id alone. */
void case_id_add(struct buf *out, const char *scenario, const char *const *names, const char *const *values,
                 uint32_t n);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a text is JSON. */
#ifndef MUSTER_TABLES_JSON_H
#define MUSTER_TABLES_JSON_H

#include "base/err.h"

/* One JSON value (RFC 8259) of any kind, without duplicate keys, integers within 64 bits. -EINVAL says where it is not
 * one. */
int json_text_check(const char *text, struct err *err);

#endif

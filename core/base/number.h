/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doubles as text, the same in every locale: a plugin may set one, and a decimal point is a point all the same.
 */
#ifndef MUSTER_BASE_NUMBER_H
#define MUSTER_BASE_NUMBER_H

#include "base/buf.h"

/* The shortest form that reads back the same, from 15 digits on: 19.99, not 19.989999999999998. */
void number_add(struct buf *out, double value);
/* The whole text is a finite number, without blanks around it: 1.5, -2, 1e9. Hexadecimal ones are taken too. */
bool number_parse(const char *text, double *ret_value);

#endif

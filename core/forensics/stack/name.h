/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a frame is called: function, file and line from DWARF, with one line for each function that was
 * inlined there; symbol and offset without DWARF; an address without symbols.
 *
 *     refund at pay.c:42
 *     write+0x17 in libc.so.6
 *     0x1a2b in pay.so
 */
#ifndef MUSTER_STACK_NAME_H
#define MUSTER_STACK_NAME_H

#include "forensics/stack/unwind.h"

#include <stdio.h>

/* Is it of the program itself, of libc or nowhere: not of what the program loaded? */
bool name_is_of_program(Dwfl *session, struct frame frame);
/* Prints one indented line, or several when functions were inlined. */
void name_print(Dwfl *session, struct frame frame, FILE *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The line that the running call comes from (muster/ext/place.h). */
#ifndef MUSTER_HOST_PLACE_EXT_H
#define MUSTER_HOST_PLACE_EXT_H

#include <muster/ext/place.h>

extern const struct muster_ext_place ext_place;

struct place {
    const char *file; /* never NULL; "": nobody knows */
    uint32_t line;
};

/* This thread's. */
struct place place_of_call(void);
/* What follows is not of that call: it ends the attempt. */
void place_forget(void);

#endif

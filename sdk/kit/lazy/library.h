/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kit's heavy system libraries are loaded by, when a scenario first needs one. Internal to the kit.
 *
 * Why: an attempt is a fork of a process with all of its plugin mapped. libcurl brings about 160 mappings, which every
 * attempt would copy and drop, whether it makes a request or not. So a plugin that links the kit names no such library;
 * an attempt that makes a request loads it for itself.
 *
 * A library comes as a table of pointers, each typed by the library's own header. It is loaded once in a process, by
 * whichever thread comes first, and stays. One that can't be had stays so: every call gives the same reason.
 */
#ifndef MUSTER_KIT_LAZY_LIBRARY_H
#define MUSTER_KIT_LAZY_LIBRARY_H

#include <stddef.h>

struct lazy_symbol {
    const char *name;
    void *place; /* of the pointer to it */
};

/* Loads and fills all places: 0; or -1, with a sentence that names the library, the reason and what to install. Not for
 * two threads at once. */
int lazy_load(const char *soname, const char *package, const struct lazy_symbol *symbols, size_t n, char *ret_why,
              size_t room);

#endif

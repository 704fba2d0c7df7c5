/* SPDX-License-Identifier: Apache-2.0 */
/* Loading a library when it is first needed. */
#include "library.h"

#include <dlfcn.h>
#include <stdio.h>

static int refuse(const char *soname, const char *package, const char *cause, char *ret_why, size_t room)
{
    snprintf(ret_why, room, "%s cannot be loaded: %s: install it (Debian has it in %s)", soname, cause, package);
    return -1;
}

int lazy_load(const char *soname, const char *package, const struct lazy_symbol *symbols, size_t n, char *ret_why,
              size_t room)
{
    void *library = dlopen(soname, RTLD_LAZY | RTLD_LOCAL); /* most functions of a library are never called */
    if (!library)
        return refuse(soname, package, dlerror(), ret_why, room);
    for (size_t i = 0; i < n; i++) {
        /* C has no conversion from an object's pointer to a function's; POSIX has dlsym() written so. */
        void **place = symbols[i].place;
        *place = dlsym(library, symbols[i].name);
        if (!*place) {
            char cause[96];
            snprintf(cause, sizeof cause, "it has no %s, so it is too old", symbols[i].name);
            dlclose(library);
            return refuse(soname, package, cause, ret_why, room);
        }
    }
    return 0;
}

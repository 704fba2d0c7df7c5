/* SPDX-License-Identifier: Apache-2.0 */
/* Libraries that are loaded when they are first needed. */
#include "base/dynlib.h"

#include <dlfcn.h>
#include <errno.h>

int library_load(const char *soname, const struct library_symbol *symbols, size_t n, void **library, struct err *err)
{
    if (*library)
        return 0;
    void *loaded = dlopen(soname, RTLD_LAZY | RTLD_LOCAL); /* most functions of a library are never called */
    if (!loaded)
        return err_set(err, -ENOSYS, "loading %s: %s", soname, dlerror());
    for (size_t i = 0; i < n; i++) {
        /* C has no conversion from an object's pointer to a function's; POSIX has dlsym() written so. */
        void **place = symbols[i].place;
        *place = dlsym(loaded, symbols[i].name);
        if (!*place) {
            dlclose(loaded);
            return err_set(err, -ENOSYS, "%s has no %s", soname, symbols[i].name);
        }
    }
    *library = loaded;
    return 0;
}

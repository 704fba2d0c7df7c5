/* SPDX-License-Identifier: Apache-2.0 */
/* libfyaml, loaded when it is first needed. */
#include "tables/fyaml_lib.h"

#include <dlfcn.h>
#include <errno.h>

#define LIBRARY "libfyaml.so.0"

static struct fyaml_lib lib;

int fyaml_load(const struct fyaml_lib **ret_lib, struct err *err)
{
    *ret_lib = &lib;
    if (lib.library)
        return 0;
    void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
    if (!library)
        return err_set(err, -ENOSYS, "loading %s: %s", LIBRARY, dlerror());
        /* C has no conversion from an object's pointer to a function's; POSIX has dlsym() written so. */
#define FIND(name)                                                                                                     \
    *(void **)&lib.name = dlsym(library, #name);                                                                       \
    if (!lib.name) {                                                                                                   \
        dlclose(library);                                                                                              \
        return err_set(err, -ENOSYS, "%s has no function %s", LIBRARY, #name);                                         \
    }
    FYAML_CALLS(FIND)
    lib.library = library;
    return 0;
}

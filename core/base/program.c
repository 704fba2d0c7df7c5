/* SPDX-License-Identifier: Apache-2.0 */
/* Where the runner's helper programs are. */
#include "base/program.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#ifndef MUSTER_LIBEXECDIR
#error "MUSTER_LIBEXECDIR is set by CMake: libexec relative to the folder of the program"
#endif

char *program_folder(void)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 0)
        return NULL;
    self[n] = '\0';
    return xstrndup(self, (size_t)(strrchr(self, '/') - self));
}

char *helper_path(const char *name)
{
    autofree char *folder = program_folder();
    if (!folder)
        return xstrdup(name);
    char *beside = xasprintf("%s/%s", folder, name);
    if (access(beside, X_OK) == 0)
        return beside;
    free(beside);
    return xasprintf("%s/%s/muster/%s", folder, MUSTER_LIBEXECDIR, name);
}

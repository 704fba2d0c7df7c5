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

char *helper_path(const char *name)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 0)
        return xstrdup(name);
    self[n] = '\0';
    char *slash = strrchr(self, '/');
    *slash = '\0';
    char *beside = xasprintf("%s/%s", self, name);
    if (access(beside, X_OK) == 0)
        return beside;
    free(beside);
    return xasprintf("%s/%s/muster/%s", self, MUSTER_LIBEXECDIR, name);
}

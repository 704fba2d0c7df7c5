/* SPDX-License-Identifier: Apache-2.0 */
/* Where programs are. */
#include "doctor/search.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

char *search_in(const char *folders, const char *name)
{
    for (const char *p = folders; p && *p;) {
        size_t len = strcspn(p, ":");
        autofree char *path = xasprintf("%.*s/%s", (int)len, p, name);
        if (len > 0 && is_program(path))
            return steal_ptr(&path);
        p += len + (p[len] == ':');
    }
    return NULL;
}

char *search_path(const char *name)
{
    return search_in(getenv("PATH"), name);
}

/* -1: it is none. */
static double version_of(const char *text)
{
    char *end;
    double version = text && *text >= '0' && *text <= '9' ? strtod(text, &end) : -1;
    return version >= 0 && !*end ? version : -1;
}

const char *search_newer(const char *a, const char *b)
{
    return version_of(b) > version_of(a) ? b : a;
}

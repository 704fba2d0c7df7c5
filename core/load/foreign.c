/* SPDX-License-Identifier: Apache-2.0 */
#include "load/foreign.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* An entry of any version, or a section of register.h: a plugin without MUSTER_PLUGIN(...) is a mistake, and no
 * library. */
static bool has_ours(const char *data, size_t len)
{
    static const char *const names[] = {"muster_plugin_v", "muster_scenarios", "muster_fixtures", "muster_steps",
                                        "muster_cleanups"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (memmem(data, len, names[i], strlen(names[i])))
            return true;
    return false;
}

bool is_foreign(const char *path)
{
    enum { CHUNK = 64 * 1024, LONGEST = 16 };
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    autofree char *data = xmalloc(CHUNK);
    size_t kept = 0;
    ssize_t n = fd < 0 ? -1 : 0;
    while (fd >= 0 && (n = read(fd, data + kept, CHUNK - kept)) > 0) {
        size_t len = kept + (size_t)n;
        if (has_ours(data, len))
            return false;
        kept = len < LONGEST ? len : LONGEST; /* a name may stand across two chunks */
        memmove(data, data + len - kept, kept);
    }
    return n == 0;
}

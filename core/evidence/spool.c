/* SPDX-License-Identifier: Apache-2.0 */
/* A nameless file for what is taken out of a bundle. */
#include "evidence/spool.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Far fewer are written, as a rule: it is what there may be. */
static const int64_t in_memory_max = 64 * 1024 * 1024;

int spool_open_in(const char *folder, struct err *err)
{
    autofree char *name = xasprintf("%s/muster-bundle-XXXXXX", folder);
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, -errno, "%s", name);
    unlink(name);
    return fd;
}

int spool_open(int64_t bytes, struct err *err)
{
    int fd = bytes <= in_memory_max ? memfd_create("muster-bundle", MFD_CLOEXEC) : -1;
    const char *folder = getenv("TMPDIR");
    return fd >= 0 ? fd : spool_open_in(folder && *folder ? folder : "/var/tmp", err);
}

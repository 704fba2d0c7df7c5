/* SPDX-License-Identifier: Apache-2.0 */
/* A root file system with one program in it, as a tar archive in memory. */
#ifndef MUSTER_KIT_CONTAINER_TAR_H
#define MUSTER_KIT_CONTAINER_TAR_H

#include <muster/muster.h>

struct container_bytes {
    void *bytes; /* to be freed by container_bytes_free() */
    size_t length;
};

/* A whole file. What can't be read ends the scenario as an error. */
struct container_bytes container_read_file(struct muster_ctx *t, const char *path);
/* "/NAME" with these bytes, which may be run, and an empty /tmp. */
struct container_bytes container_tar(struct muster_ctx *t, const char *name, const struct container_bytes *program);
void container_bytes_free(struct container_bytes *b);
/* Whether the program needs others to be run: a loader, or an interpreter. Pure. */
int container_is_static(const void *bytes, size_t length);

#endif

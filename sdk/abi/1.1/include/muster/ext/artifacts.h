/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/ext/artifacts.h: evidence that is kept with the attempt.
 *
 * Names are relative paths of at most 255 bytes a component ("screens/login.png"); "..", a leading "/" and
 * the names that the runner itself writes (stdout.log, stderr.log) are refused. A second artifact of the
 * same name replaces the first.
 */
#ifndef MUSTER_EXT_ARTIFACTS_H
#define MUSTER_EXT_ARTIFACTS_H

#include <muster/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MUSTER_EXT_ARTIFACTS "muster.artifacts/1"

struct muster_ext_artifacts {
    uint32_t size;
    uint32_t reserved;
    /* 0, or -1 after a line in the event log that says why. media_type: "text/plain", or NULL. */
    int32_t (*attach)(struct muster_ctx *ctx, const char *name, const char *media_type, const void *data,
                      uint64_t length);
    /* Copies the file as it is now. */
    int32_t (*attach_file)(struct muster_ctx *ctx, const char *name, const char *media_type, const char *path);
};

#ifdef __cplusplus
}
#endif

#endif

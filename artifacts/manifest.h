/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MANIFEST.json: the first member of a bundle, which says what the others must be.
 *
 * A manifest lists the files in the order of the archive, with size and SHA-256; what was left out, and why; the head
 * of the event log's hash chain; and the libraries that wrote the bundle, whose versions decide whether its bytes can
 * be made again. There is exactly one text for a manifest: manifest_parse() takes no other, so that no byte of it is
 * free to change. It ends with a seal, the SHA-256 of the text before it. The schema is docs/reference/bundle.md.
 *
 * A manifest owns its strings, through its arena; the owner calls manifest_free(). Paths are relative to the run's
 * directory and may hold any byte but NUL: one that is not UTF-8 is written in hex.
 */
#ifndef MUSTER_ARTIFACTS_MANIFEST_H
#define MUSTER_ARTIFACTS_MANIFEST_H

#include "artifacts/digest.h"
#include "artifacts/format.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/extents.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

/* With the first sparse file comes version 2, so that nobody reads it who knows of none. */
enum { MANIFEST_VERSION = 1, MANIFEST_VERSION_SPARSE = 2 };
#define MANIFEST_NAME "MANIFEST.json"
/* A larger file is not taken: nobody has more than this on one disk, and the holes of more take time, too. */
static const int64_t manifest_size_max = INT64_C(1) << 44;
/* Room for about a million files. What is larger was not written here. */
#define MANIFEST_MAX ((size_t)256 * 1024 * 1024)

struct manifest_file {
    const char *path;
    int64_t size;
    struct extents data;     /* of a sparse file: what the archive has of it; items in the manifest's arena */
    char sha256[DIGEST_HEX]; /* of a sparse file: of its data, end to end */
};

struct manifest_omitted {
    const char *path;
    const char *kind; /* "symlink", "socket", "fifo", "device", "left out", "reserved name", "too deep",
                       * "above the cap" */
};

struct manifest {
    const char *run;
    int64_t created; /* seconds since 1970, UTC: the run's start, and each member's time */
    enum bundle_format format;
    const char *head;                  /* hash of the event log's last line; "" when the run has no log */
    const char *archiver, *compressor; /* "libarchive 3.6.2", "libzstd 1.5.4" */
    struct manifest_file *files;
    size_t n_files, cap_files;
    struct manifest_omitted *omitted;
    size_t n_omitted, cap_omitted;
    struct arena strings;
};

#define automanifest __attribute__((cleanup(manifest_free)))
void manifest_free(struct manifest *m);

/* How many bytes of it are in the archive. */
static inline int64_t manifest_bytes(const struct manifest_file *f)
{
    return f->data.n > 0 ? f->data.bytes : f->size;
}

/* Both copy the path. */
struct manifest_file *manifest_add_file(struct manifest *m, const char *path);
void manifest_add_omitted(struct manifest *m, const char *path, const char *kind);

void manifest_render(const struct manifest *m, struct buf *out);
/* *ret is untouched on failure. -EINVAL: no manifest, or not the one text for what it says. */
int manifest_parse(const char *text, size_t len, struct manifest *ret, struct err *err);

#endif

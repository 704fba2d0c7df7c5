/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bundle's content, archived again and held against the bundle's own bytes.
 *
 * It follows the check member by member and keeps nothing but the encoder's state. After recode_stop() all calls but
 * recode_end() do nothing: once a problem is known, the bytes can't be the same.
 */
#ifndef MUSTER_ARTIFACTS_RECODE_H
#define MUSTER_ARTIFACTS_RECODE_H

#include "artifacts/encode.h"
#include "artifacts/manifest.h"

struct recode {
    struct encoder *encoder; /* NULL: stopped */
    int fd;                  /* the bundle; the caller's */
    int64_t offset;          /* how many bytes were compared */
    bool differs;            /* at `offset` */
    bool same_writer;        /* the libraries running are those of the manifest */
};

enum recode_result {
    RECODE_SAME,
    RECODE_DIFFERS, /* *ret_why is a sentence, malloc'd */
    RECODE_UNKNOWN  /* stopped, or different from what other library versions may have written */
};

void recode_start(struct recode *c, int fd, const struct manifest *m);
/* `data`: of a sparse one, as for encode_sparse(); NULL or empty: it is none. */
void recode_member(struct recode *c, const char *path, int64_t size, const struct extents *data);
void recode_data(struct recode *c, const void *data, size_t len);
enum recode_result recode_end(struct recode *c, char **ret_why);
void recode_stop(struct recode *c);

#endif

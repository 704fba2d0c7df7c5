/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a shard left, opened for merging: its folder, or its bundle, verified before anything of it is taken.
 *
 * Of its files those of its cases are taken (cases/<case>/attempt-N/...), and its ledger. Reports are made again; what
 * else lies in the folder is not the run's. No path of a bundle is trusted: none leads out of the folder that it is
 * written to. A bundle's members go straight to where they belong; its log and ledger, which are read more than once,
 * to a nameless file. The owner calls shard_evidence_close().
 */
#ifndef MUSTER_EVIDENCE_SHARD_EVIDENCE_H
#define MUSTER_EVIDENCE_SHARD_EVIDENCE_H

#include "artifacts/manifest.h"
#include "artifacts/read.h"
#include "record/ledger.h"
#include "record/merge.h"

struct shard_evidence {
    const char *path;
    int dir;                      /* -1 for a bundle */
    struct bundle_reader *bundle; /* its manifest, log and ledger; NULL for a folder */
    struct manifest files;        /* paths only: of a folder */
    int log_fd;                   /* of a folder's event log; of what is read of a bundle */
};

/* Opens and verifies. `room`: the folder for what is read of a bundle. *ret_failed_here: it is the runner that failed,
 * not the input. */
int shard_evidence_open(struct shard_evidence *s, const char *path, const char *room, bool *ret_failed_here,
                        struct err *err);
/* Its event log, which lasts until the evidence is closed. */
struct evlog_input shard_evidence_log(const struct shard_evidence *s);
/* Appends what the shard's ledger has to the ledger of the merged run. */
int shard_evidence_ledger(const struct shard_evidence *s, struct ledger *into, struct err *err);
/* Writes the files of the log's cases, and of its fixtures, into the folder; *ret_left counts files that belong to none
 * of them. */
int shard_evidence_copy(const struct shard_evidence *s, const struct merge_log *log, int into, size_t *ret_left,
                        struct err *err);
void shard_evidence_close(struct shard_evidence *s);

#endif

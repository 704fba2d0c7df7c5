/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of evidence that is kept up to date while an attempt runs: the last 64 KiB of what was said. Internal to the
 * kit.
 *
 * It is below on-failure/ in the attempt's artifacts (muster/ext/attempt.h), so it is kept only of an attempt that does
 * not pass, and also of one that crashed or hangs: each entry is written when it is made. What is secret is left out
 * before. Entries may come from any thread; where the file can't be written there is none, and nothing else changes.
 */
#ifndef MUSTER_KIT_EVIDENCE_EVIDENCE_H
#define MUSTER_KIT_EVIDENCE_EVIDENCE_H

#include <muster/muster.h>
#include <pthread.h>

struct evidence {
    const char *name; /* of the file */
    pthread_mutex_t lock;
    int fd;       /* -1: not opened yet, or it can't be */
    char *recent; /* what the file holds, to be cut; NULL: not opened yet */
    size_t length;
    uint64_t began_us; /* its first entry; CLOCK_MONOTONIC */
    unsigned number;
};

#define EVIDENCE(name_)                                                                                                \
    {                                                                                                                  \
        .name = name_, .lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1                                                     \
    }

/* For what belongs together: 1, 2, ... */
unsigned evidence_number(struct evidence *e);
/* Milliseconds since the file's first entry. */
double evidence_time_ms(struct evidence *e);
/* Adds an entry of whole lines; what was marked as secret is taken out of the text. */
void evidence_add(struct muster_ctx *t, struct evidence *e, char *text, size_t length);
/* A file of its own beside it, whole, in place of one of that name: what is secret has been taken out of it before. */
void evidence_put(struct muster_ctx *t, const char *name, const void *bytes, size_t length);
/* Writes at most `most` bytes of a stranger's text for a reader: secrets hidden, also those that the cut would halve,
 * controls as \xNN, `prefix` before each line. */
void evidence_text(FILE *out, const char *prefix, const void *bytes, size_t length, size_t most);
/* The same on one line. */
void evidence_line(FILE *out, const void *bytes, size_t length, size_t most);
/* The same of a short text without fields in it. */
void evidence_plain(FILE *out, const void *bytes, size_t length);
/* Whether the name of a field says that its value is secret. */
int evidence_is_secret_name(const char *name, size_t length);

#endif

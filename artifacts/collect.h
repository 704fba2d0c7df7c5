/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is collected, and where it is kept: pure functions.
 *
 * Each attempt has a folder in the run's directory, `cases/<case>/attempt-N`, and --artifacts says whose folders are
 * kept. A case id may hold any byte (parameters are the author's), so it is encoded into one path component that every
 * file system and archive takes: artifact_path() and artifact_case() are each other's inverse, but for ids too long
 * for a component, which are cut and carry a hash instead.
 */
#ifndef MUSTER_ARTIFACTS_COLLECT_H
#define MUSTER_ARTIFACTS_COLLECT_H

#include "base/buf.h"

#include <stdint.h>

enum artifacts_policy {
    ARTIFACTS_ALWAYS,
    ARTIFACTS_ON_FAILURE, /* all attempts of a case that had a bad one, so that a flaky pass can be compared */
    ARTIFACTS_NEVER
};

/* "always", "on-failure", "never"; 0 or -EINVAL. */
int artifacts_policy_parse(const char *name, enum artifacts_policy *ret_policy);

enum { COMPONENT_MAX = 255 }; /* bytes in a path component: NAME_MAX of every file system that matters */

/* Appends the encoded id. Letters, digits and - _ + = , @ ~ [ ] and dots stay; each other byte, and a leading dot, is
 * %XX. An encoding above COMPONENT_MAX bytes is cut and ended by "%~" and 64 bits of the id's SHA-256. */
void artifact_component(struct buf *out, const char *case_id);
/* The folder within an attempt's in which its artifacts are. */
#define ARTIFACT_FILES "files"

/* "cases/<case>/attempt-N", N from 1. */
void artifact_path(struct buf *out, const char *case_id, uint32_t attempt);
/* The folder of a service's output: "fixtures/<label>", of one that was started again "fixtures/<label>/start-N". */
void artifact_fixture_path(struct buf *out, const char *label, uint32_t start);
/* The case id of a component that artifact_component() made, appended; -EINVAL when it made no such thing,
 * -ENAMETOOLONG when the id was cut. */
int artifact_case(const char *component, size_t len, struct buf *out);

#endif

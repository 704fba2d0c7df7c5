/* SPDX-License-Identifier: Apache-2.0 */
/* What a temporary folder is worth. Pure. */
#ifndef MUSTER_DOCTOR_TEMP_FOLDER_H
#define MUSTER_DOCTOR_TEMP_FOLDER_H

#include "doctor/findings.h"

#include <stdint.h>

struct temp_folder {
    const char *path;
    const char *ignored; /* TMPDIR, when it is no absolute path, and so not taken; NULL: it is, or there is none */
    int error;           /* a positive errno: why nothing can be made in it; 0: it can */
    uint64_t kind;       /* f_type of statfs(2) */
    bool noexec;
    uint64_t free_bytes; /* for who is not root */
};

void temp_folder_judge(struct findings *f, const struct temp_folder *t);

#endif

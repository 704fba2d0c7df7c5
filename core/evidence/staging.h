/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder that is filled under a hidden name, and gets its own when all is in it: nobody takes half of it for a run.
 *
 * Its hidden name is nobody else's, and it is locked (flock on the folder) as long as its maker lives, so two that make
 * the same thing at the same time never meet, and what a killed one left is known by its lock: the next staging_open()
 * in that place removes it. A staging that was not published is removed by staging_close(), and so is the folder that
 * was made for it.
 */
#ifndef MUSTER_EVIDENCE_STAGING_H
#define MUSTER_EVIDENCE_STAGING_H

#include "base/err.h"

struct staging {
    char *path; /* NULL: none, or published */
    int dir;    /* -1: none; open until staging_close(), also once published */
    char *made; /* the folder that it is in, when it was made for it; NULL */
};
#define STAGING_INIT                                                                                                   \
    {                                                                                                                  \
        .dir = -1                                                                                                      \
    }

/* In <out>, which is made. */
int staging_open(struct staging *s, const char *out, struct err *err);
/* Gives it the name <path>; -EEXIST when there is one, which stays as it is. */
int staging_publish(struct staging *s, const char *path, struct err *err);
void staging_close(struct staging *s);

#endif

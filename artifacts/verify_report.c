/* SPDX-License-Identifier: Apache-2.0 */
/* What a check found: its ownership, and its sentence on the container. */
#include "artifacts/verify.h"

#include <errno.h>
#include <stdlib.h>

void verify_report_free(struct verify_report *r)
{
    for (size_t i = 0; i < r->n_problems; i++) {
        free(r->problems[i].member);
        free(r->problems[i].why);
    }
    free(r->problems);
    free(r->run);
    free(r->created);
    free(r->format);
    free(r->head);
    free(r->archiver);
    free(r->compressor);
    free(r->manifest);
    free(r->sizes);
    *r = (struct verify_report){0};
}

int verify_judge(const struct verify_report *r, const char *bundle, struct err *err)
{
    if (verify_passed(r))
        return 0;
    const struct verify_problem *p = &r->problems[0];
    return err_set(err, -EILSEQ, "%s: %s%s%s", bundle, p->member, *p->member ? ": " : "", p->why);
}

const char *verify_container_note(const struct verify_report *r)
{
    if (r->n_problems > 0)
        return "the container's bytes are not vouched for, since the bundle was changed";
    if (r->reencoded && r->checksum)
        return "every byte of the container is accounted for: archiving the content again gives it, and so does its "
               "checksum file";
    if (r->reencoded)
        return "every byte of the container is accounted for: archiving the content again gives it";
    if (r->checksum)
        return "the container agrees with its checksum file; it was written by other library versions, so archiving "
               "the "
               "content again could not confirm it";
    return "the content was checked, the container's own bytes were not: it was written by other library versions and "
           "has no checksum file beside it";
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the room: the parts of explain.c's page that are about one attempt, or a fixture. */
#ifndef MUSTER_REPORT_EXPLAIN_PARTS_H
#define MUSTER_REPORT_EXPLAIN_PARTS_H

#include "report/show.h"

/* A heading and a sentence. */
void explain_prose(struct buf *out, const char *heading, const char *text);
void explain_reason(struct buf *out, const struct model_attempt *a);
void explain_checks(struct buf *out, const struct model_attempt *a);
void explain_fixture(struct buf *out, const struct model_fixture *f);
/* All of it. */
void explain_attempt(struct buf *out, const struct shown *s, const struct model_case *c, const struct model_attempt *a);

#endif

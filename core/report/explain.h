/* SPDX-License-Identifier: Apache-2.0 */
/* All evidence of one case's failure as a page of Markdown: for an issue, a chat, or a program that reads text. */
#ifndef MUSTER_REPORT_EXPLAIN_H
#define MUSTER_REPORT_EXPLAIN_H

#include "report/show.h"

void explain_case(struct buf *out, const struct shown *s, const struct model_case *c);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Fixtures as a person reads them. */
#ifndef MUSTER_REPORT_FIXTURE_LINES_H
#define MUSTER_REPORT_FIXTURE_LINES_H

#include "report/style.h"

/* It failed, died, or could not be torn down. */
bool fixture_is_bad(const struct model_fixture *f);
/* What has just happened to it, on one line: `    TEARDOWN [   1.234s] run postgres(version=15), 12 users` */
void fixture_add_line(struct buf *out, const struct style *style, enum event_type type, const struct model_fixture *f);
/* All that is known of a bad one. */
void fixture_add(struct buf *out, const struct style *style, const struct model_fixture *f);

#endif

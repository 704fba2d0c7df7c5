/* SPDX-License-Identifier: Apache-2.0 */
/* What a browser sends of a form. */
#ifndef TESTBED_FORM_H
#define TESTBED_FORM_H

#include "server/request.h"

/*
 * The body as r->json: an object of texts. A body that is no form (application/x-www-form-urlencoded), is not UTF-8 or
 * names a field twice is refused: false after the answer. None at all is an empty form.
 */
bool form_parse(struct request *r);

#endif

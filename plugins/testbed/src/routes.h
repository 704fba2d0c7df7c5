/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a path to its handler.
 *
 * One table says for each method and pattern who may ask and what its first {} names; the dispatcher authenticates,
 * keeps tenants apart, checks the role, parses the body, and only then calls the handler, inside a transaction when the
 * request may change something.
 */
#ifndef TESTBED_ROUTES_H
#define TESTBED_ROUTES_H

#include "request.h"

/* Answers r, or leaves it deferred. */
void routes_dispatch(struct request *r);

#endif

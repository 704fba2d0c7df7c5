/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call of the program muster-bundle.
 *
 * The request is its arguments, its standard input and one descriptor; the answer is one line of JSON on its standard
 * output, {"ok":...} or {"errno":N,"error":"..."}. Its standard error is the caller's. The call waits for the program's
 * end; signals that the caller blocks or catches are as by default in the program.
 */
#ifndef MUSTER_ARTIFACTS_HELPER_H
#define MUSTER_ARTIFACTS_HELPER_H

#include "base/buf.h"
#include "base/err.h"

enum { HELPER_FD = 3 }; /* the number of the request's descriptor in the program */

struct json_t;

struct helper_request {
    const char *const *args; /* after the program's name, ended by NULL */
    const struct buf *input; /* NULL: none */
    int fd;                  /* given as HELPER_FD; stays the caller's; -1: none */
};

/* *ret_ok, which may be NULL, is the answer's "ok", owned by the caller (json_decref). */
int helper_call(const char *helper, const struct helper_request *request, struct json_t **ret_ok, struct err *err);

#endif

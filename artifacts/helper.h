/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call of the program muster-bundle.
 *
 * A call is a process: helper_start() spawns it, helper_send() gives it its request, helper_finish() waits for its
 * answer and ends the call. A program may be started long before its request is known, so that its loading is not
 * waited for: it then waits on its standard input, which is a socket. The request is its arguments, its input and one
 * descriptor, which is there from the start or comes with the input; the answer is one line of JSON on its standard
 * output, {"ok":...} or {"errno":N,"error":"..."}. Its standard error is the caller's.
 *
 * Signals that the caller blocks or catches are as by default in the program, and it is in a process group of its own:
 * ^C reaches the caller alone, who decides whether to helper_cancel(). A program whose caller dies before it sent the
 * whole request does nothing; later, it finishes a bundle that it packs, and is ended when it checks one.
 */
#ifndef MUSTER_ARTIFACTS_HELPER_H
#define MUSTER_ARTIFACTS_HELPER_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>
#include <sys/types.h>

enum { HELPER_FD = 3 }; /* the number of the call's descriptor in the program */

struct json_t;

struct helper {
    pid_t pid;
    int request; /* the program's input; -1 once sent */
    int answer;  /* readable when there is an answer, or the program's end */
};

/* `args`: after the program's name, ended by NULL. `fd`: given as HELPER_FD, stays the caller's; -1: none. */
int helper_start(const char *program, const char *const *args, int fd, struct helper *ret, struct err *err);
/* The whole input, with a descriptor that stays the caller's; -1: none. A program that died meanwhile is
 * helper_finish()'s to tell. */
void helper_send(struct helper *h, const void *request, size_t len, int fd);
/* A request is a list of strings, each ended by NUL, and an empty one: it is told from one that was cut off. */
void helper_add(struct buf *request, const char *field);
void helper_add_int(struct buf *request, int64_t field);
/* In the program: the whole input, and the descriptor that came with it, or -1. */
int helper_receive(struct buf *input, int *ret_fd);
/* Its strings, in a list ended by NULL that points into the input; malloc'd. NULL: whoever sent it died over it. */
const char **helper_fields(const struct buf *input, size_t *ret_n);
/* *ret_ok, which may be NULL, is the answer's "ok", owned by the caller (json_decref). */
int helper_finish(struct helper *h, struct json_t **ret_ok, struct err *err);
void helper_cancel(struct helper *h);

#endif

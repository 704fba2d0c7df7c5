/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the platform asks of other servers: HTTP here, mail in mail.h.
 *
 * A call is begun, and goes on in the loop: nothing here ever waits. Its end is told by `done`, from the loop and never
 * from inside the function that began it, exactly once, unless the call is cancelled first: then nothing is told.
 * Calls belong to the room; who begins one keeps the pointer to cancel it only, and forgets it in `done`.
 */
#ifndef TESTBED_OUTBOUND_H
#define TESTBED_OUTBOUND_H

#include "common/testbed.h"

struct outbound_call;

struct outbound_answer {
    const char *error; /* why there is none: refused, too late, cut off. NULL when the server has answered */
    int status;        /* HTTP's, or SMTP's last one; 0 when nothing was heard */
    const char *body;  /* ends with a NUL, which `len` does not count */
    size_t len;
};

/* The answer and its texts are there during the call only. */
typedef void outbound_fn(const struct outbound_answer *answer, void *payload);

struct outbound_request {
    const char *method;         /* NULL: GET */
    const char *url;            /* http:// or https:// */
    const char *unix_socket;    /* the path of the socket to connect to, whatever the URL's host is; NULL: by TCP */
    const char *const *headers; /* "Name: value", NULL at the end; NULL: none */
    const char *body;           /* copied; NULL: none */
    size_t len;
    int64_t timeout_ms; /* for all of it; 0: OUTBOUND_TIMEOUT_MS */
};

#define OUTBOUND_TIMEOUT_MS 10000
#define OUTBOUND_ANSWER_MAX (4u * 1024 * 1024) /* a longer answer is an error */

/* Redirections are answers like others. NULL only when memory is short. */
struct outbound_call *outbound_request(struct testbed *tb, const struct outbound_request *request, outbound_fn *done,
                                       void *payload);
/* NULL is nothing. */
void outbound_cancel(struct outbound_call *call);
/* Ends it with this error and whatever was heard by then: `done` is called from in here. */
void outbound_give_up(struct outbound_call *call, const char *why);

/* The body as JSON, the caller's; NULL when it is none. */
json_t *outbound_json(const struct outbound_answer *answer);

/* After http_start(), whose loop carries the calls; 0 or -1. Stopping cancels all calls. */
int outbound_start(struct testbed *tb);
void outbound_stop(struct testbed *tb);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* One call, for the files of this room: made, given its options by who knows the protocol, and begun. */
#ifndef TESTBED_OUTBOUND_CALL_H
#define TESTBED_OUTBOUND_CALL_H

#include "outbound/outbound.h"

#include <curl/curl.h>

struct outbound_call {
    struct outbound_call *next;
    struct testbed *tb;
    CURL *easy;
    struct curl_slist *headers, *recipients; /* libcurl borrows them */
    curl_mime *mime;
    char *body; /* of the answer */
    size_t len;
    bool too_long;
    char error[CURL_ERROR_SIZE];
    outbound_fn *done;
    void *payload;
};

/* Of these protocols only, as libcurl writes them: "http,https". NULL: memory is short. */
struct outbound_call *call_new(struct testbed *tb, const char *protocols, const char *url, int64_t timeout_ms);
/* Hands it to the loop. NULL, and it is freed, when memory is short. */
struct outbound_call *call_begin(struct outbound_call *call, outbound_fn *done, void *payload);
/* What was never begun. */
void call_free(struct outbound_call *call);

/* False when memory is short. */
bool call_header(struct outbound_call *call, const char *line);

#endif

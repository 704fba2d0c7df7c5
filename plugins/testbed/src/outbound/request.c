/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP requests to others. */
#include "outbound/call.h"

#include <string.h>

static bool add_headers(struct outbound_call *call, const struct outbound_request *request)
{
    /* libcurl would ask before it sends, and wait for the answer. */
    if (!call_header(call, "Expect:"))
        return false;
    for (const char *const *line = request->headers; line && *line; line++)
        if (!call_header(call, *line))
            return false;
    return true;
}

static void add_body(struct outbound_call *call, const struct outbound_request *request)
{
    if (!request->body)
        return;
    curl_easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->len);
    curl_easy_setopt(call->easy, CURLOPT_COPYPOSTFIELDS, request->body);
}

struct outbound_call *outbound_request(struct testbed *tb, const struct outbound_request *request, outbound_fn *done,
                                       void *payload)
{
    struct outbound_call *call = call_new(tb, "http,https", request->url, request->timeout_ms);

    if (!call)
        return NULL;
    if (!add_headers(call, request)) {
        call_free(call);
        return NULL;
    }
    add_body(call, request);
    curl_easy_setopt(call->easy, CURLOPT_USERAGENT, "muster-testbed/" TESTBED_VERSION);
    if (request->method && strcmp(request->method, "HEAD") == 0)
        curl_easy_setopt(call->easy, CURLOPT_NOBODY, 1L);
    else if (request->method)
        curl_easy_setopt(call->easy, CURLOPT_CUSTOMREQUEST, request->method);
    if (request->unix_socket)
        curl_easy_setopt(call->easy, CURLOPT_UNIX_SOCKET_PATH, request->unix_socket);
    return call_begin(call, done, payload);
}

json_t *outbound_json(const struct outbound_answer *answer)
{
    return json_loadb(answer->body, answer->len, JSON_DECODE_ANY, NULL);
}

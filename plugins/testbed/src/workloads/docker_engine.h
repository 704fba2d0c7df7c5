/* SPDX-License-Identifier: Apache-2.0 */
/* A Docker Engine as the driver asks it: from the loop, and at the beginning and the end of the platform, when it may
 * wait. */
#ifndef TESTBED_DOCKER_ENGINE_H
#define TESTBED_DOCKER_ENGINE_H

#include "outbound/outbound.h"

#define DOCKER_INSTANCE_MAX 17

struct docker_engine {
    struct testbed *tb;
    char socket[108];                   /* its path */
    char instance[DOCKER_INSTANCE_MAX]; /* of this platform, in labels and names */
    char image[DOCKER_INSTANCE_MAX + 16];
};

/* What a request is; the path begins behind the API's version. */
struct docker_request {
    const char *method, *path;
    json_t *json; /* the body; taken. NULL: none */
    int64_t timeout_ms;
};

/* `where` is "unix:///PATH" or NULL. Removes what an earlier life of this platform, by its store, was killed amid, and
 * makes the image of that program. -1 after a message on stderr. */
int docker_open(struct docker_engine *e, struct testbed *tb, const char *where, const char *program);
/* Removes every container of this platform, and the image. Waits. */
void docker_close(struct docker_engine *e);
/* As outbound_request(). */
struct outbound_call *docker_ask(struct docker_engine *e, const struct docker_request *request, outbound_fn *done,
                                 void *payload);
/* Why an answer is none of success, in at most `size` bytes of words; false: it is one. */
bool docker_refused(const struct outbound_answer *answer, char *words, size_t size);
/* The labels of a container; a new object. */
json_t *docker_labels(const struct docker_engine *e, const char *tenant_id, const char *workload_id);

#endif

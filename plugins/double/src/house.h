/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All doubles of this process: "shared", and those that attempts have to themselves, each at a port of its own. One
 * lock is around all that they know; no answer is sent with it held. What is called here may be called from any thread.
 */
#ifndef DOUBLE_HOUSE_H
#define DOUBLE_HOUSE_H

#include "player.h"

#define SHARED "shared"

struct house;

struct house_options {
    const char *address; /* to listen on, IPv4 */
    uint16_t port;       /* of the shared one; 0: any */
    const char *folder;  /* where requests are recorded */
};

/* NULL, and a sentence on standard error. The script has to outlive it. */
struct house *house_open(const struct script *script, const struct house_options *options);
void house_close(struct house *house);
const struct script *house_script(const struct house *house);

/* 0; -EEXIST; another negative errno when it can't listen or record. The URL is to be freed. */
int house_add(struct house *house, const char *name, uint16_t port, char **ret_url);
/* Of these, -ENOENT when there is no such double. It ends its connections: */
int house_remove(struct house *house, const char *name);
int house_url(struct house *house, const char *name, char **ret_url);
int house_reset(struct house *house, const char *name);
int house_add_rule(struct house *house, const char *name, const char *session, const char *text, size_t length,
                   char **ret_mistakes); /* -EINVAL: these are to be freed */
int house_end_session(struct house *house, const char *name, const char *session);
/* {"last": N, "requests": [...]} */
int house_requests(struct house *house, const char *name, json_int_t after, json_t **ret_requests);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a server can be used: its port, its answer to an HTTP request. Internal to the kit. */
#ifndef MUSTER_KIT_PROCESS_READY_H
#define MUSTER_KIT_PROCESS_READY_H

#include <muster/kit/wait.h>

/* Where a server is asked. `host`, `port` and `path` are parts of a URL, or made up for a port alone: path is "". */
struct ready_place {
    char host[256], port[8], path[1024];
    char server[272]; /* host and port as a URL and a Host field have them: "[::1]:80" */
};

/* 127.0.0.1:port. */
void process_ready_at_port(int port, struct ready_place *ret_place);
/* 0, or -1: it is not "http://HOST[:PORT][/PATH]". */
int process_ready_at_url(const char *url, struct ready_place *ret_place);

/* Both: 1, or 0 after a sentence in `ret_why`. */
int process_ready_accepts(const struct ready_place *place, struct m_deadline end, char *ret_why, size_t size);
int process_ready_answers(const struct ready_place *place, struct m_deadline end, char *ret_why, size_t size);

#endif

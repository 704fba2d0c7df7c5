/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reference platform of the test's own: started with one defect or none, on a free port, and stopped again. It ends
 * with the test, however that ends: it watches a pipe whose other end the test holds.
 */
#ifndef TESTS_PACKS_SERVER_H
#define TESTS_PACKS_SERVER_H

#include <jansson.h>
#include <sys/types.h>

struct server {
    pid_t pid;
    int life;         /* the pipe's end */
    json_t *greeting; /* its first line: url, ws, admin_user, admin_password */
};

/* defect NULL: none. 0, or -1 after a line on stderr. */
int server_start(const char *program, const char *defect, struct server *ret_server);
/* 0; -1 after a line on stderr when it had not ended well. */
int server_stop(struct server *s);
/* A value of the greeting. */
const char *server_value(const struct server *s, const char *key);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workload's HTTP: GET /health and POST /request[?do=WORK&n=AMOUNT], HTTP/1.1, connections kept.
 *
 * One thread, one poll(). Nothing here blocks but work that is asked to.
 */
#ifndef WORKLOAD_SERVER_H
#define WORKLOAD_SERVER_H

#include "self.h"

/* A socket that listens on HOST:PORT, numbers alone; its port in *ret_port. Negative errno. */
int server_listen(const char *where, int *ret_port);

/*
 * Answers until `life_fd` (-1: none) is at its end, or *draining is set: then what has been asked is answered, and
 * nothing more is taken.
 */
void server_run(const struct self *s, int listener, int life_fd, const volatile bool *draining);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The processes that a fixture stands on. */
#ifndef MUSTER_HOST_FIXTURE_WATCH_H
#define MUSTER_HOST_FIXTURE_WATCH_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

enum { WATCHES_MAX = 64 };

/* NULL, or what is wrong with it. */
const char *watch_add(int32_t pid, const char *what);
/* In a child that was forked: a thread that is not in it may have held the lock. */
void watch_forked(void);
/* Fills `fds` with one for each; how many. Their order stays the same. */
size_t watch_fds(struct pollfd fds[WATCHES_MAX]);
/* "postgres exited with status 1": how the process behind the n-th has ended. It stays to be waited for. */
void watch_describe(size_t n, char *ret_text, size_t size);

#endif

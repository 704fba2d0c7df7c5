/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of processes, and what /proc tells of one.
 *
 * `proc` is a directory descriptor of a /proc (pids_open_proc()): whoever must go on seeing processes when that mount
 * point is gone keeps it open. A number may belong to somebody else by the time that it is used: who signals takes
 * either its own children, which stay until it reaps them, or a pidfd. What can't be read counts as empty.
 */
#ifndef MUSTER_BASE_PIDS_H
#define MUSTER_BASE_PIDS_H

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct pids {
    pid_t *items;
    size_t n, cap;
};

#define autopids __attribute__((cleanup(pids_free)))
void pids_free(struct pids *pids);
void pids_add(struct pids *pids, pid_t pid);
void pids_add_new(struct pids *pids, pid_t pid); /* unless it is there */
bool pids_has(const struct pids *pids, pid_t pid);

/* All of the following append. */

/* Numbers between blanks or lines, as in cgroup.procs; 0, a process that our namespace does not have, is left out. */
void pids_parse(const char *text, struct pids *out);
/* A file of them. 0 or a negative errno. */
int pids_read(int dirfd, const char *path, struct pids *out);
/* Every process of this /proc. */
void pids_all(int proc, struct pids *out);
/* The children of a process, of all its threads. */
void pids_children(int proc, pid_t pid, struct pids *out);
/* Its children, theirs, and so on. */
void pids_descendants(int proc, pid_t pid, struct pids *out);

/* A descriptor of /proc, or a negative errno. */
int pids_open_proc(void);
/* False for a zombie that nobody has waited for yet. One whose first thread has ended while others run is alive. */
bool pid_is_alive(int proc, pid_t pid);
/* Whether its first thread has begun to end: then it closes its descriptors, and is a zombie some milliseconds later.
 * True of one that has gone. */
bool pid_is_ending(int proc, pid_t pid);
/* Whether it began with this variable in its environment: "NAME=value", exactly. */
bool pid_has_variable(int proc, pid_t pid, const char *variable);
/* Whether one of its cgroups, or one above it, has this name. */
bool pid_is_in_group(int proc, pid_t pid, const char *name);
/* "4711 sleep 1000"; just the number when it has gone meanwhile. */
const char *pid_describe(int proc, pid_t pid, struct arena *arena);

/* The number behind a pidfd in our namespace, 0 when it is gone, -1 when that can't be read (no descriptor is left). */
pid_t pidfd_pid(int pidfd);

#endif

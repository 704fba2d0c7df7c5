/* SPDX-License-Identifier: Apache-2.0 */
/* What is looked at: a process, a tree of them, a control group. Each fills a reading. */
#ifndef MUSTER_KIT_MONITOR_SOURCE_H
#define MUSTER_KIT_MONITOR_SOURCE_H

#include "reading.h"

#include <sys/types.h>

struct source {
    /* Fills in what can be read. false: it has ended, and the reading holds what could still be read. */
    bool (*read)(struct source *s, struct reading *r);
    pid_t pid;
    bool tree, loopback;
    unsigned long long started; /* of the pid, lest its number becomes another's */
    char *path, *root;          /* of a control group, without slashes at its ends; where they are mounted */
};

/* 0 or an errno: there is none. */
int monitor_source_processes(struct source *s, pid_t pid, bool tree);
int monitor_source_cgroup(struct source *s, const char *root, const char *path);
void monitor_source_free(struct source *s);

/* Adds memory, descriptors, threads of one process, or nothing when it has ended. */
void monitor_process_add(struct reading *r, pid_t pid);
/* Sets the network's bytes of the namespace that it is in. */
void monitor_process_network(struct reading *r, pid_t pid, bool loopback);

/* The file's beginning, with a NUL behind it; its length, or a negative errno. */
long monitor_read_text(const char *path, char *out, size_t size);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A program that comes to grief in known functions (subject.c), and muster-stack looking at it. */
#ifndef TESTS_HOSTILE_STACK_LOOKING_H
#define TESTS_HOSTILE_STACK_LOOKING_H

#include <stdio.h>
#include <sys/types.h>

/* The programs' paths; set before anything else. */
extern const char *muster_stack, *subject_path;

struct subject {
    pid_t pid;
    FILE *out;
    int tid; /* that it reported */
};

/* Waits until it has reported its thread. It ends with us. */
struct subject subject_start(const char *way, const char *object);
void subject_end(struct subject *subject);
/* The next thread that it reports. */
int read_tid(struct subject *subject);

/* What muster-stack has printed last. */
extern char output[65536];
/* Runs it with these arguments, as another user unless `as` is 0; its exit status. */
int look(uid_t as, const char *const *args);
/* At all threads; it must succeed. */
void look_at(const struct subject *subject);

#endif

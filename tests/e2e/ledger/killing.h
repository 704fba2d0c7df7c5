/* SPDX-License-Identifier: Apache-2.0 */
/* Looking for processes, from outside of the runner. */
#ifndef TESTS_LEDGER_KILLING_H
#define TESTS_LEDGER_KILLING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { TREE_MAX = 256 };

struct descendant {
    pid_t pid;
    int depth; /* 1: a child */
};
/* All descendants of a process, itself not included. */
size_t tree_of(pid_t root, struct descendant ret_tree[TREE_MAX]);
/* Waits for its end, or for the time; true when it has ended (and still is to be waited for). */
bool wait_a_while(pid_t pid, int ms);
/* Whether a process was started with this "NAME=VALUE" in its environment. */
bool some_process_has(const char *variable);
void remove_tree(const char *path);

#endif

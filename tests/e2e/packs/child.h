/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that the test runs. */
#ifndef TESTS_PACKS_CHILD_H
#define TESTS_PACKS_CHILD_H

#include <jansson.h>
#include <sys/types.h>

/* Starts argv[0] with pipes for its stdin, when ret_in is given, and its stdout; stderr is the test's. The pid, or -1
 * after a line on stderr. */
pid_t child_start(const char *const *argv, int *ret_in, int *ret_out);
/* Its wait status. */
int child_wait(pid_t pid);
/* SIGTERM, and SIGKILL when it has not ended after `grace_ms`. Its wait status. */
int child_stop(pid_t pid, int grace_ms);
/* Runs argv[0] to its end; what it wrote to stdout, as JSON, or NULL after a line on stderr. */
json_t *child_json(const char *const *argv);
/* Runs argv[0] to its end with its stdout in `file`; its exit status, or -1 when it did not exit. */
int child_run(const char *const *argv, const char *file);

#endif

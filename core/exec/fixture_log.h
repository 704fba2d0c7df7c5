/* SPDX-License-Identifier: Apache-2.0 */
/* What a fixture says: lines of its log, and of its output. */
#ifndef MUSTER_EXEC_FIXTURE_LOG_H
#define MUSTER_EXEC_FIXTURE_LOG_H

#include "base/mem.h"
#include "record/event.h"

struct fixture_run;

/* A fixture is no case: what is an event of an attempt elsewhere is a line of its log. */
void fixture_log(const struct fixture_run *it, const struct event *event);
/* The last lines that it has printed to this file, of the bytes behind `from`. *ret_cut: the file has not all of it. */
struct string_list fixture_output_since(const struct fixture_run *it, const char *name, uint64_t from,
                                        struct arena *arena, bool *ret_cut);
/* The last lines between these places of a log in its artifacts (exec/fixture_files.h). */
struct string_list fixture_file_output(const struct fixture_run *it, const char *name, uint64_t from, uint64_t to,
                                       struct arena *arena);
/* The last lines of its output: to stderr, or else to stdout. */
struct string_list fixture_output(const struct fixture_run *it, struct arena *arena);

#endif

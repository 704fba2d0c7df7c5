/* SPDX-License-Identifier: Apache-2.0 */
/* The files of counters that a run has left. */
#ifndef MUSTER_COVERAGE_COUNTERS_H
#define MUSTER_COVERAGE_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>

/* Paths, malloc'd. */
struct paths {
    char **items;
    size_t n, cap;
};
void paths_free(struct paths *p);
static inline void cleanup_paths(struct paths *p)
{
    paths_free(p);
}
#define autopaths __attribute__((cleanup(cleanup_paths))) struct paths

/* Adds the regular files below a folder of which `wanted` says so; no link is followed. */
void paths_below(const char *folder, bool (*wanted)(const char *path), struct paths *p);
bool path_ends(const char *path, const char *ending);

/* Puts a link to the .gcno of each .gcda beside it, where gcov looks for it: from where the compiler has left it, which
 * is the path of the .gcda below `counters`, else the one below `objects` whose path ends most alike. The number of
 * those that have none; *ret_first is the first of them, and stays `gcda`'s. */
size_t counters_link_notes(const char *counters, const char *objects, const struct paths *gcda, const char **ret_first);
/* Whether clang has written it. Its counters are those of an older gcov, which gcc's does not read. */
bool counters_are_of_clang(const char *gcda);

#endif

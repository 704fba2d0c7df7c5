/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking single things over from a plugin: structs of any size, strings, lists, and what stands in several tables. All
 * are copied into an arena; what is wrong is named in *at->err, with a stable word in *at->reason.
 */
#ifndef MUSTER_LOAD_TAKE_H
#define MUSTER_LOAD_TAKE_H

#include "load/loaded.h"

/* Where in a plugin something is wrong. */
struct place {
    const char *plugin;  /* its name once known */
    const char **reason; /* where the stable word goes */
    struct err *err;
};

/* Notes the word; returns `code`. */
int take_bad(const struct place *at, const char *reason, int code);
/* Says what is wrong with one entry of a table, and where that is written (`file` may be ""); returns `code`. */
int take_told(const struct place *at, int code, const char *what, const char *name, const char *file, uint32_t line,
              const struct err *why);
/*
 * The rule for structs that cross the interface (Linux's copy_struct_from_user): copies `theirs`, which says it has
 * `theirs_size` bytes, into `ours` of `ours_size` bytes. 0, or -E2BIG when a byte beyond ours is not zero; *ret_offset
 * is then its offset.
 */
int struct_copy(void *ours, size_t ours_size, const void *theirs, size_t theirs_size, size_t *ret_offset);

/* Copies one struct that opens with its size; `least` is what the first version that had it had. */
int take_struct(const struct place *at, const char *what, void *ours, size_t ours_size, size_t least,
                const void *theirs, uint32_t their_minor);
int take_string(const struct place *at, struct arena *arena, const char *what, const char **field, bool required);
/* A NULL-terminated list of strings; a NULL becomes an empty one. */
int take_list(const struct place *at, struct arena *arena, const char *what, const char *const **field);
/* Whether a table of `n` entries can be one. */
int take_check_table(const struct place *at, const char *what, const void *table, uint64_t n);
bool take_is_word(const char *s, size_t n);

/* params.c: lists of parameters, NULL-terminated; a NULL becomes an empty one. */
int take_params(const struct place *at, struct plugin *p, const struct muster_param *const **field);
/* Tables of values for `params`. */
int take_tables(const struct place *at, struct plugin *p, const struct muster_param *const *params,
                const struct muster_table *const **field);
/* What running takes of a list of parameters. */
struct plugin_params take_shapes(struct arena *arena, const struct muster_param *const *params);

/* parts.c: fixtures and steps. */
int take_fixtures(const struct place *at, const struct muster_plugin *theirs, struct plugin *p);
int take_steps(const struct place *at, const struct muster_plugin *theirs, struct plugin *p);

#endif

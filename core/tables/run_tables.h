/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of a run: what plugins bring, the rows of the files that they name, and what --data puts in their place.
 *
 * --data ID=FILE      FILE replaces those tables of the scenario that have a column of it; of none, it is one more
 * --data ID+=FILE     its rows follow those of the one table that has all of its columns
 *
 * Files are read when a scenario that wants them is selected, and not before. Everything read is kept until
 * run_tables_free().
 */
#ifndef MUSTER_TABLES_TABLES_H
#define MUSTER_TABLES_TABLES_H

#include "base/err.h"
#include "base/mem.h"
#include "plan/catalogue.h"

struct table_rule {
    const char *text; /* as given */
    const char *id, *what;
    bool extends;
    bool bare; /* id is nobody's: a name without its plugin */
};

/* Reads a file: table_read(), or what has it done elsewhere (fetch.h). */
typedef int (*table_reader)(void *data, const char *what, const struct param_list *params, struct arena *arena,
                            struct table_info *ret_table, struct err *err);

struct run_tables {
    const struct catalogue *catalogue;
    table_reader reader;
    void *reader_data;
    struct table_rule *rules;
    size_t n_rules;
    struct arena arena;
};

#define autotables __attribute__((cleanup(run_tables_free)))

/* Takes the arguments of --data. -EINVAL: one that is none; -ENOENT: its ID matches nothing, or nothing that has
 * parameters. */
int run_tables_init(struct run_tables *t, const struct catalogue *c, const char *const *rules, size_t n,
                    table_reader reader, void *reader_data, struct err *err);
/* select_options.tables. Errors name the scenario, or the --data, and the file. */
int run_tables_of(void *tables, const struct scenario_info *s, const struct table_info **ret_tables, uint32_t *ret_n,
                  struct err *err);
void run_tables_free(struct run_tables *t);

#endif

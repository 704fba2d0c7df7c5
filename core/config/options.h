/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of the command line, from a table: what is parsed and what --help says come from the same lines.
 *
 * Both `--name value` and `--name=value` work, and `-j4`, `-j 4`; `--` ends the options; options and operands may be
 * mixed. An unknown option is an error that suggests the nearest one.
 */
#ifndef MUSTER_CONFIG_OPTIONS_H
#define MUSTER_CONFIG_OPTIONS_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

enum option_kind {
    OPTION_GROUP,    /* a heading in the help: `help` is its text */
    OPTION_FLAG,     /* bool: true when given */
    OPTION_COUNT,    /* int: how often it was given */
    OPTION_STRING,   /* const char * */
    OPTION_LIST,     /* struct option_list: given any number of times */
    OPTION_INT,      /* int64_t, not negative */
    OPTION_DURATION, /* int64_t, nanoseconds */
    OPTION_SIZE,     /* int64_t, bytes: 16M, 64k */
    OPTION_CHOICE,   /* int: what `choose` made of it */
};

struct option_list {
    const char **items;
    size_t n, cap;
};

struct option {
    enum option_kind kind;
    char letter;                                      /* 0: none */
    const char *name;                                 /* without the dashes */
    const char *arg;                                  /* what the help calls its argument; NULL for flags */
    const char *help;                                 /* one or more sentences; wrapped by options_help() */
    size_t offset;                                    /* of the field in the verb's struct */
    int (*choose)(const char *text, int *ret_choice); /* OPTION_CHOICE: 0 or -EINVAL */
};
#define OPTIONS_END                                                                                                    \
    {                                                                                                                  \
        .kind = OPTION_GROUP, .help = NULL                                                                             \
    }

/* Parses argv[1..argc): fields of *settings, and the operands in order (list freed by option_list_free). Errors are
 * -EINVAL, for usage: they name the option. `--help` sets *ret_help and ends the parsing. */
int options_parse(const struct option *table, int argc, char **argv, void *settings, struct option_list *ret_operands,
                  bool *ret_help, struct err *err);
/* Appends the table as the help shows it, at 80 columns. */
void options_help(const struct option *table, struct buf *out);
void option_list_add(struct option_list *l, const char *item);
void option_list_free(struct option_list *l);

#endif

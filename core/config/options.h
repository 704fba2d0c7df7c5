/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of the command line, from a table: what is parsed and what --help says come from the same lines.
 *
 * Both `--name value` and `--name=value` work, and `-j4`, `-j 4`; `--` ends the options; options and operands may be
 * mixed; `-1` is an operand. An unknown option is an error that suggests the nearest one.
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
    OPTION_ATTACHED, /* the same, only as --name=value; "" without one */
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

/* A value for an option, from the command line or from elsewhere. Texts are borrowed. */
struct option_value {
    const struct option *option;
    const char *value; /* NULL: a flag without one */
    const char *from;  /* for messages: "muster.yaml:3:9", "MUSTER_OPTION_JOBS"; NULL: the command line */
};

struct option_values {
    struct option_value *items;
    size_t n, cap;
};

/* Takes argv[1..argc) apart: values in their order, and the operands (list freed by option_list_free). Errors are
 * -EINVAL, for usage: they name the option. `--help` sets *ret_help and ends it. */
int options_collect(const struct option *table, int argc, char **argv, struct option_values *ret_values,
                    struct option_list *ret_operands, bool *ret_help, struct err *err);
/* Sets fields of *settings, each value in its turn: of an option that takes one value the last one counts. -EINVAL: the
 * error names the option, and where its value is from. */
int options_apply(const struct option_values *values, void *settings, struct err *err);
void option_values_add(struct option_values *values, struct option_value value);
void option_values_free(struct option_values *values);
/* The option of this name; NULL: none. */
const struct option *option_find(const struct option *table, const char *name);
/* The nearest name of one; NULL: none is near. */
const char *option_suggest(const struct option *table, const char *name);
/* Appends the table as the help shows it, at 80 columns. */
void options_help(const struct option *table, struct buf *out);
void option_list_add(struct option_list *l, const char *item);
void option_list_free(struct option_list *l);

#endif

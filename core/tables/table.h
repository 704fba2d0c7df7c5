/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of values, read from files: YAML, JSON (by the same parser) and CSV.
 *
 * In YAML and JSON a table is a list of mappings, the whole file or what a JSON pointer (RFC 6901) leads to; in CSV it
 * has a header. A value is the text that stands there, of the parameter's type; in YAML and JSON it is in quotes only
 * for str and json. Lists and mappings, and whatever is given for a json parameter, become JSON texts. What is not
 * given (null, a missing key, an empty field of CSV) is NULL in the table: the parameter's fallback. Every mistake is
 * named by file, line and column.
 */
#ifndef MUSTER_TABLES_TABLE_H
#define MUSTER_TABLES_TABLE_H

#include "base/buf.h"
#include "tables/builder.h"

enum table_format { TABLE_YAML, TABLE_JSON, TABLE_CSV };

enum {
    TABLE_FILE_MAX = 16 * 1024 * 1024, /* bytes of a file */
    TABLE_VALUES_MAX = 1000 * 1000,    /* of a file of YAML or JSON */
};

/* Parses bytes. `name` is the file's in messages, `pointer` "" or "/plans". The table is in the arena; its places have
 * the name. */
int table_parse(enum table_format format, const char *name, const char *bytes, size_t len, const char *pointer,
                const struct param_list *params, struct arena *arena, struct table_info *ret_table, struct err *err);
/* Reads a file. `what` is its path, with "#/POINTER" behind it or not. Errors name the path. */
int table_read(const char *what, const struct param_list *params, struct arena *arena, struct table_info *ret_table,
               struct err *err);

/* The readers. */
int csv_read(struct builder *builder, const char *bytes, size_t len);
int yaml_read(struct builder *builder, bool json, const char *bytes, size_t len, const char *pointer);

#endif

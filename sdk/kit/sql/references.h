/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue's questions for references: a row for each, with the columns of enum below. Internal to the kit. */
#ifndef MUSTER_KIT_SQL_REFERENCES_H
#define MUSTER_KIT_SQL_REFERENCES_H

/*
 * Both have $1, the schema, and give: child and parent, each as it is written in a statement; "child" as a reader has
 * it (table.column, of several table.(a, b)); parent likewise; "how": the foreign key's name, or NULL for a column that
 * looks like a reference; present: a condition that holds where the child refers to something; same: one that holds
 * between c and p where they belong together; columns: the child's, of c.
 */
extern const char sql_postgres_references[], sql_sqlite_references[];

#endif

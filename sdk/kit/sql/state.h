/* SPDX-License-Identifier: Apache-2.0 */
/* SQLSTATEs: what SQLite's results are in them, and what they say. Pure. Internal to the kit. */
#ifndef MUSTER_KIT_SQL_STATE_H
#define MUSTER_KIT_SQL_STATE_H

/* Of an extended result code and its words; "HY000" where there is none for it. */
const char *sql_state_of_sqlite(int code, const char *message);
/* Whether it is the database's answer to the statement, and not the lack of one: a server that goes down, is full, or
 * was asked to cancel. */
int sql_state_is_answer(const char *sqlstate);
/* Whether it is the wanted one, or of the wanted class of two. */
int sql_state_is(const char *sqlstate, const char *wanted);
/* Whether it could be one: five digits or capitals, or two for a class. */
int sql_state_is_valid(const char *wanted);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What a database's URL says. Pure. Internal to the kit. */
#ifndef MUSTER_KIT_SQL_URL_H
#define MUSTER_KIT_SQL_URL_H

#include <stddef.h>

enum sql_url_kind { SQL_URL_NONE, SQL_URL_POSTGRES, SQL_URL_SQLITE };

enum sql_url_kind sql_url_kind(const char *url);
/* The password between the user's name and the host, as it is written; NULL: none. */
const char *sql_url_password(const char *url, size_t *ret_length);
/* The URL for a reader: stars in place of passwords. To be freed; NULL: out of memory. */
char *sql_url_hide(const char *url);
/* Of a URL of SQLite: its path, which ends at the returned length, and its mode: "rw" where it says none; NULL: it says
 * something else that is not understood, which begins at *ret_path. */
const char *sql_url_sqlite(const char *url, const char **ret_path, size_t *ret_length);
/* The same URL of PostgreSQL with another database; to be freed; NULL: out of memory. */
char *sql_url_with_database(const char *url, const char *database);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Where the engines' catalogues have references: every foreign key, and every column that is named as if it was one. */
#include "references.h"

/* X_id, where a table X, or its plural, has a primary key of one column of the same type. Not where there is an X_type
 * beside it: such a column leads to a table that each row names for itself. */
const char sql_postgres_references[] =
    "WITH declared AS ("
    "  SELECT c.oid, c.conname, c.conrelid, c.confrelid, k.child, k.parent, k.ord"
    "  FROM pg_constraint c, unnest(c.conkey, c.confkey) WITH ORDINALITY k(child, parent, ord)"
    "  WHERE c.contype = 'f' AND c.conparentid = 0"
    "), looks AS ("
    "  SELECT a.attrelid AS conrelid, p.oid AS confrelid, a.attnum AS child, i.indkey[0] AS parent"
    "  FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid AND r.relkind IN ('r', 'p') AND NOT r.relispartition"
    "  JOIN pg_class p ON p.relnamespace = r.relnamespace AND p.relkind IN ('r', 'p') AND p.relname IN ("
    "    left(a.attname, -3), left(a.attname, -3) || 's', left(a.attname, -3) || 'es',"
    "    regexp_replace(left(a.attname, -3), 'y$', 'ies'))"
    "  JOIN pg_index i ON i.indrelid = p.oid AND i.indisprimary AND i.indnkeyatts = 1"
    "  JOIN pg_attribute k ON k.attrelid = p.oid AND k.attnum = i.indkey[0]"
    "  WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attname ~ '._id$'"
    "    AND (a.atttypid = k.atttypid OR a.atttypid IN (20, 21, 23) AND k.atttypid IN (20, 21, 23))"
    "    AND NOT (p.oid = r.oid AND k.attnum = a.attnum)"
    "    AND NOT EXISTS (SELECT 1 FROM declared d WHERE d.conrelid = a.attrelid AND d.child = a.attnum)"
    "    AND NOT EXISTS (SELECT 1 FROM pg_attribute o WHERE o.attrelid = a.attrelid AND NOT o.attisdropped"
    "      AND o.attname = left(a.attname, -3) || '_type')"
    "), every AS ("
    "  SELECT oid::text AS id, conname::text AS how, conrelid, confrelid, child, parent, ord FROM declared"
    "  UNION ALL SELECT conrelid || '.' || child || '.' || confrelid, NULL, conrelid, confrelid, child, parent, 1"
    "  FROM looks"
    ") "
    "SELECT format('%I.%I', n.nspname, r.relname) AS child, format('%I.%I', pn.nspname, p.relname) AS parent,"
    "  r.relname || '.' || CASE count(*) WHEN 1 THEN min(a.attname)"
    "    ELSE '(' || string_agg(a.attname, ', ' ORDER BY e.ord) || ')' END AS from_column,"
    "  p.relname || '.' || CASE count(*) WHEN 1 THEN min(k.attname)"
    "    ELSE '(' || string_agg(k.attname, ', ' ORDER BY e.ord) || ')' END AS to_column,"
    "  e.how, string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ' ORDER BY e.ord) AS present,"
    "  string_agg(format('p.%I = c.%I', k.attname, a.attname), ' AND ' ORDER BY e.ord) AS same,"
    "  string_agg(format('c.%I', a.attname), ', ' ORDER BY e.ord) AS columns "
    "FROM every e JOIN pg_class r ON r.oid = e.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace"
    "  JOIN pg_class p ON p.oid = e.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace"
    "  JOIN pg_attribute a ON a.attrelid = e.conrelid AND a.attnum = e.child"
    "  JOIN pg_attribute k ON k.attrelid = e.confrelid AND k.attnum = e.parent "
    "WHERE n.nspname = $1 "
    "GROUP BY e.id, e.how, n.nspname, r.relname, pn.nspname, p.relname ORDER BY 3, 4";

/* Names are put together by hand: there is no format() of this kind. A foreign key without columns of its own means the
 * parent's primary key. */
#define QUOTED(name_)     "'\"' || replace(" name_ ", '\"', '\"\"') || '\"'"
#define OF(alias_, name_) "'" alias_ ".' || " QUOTED(name_)

const char sql_sqlite_references[] =
    "WITH tables AS ("
    "  SELECT name FROM pragma_table_list WHERE schema = $1 AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE "
    "'\\'"
    "), declared AS ("
    "  SELECT t.name AS child, f.\"table\" AS parent, f.id, f.seq, f.\"from\" AS from_column,"
    "    coalesce(f.\"to\", (SELECT k.name FROM pragma_table_info(f.\"table\", $1) k WHERE k.pk = f.seq + 1)) AS "
    "to_column"
    "  FROM tables t JOIN pragma_foreign_key_list(t.name, $1) f"
    "), looks AS ("
    "  SELECT t.name AS child, p.name AS parent, a.name AS from_column, k.name AS to_column"
    "  FROM tables t JOIN pragma_table_info(t.name, $1) a"
    "  JOIN tables p ON lower(p.name) IN (substr(lower(a.name), 1, length(a.name) - 3),"
    "    substr(lower(a.name), 1, length(a.name) - 3) || 's', substr(lower(a.name), 1, length(a.name) - 3) || 'es',"
    "    CASE WHEN lower(a.name) LIKE '%y\\_id' ESCAPE '\\' THEN substr(lower(a.name), 1, length(a.name) - 4) || 'ies' "
    "END)"
    "  JOIN pragma_table_info(p.name, $1) k ON k.pk = 1"
    "  WHERE lower(a.name) LIKE '_%\\_id' ESCAPE '\\' AND upper(a.type) = upper(k.type)"
    "    AND (SELECT count(*) FROM pragma_table_info(p.name, $1) WHERE pk > 0) = 1"
    "    AND NOT (t.name = p.name AND a.name = k.name)"
    "    AND NOT EXISTS (SELECT 1 FROM declared d WHERE d.child = t.name AND d.from_column = a.name)"
    "    AND NOT EXISTS (SELECT 1 FROM pragma_table_info(t.name, $1) o"
    "      WHERE lower(o.name) = substr(lower(a.name), 1, length(a.name) - 3) || '_type')"
    "), every AS ("
    "  SELECT child || '.' || id AS id, 'foreign key ' || id AS how, child, parent, from_column, to_column, seq FROM "
    "declared"
    "  UNION ALL SELECT child || '.' || from_column || '.' || parent, NULL, child, parent, from_column, to_column, 0 "
    "FROM looks"
    "  ORDER BY 1, 7"
    ") "
    "SELECT " QUOTED("$1") " || '.' || " QUOTED(
        "e.child") " AS child,"
                   "  " QUOTED("$1") " || '.' || " QUOTED(
                       "e.parent") " AS parent,"
                                   "  e.child || '.' || CASE count(*) WHEN 1 THEN min(e.from_column) ELSE '(' || "
                                   "group_concat(e.from_column, ', ') || ')' END"
                                   "    AS from_column,"
                                   "  e.parent || '.' || CASE count(*) WHEN 1 THEN coalesce(min(e.to_column), '?')"
                                   "    ELSE '(' || group_concat(e.to_column, ', ') || ')' END AS to_column,"
                                   "  e.how, group_concat(" OF(
                                       "c",
                                       "e.from_column") " || ' IS NOT NULL', ' AND ') AS present,"
                                                        "  group_concat(" OF("p", "e.to_column") " || ' = ' || " OF(
                                                            "c",
                                                            "e.from_column") ", ' AND ') AS same,"
                                                                             "  group_concat(" OF(
                                                                                 "c",
                                                                                 "e.from_column") ", ', ') AS columns "
                                                                                                  "FROM every e GROUP "
                                                                                                  "BY e.id ORDER BY 3, "
                                                                                                  "4";

/* SPDX-License-Identifier: Apache-2.0 */
/* SQLSTATEs: what SQLite's results are in them, and what they say. */
#include "state.h"

#include <sqlite3.h>
#include <stddef.h>
#include <string.h>

struct by_code {
    int code;
    char state[6];
};

static const char *find(const struct by_code *list, size_t n, int code)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].code == code)
            return list[i].state;
    return NULL;
}

static const char *of_extended(int code)
{
    static const struct by_code codes[] = {
        {SQLITE_CONSTRAINT_UNIQUE, "23505"},   {SQLITE_CONSTRAINT_PRIMARYKEY, "23505"},
        {SQLITE_CONSTRAINT_ROWID, "23505"},    {SQLITE_CONSTRAINT_FOREIGNKEY, "23503"},
        {SQLITE_CONSTRAINT_NOTNULL, "23502"},  {SQLITE_CONSTRAINT_CHECK, "23514"},
        {SQLITE_CONSTRAINT_TRIGGER, "P0001"}, /* RAISE() of a trigger: raise_exception */
        {SQLITE_CONSTRAINT_DATATYPE, "42804"},
    };
    return find(codes, sizeof codes / sizeof *codes, code);
}

static const char *of_primary(int code)
{
    static const struct by_code codes[] = {
        {SQLITE_CONSTRAINT, "23000"}, {SQLITE_READONLY, "25006"}, {SQLITE_AUTH, "42501"},      {SQLITE_PERM, "42501"},
        {SQLITE_BUSY, "55P03"},       {SQLITE_LOCKED, "55P03"},   {SQLITE_INTERRUPT, "57014"}, {SQLITE_FULL, "53100"},
        {SQLITE_NOMEM, "53200"},      {SQLITE_IOERR, "58030"},    {SQLITE_CORRUPT, "XX001"},   {SQLITE_NOTADB, "XX001"},
        {SQLITE_TOOBIG, "54000"},     {SQLITE_MISMATCH, "42804"}, {SQLITE_CANTOPEN, "58030"},  {SQLITE_RANGE, "08P01"},
    };
    return find(codes, sizeof codes / sizeof *codes, code);
}

/* All mistakes in a statement have one code. */
static const char *of_words(const char *message)
{
    static const struct {
        const char *words, *state;
    } known[] = {
        {"no such table", "42P01"},        {"no such column", "42703"},           {"no such function", "42883"},
        {"syntax error", "42601"},         {"incomplete input", "42601"},         {"unrecognized token", "42601"},
        {"already exists", "42P07"},       {"has no column named", "42703"},      {"ambiguous column", "42702"},
        {"within a transaction", "25001"}, {"no transaction is active", "25P01"}, {"no such savepoint", "3B001"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strstr(message, known[i].words))
            return known[i].state;
    return NULL;
}

const char *sql_state_of_sqlite(int code, const char *message)
{
    const char *state = of_extended(code);
    if (!state)
        state = of_primary(code & 0xff);
    if (!state)
        state = of_words(message);
    return state ? state : "HY000";
}

int sql_state_is_answer(const char *sqlstate)
{
    static const char *const none[] = {"08", "53", "57", "58", "XX"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (strncmp(sqlstate, none[i], 2) == 0)
            return 0;
    return *sqlstate != '\0';
}

int sql_state_is(const char *sqlstate, const char *wanted)
{
    return strlen(wanted) == 2 ? strncmp(sqlstate, wanted, 2) == 0 : strcmp(sqlstate, wanted) == 0;
}

int sql_state_is_valid(const char *wanted)
{
    size_t n = strspn(wanted, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return (n == 2 || n == 5) && !wanted[n];
}

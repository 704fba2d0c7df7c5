/* SPDX-License-Identifier: Apache-2.0 */
/* Durations and verdicts of cases, in SQLite. */
#include "record/history.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "record/case_stats.h"
#include "record/sqlite_lib.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MS = 2000 }; /* another run writes for some milliseconds */

struct history {
    const struct sqlite_lib *lib;
    sqlite3 *db;
    char *path;
};

enum { VERSION = 2, VERSION_WITHOUT_RECENT = 1 };

/* Without a sync: it may be lost with the machine, and a run need not wait for its disk. user_version: a file of a
 * later muster is left alone. */
static const char pragmas[] = "PRAGMA journal_mode=WAL;"
                              "PRAGMA synchronous=OFF;";
static const char schema[] = "CREATE TABLE IF NOT EXISTS cases("
                             " id TEXT PRIMARY KEY,"
                             " runs INTEGER NOT NULL,"
                             " bad INTEGER NOT NULL,"
                             " flaky INTEGER NOT NULL,"
                             " mean_ns INTEGER NOT NULL,"
                             " flakiness REAL NOT NULL,"
                             " verdict TEXT NOT NULL,"
                             " recent TEXT NOT NULL DEFAULT '',"
                             " times TEXT NOT NULL DEFAULT ''"
                             ") STRICT, WITHOUT ROWID;"
                             "PRAGMA user_version=2;";
static const char extend[] = "ALTER TABLE cases ADD COLUMN recent TEXT NOT NULL DEFAULT '';"
                             "ALTER TABLE cases ADD COLUMN times TEXT NOT NULL DEFAULT '';"
                             "PRAGMA user_version=2;";

/* The results and times of record/case_stats.h: what is too much falls off the old end. */
static const char upsert[] = "INSERT INTO cases VALUES(?1,1,?2,?3,?4,?5,?6,?7,?8) ON CONFLICT(id) DO UPDATE SET"
                             " runs=runs+1,"
                             " bad=bad+excluded.bad,"
                             " flaky=flaky+excluded.flaky,"
                             " mean_ns=(3*mean_ns+excluded.mean_ns)/4,"
                             " flakiness=(3*flakiness+excluded.flakiness)/4,"
                             " verdict=excluded.verdict,"
                             " recent=substr(recent||excluded.recent,-100),"
                             " times=substr(times||excluded.times,-350)";
_Static_assert(CASE_RESULTS == 100 && CASE_TIMES * CASE_TIME_DIGITS == 350, "as the statement has it");

/* What the file holds is wrong, and no machine has failed: no table of ours is SQLite's general error. */
static bool is_of_content(int code)
{
    return code == SQLITE_NOTADB || code == SQLITE_CORRUPT || code == SQLITE_ERROR;
}

static int complain(const struct history *h, int code, const char *doing, struct err *err)
{
    return err_set(err, is_of_content(code) ? -EINVAL : -EIO, "%s: %s: %s (%d)", h->path, doing,
                   h->db ? h->lib->sqlite3_errmsg(h->db) : "out of memory", code);
}

static int execute(struct history *h, const char *sql, const char *doing, struct err *err)
{
    int code = h->lib->sqlite3_exec(h->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? 0 : complain(h, code, doing, err);
}

static int read_version(struct history *h, int64_t *ret_version, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int code = h->lib->sqlite3_prepare_v2(h->db, "PRAGMA user_version", -1, &st, NULL);
    if (code == SQLITE_OK && (code = h->lib->sqlite3_step(st)) == SQLITE_ROW) {
        *ret_version = h->lib->sqlite3_column_int64(st, 0);
        code = SQLITE_OK;
    }
    int r = code == SQLITE_OK ? 0 : complain(h, code, "reading it", err);
    h->lib->sqlite3_finalize(st);
    return r;
}

static int check_version(struct history *h, bool may_be_new, struct err *err)
{
    int64_t version = 0;
    int r = read_version(h, &version, err);
    bool known = version == VERSION || version == VERSION_WITHOUT_RECENT;
    if (r == 0 && !known && !(may_be_new && version == 0))
        r = err_set(err, -EPROTO, "%s: not a history of this version of muster", h->path);
    return r;
}

/* SQLite would wait for a FIFO's other end. */
static int check_kind(const char *path, struct err *err)
{
    struct stat st;
    const char *what = stat(path, &st) == 0 ? io_kind_of(st.st_mode) : NULL;
    return what ? err_set(err, -EINVAL, "%s: it is %s, not a history's file", path, what) : 0;
}

static int open_file(const char *path, int flags, struct history **ret_history, struct err *err)
{
    int kind = check_kind(path, err);
    if (kind < 0)
        return kind;
    struct history *h = xcalloc(1, sizeof *h);
    h->path = xstrdup(path);
    int r = sqlite_load(&h->lib, err);
    if (r == 0) {
        int code = h->lib->sqlite3_open_v2(path, &h->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
        if (code != SQLITE_OK)
            r = complain(h, code, "opening it", err);
        else
            h->lib->sqlite3_busy_timeout(h->db, BUSY_MS);
    }
    if (r == 0)
        r = check_version(h, flags & SQLITE_OPEN_CREATE, err);
    if (r < 0) {
        history_close(h);
        return r;
    }
    *ret_history = h;
    return 0;
}

int history_open(const char *path, struct history **ret_history, struct err *err)
{
    if (access(path, F_OK) < 0)
        return err_errno(err, -errno, "%s", path);
    return open_file(path, SQLITE_OPEN_READONLY, ret_history, err);
}

static int make_folder(const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return 0;
    autofree char *folder = xstrndup(path, (size_t)(slash - path));
    int r = io_mkdirs(AT_FDCWD, folder);
    return r < 0 ? err_errno(err, r, "making the folder %s", folder) : 0;
}

/* In a transaction: another run may be about to do the same. */
static int make_table(struct history *h, struct err *err)
{
    int64_t version = 0;
    int r = execute(h, pragmas, "preparing it", err);
    if (r == 0)
        r = execute(h, "BEGIN IMMEDIATE", "beginning to make its table", err);
    if (r < 0)
        return r;
    r = read_version(h, &version, err);
    if (r == 0)
        r = execute(h, version == VERSION_WITHOUT_RECENT ? extend : schema, "making its table", err);
    if (r == 0)
        r = execute(h, "COMMIT", "making its table", err);
    if (r < 0)
        h->lib->sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL);
    return r;
}

int history_create(const char *path, struct history **ret_history, struct err *err)
{
    struct history *h = NULL;
    int r = make_folder(path, err);
    if (r == 0)
        r = open_file(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &h, err);
    if (r == 0)
        r = make_table(h, err);
    if (r < 0) {
        history_close(h);
        return r;
    }
    *ret_history = h;
    return 0;
}

void history_close(struct history *h)
{
    if (!h)
        return;
    if (h->db)
        h->lib->sqlite3_close_v2(h->db);
    free(h->path);
    free(h);
}

static const char *column_text(const struct history *h, sqlite3_stmt *st, int column)
{
    return (const char *)h->lib->sqlite3_column_text(st, column);
}

static const char *copy_column(const struct history *h, sqlite3_stmt *st, int column, struct arena *arena)
{
    const char *text = column_text(h, st, column);
    return text ? arena_strdup(arena, text) : "";
}

static bool take_row(const struct history *h, sqlite3_stmt *st, bool recent, struct arena *arena,
                     struct history_case *ret_case)
{
    const struct sqlite_lib *l = h->lib;
    enum verdict verdict;
    const char *word = column_text(h, st, 6);
    const char *id = column_text(h, st, 0);
    if (!word || !id || verdict_parse(word, &verdict) < 0) /* a table that somebody else has made may have NULLs */
        return false;
    *ret_case = (struct history_case){.id = arena_strdup(arena, id),
                                      .runs = l->sqlite3_column_int64(st, 1),
                                      .bad = l->sqlite3_column_int64(st, 2),
                                      .flaky = l->sqlite3_column_int64(st, 3),
                                      .mean_ns = l->sqlite3_column_int64(st, 4),
                                      .flakiness = l->sqlite3_column_double(st, 5),
                                      .verdict = verdict,
                                      .recent = recent ? copy_column(h, st, 7, arena) : "",
                                      .times = recent ? copy_column(h, st, 8, arena) : ""};
    return true;
}

static int read_rows(struct history *h, const char *sql, bool recent, struct arena *arena,
                     struct history_case **ret_cases, size_t *ret_n, struct err *err)
{
    sqlite3_stmt *st = NULL;
    struct history_case *rows = NULL, row;
    size_t n = 0, cap = 0;
    int code = h->lib->sqlite3_prepare_v2(h->db, sql, -1, &st, NULL);
    while (code == SQLITE_OK && (code = h->lib->sqlite3_step(st)) == SQLITE_ROW) {
        code = SQLITE_OK;
        if (!take_row(h, st, recent, arena, &row))
            continue;
        GROW(rows, n, cap);
        rows[n++] = row;
    }
    int r = code == SQLITE_DONE ? 0 : complain(h, code, "reading it", err);
    h->lib->sqlite3_finalize(st);
    if (r == 0) {
        *ret_cases = arena_alloc(arena, (n + 1) * sizeof *rows);
        if (n > 0)
            memcpy(*ret_cases, rows, n * sizeof *rows);
        *ret_n = n;
    }
    free(rows);
    return r;
}

#define COLUMNS "id,runs,bad,flaky,mean_ns,flakiness,verdict"

int history_read(struct history *h, struct arena *arena, struct history_case **ret_cases, size_t *ret_n,
                 struct err *err)
{
    return read_rows(h, "SELECT " COLUMNS " FROM cases ORDER BY id", false, arena, ret_cases, ret_n, err);
}

int history_read_recent(struct history *h, struct arena *arena, struct history_case **ret_cases, size_t *ret_n,
                        struct err *err)
{
    int64_t version = 0;
    int r = read_version(h, &version, err);
    if (r < 0)
        return r;
    if (version < VERSION)
        return history_read(h, arena, ret_cases, ret_n, err);
    return read_rows(h, "SELECT " COLUMNS ",recent,times FROM cases ORDER BY id", true, arena, ret_cases, ret_n, err);
}

static int write_row(struct history *h, sqlite3_stmt *st, const struct history_result *result)
{
    const struct sqlite_lib *l = h->lib;
    const char letter[2] = {case_letter(result->verdict)};
    char time[CASE_TIME_DIGITS + 1];
    case_time_text(result->duration_ns, time);
    l->sqlite3_bind_text(st, 1, result->id, -1, SQLITE_STATIC);
    l->sqlite3_bind_int64(st, 2, verdict_is_bad(result->verdict));
    l->sqlite3_bind_int64(st, 3, result->verdict == VERDICT_FLAKY);
    l->sqlite3_bind_int64(st, 4, result->duration_ns);
    l->sqlite3_bind_double(st, 5, result->verdict == VERDICT_FLAKY);
    l->sqlite3_bind_text(st, 6, verdict_name(result->verdict), -1, SQLITE_STATIC);
    l->sqlite3_bind_text(st, 7, letter, -1, SQLITE_STATIC);
    l->sqlite3_bind_text(st, 8, time, -1, SQLITE_STATIC);
    int code = l->sqlite3_step(st);
    l->sqlite3_reset(st);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int write_rows(struct history *h, bool (*next)(void *data, struct history_result *ret_result), void *data,
                      struct err *err)
{
    sqlite3_stmt *st = NULL;
    struct history_result result;
    int code = h->lib->sqlite3_prepare_v2(h->db, upsert, -1, &st, NULL);
    while (code == SQLITE_OK && next(data, &result))
        code = write_row(h, st, &result);
    int r = code == SQLITE_OK ? 0 : complain(h, code, "writing it", err);
    h->lib->sqlite3_finalize(st);
    return r;
}

int history_write(struct history *h, bool (*next)(void *data, struct history_result *ret_result), void *data,
                  struct err *err)
{
    int r = execute(h, "BEGIN IMMEDIATE", "beginning to write it", err);
    if (r < 0)
        return r;
    r = write_rows(h, next, data, err);
    if (r == 0)
        r = execute(h, "COMMIT", "writing it", err);
    if (r < 0)
        h->lib->sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL);
    return r;
}

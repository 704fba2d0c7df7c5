/* SPDX-License-Identifier: Apache-2.0 */
/* What is written into sql-statements.txt, the evidence of the last statements of a bad attempt. */
#include "session.h"

#include "evidence.h"

#include <stdlib.h>

#define ROWS_MOST      2048u
#define STATEMENT_MOST 4096u
#define SEEN_MOST      320u

static struct evidence statements = EVIDENCE("sql-statements.txt");

static void put(FILE *out, const char *prefix, const char *text, size_t most)
{
    if (*text)
        evidence_text(out, prefix, text, strlen(text), most);
}

static void put_columns(FILE *out, const struct m_sql_result *r)
{
    fputs("< ", out);
    for (int64_t i = 0; i < r->n_columns; i++) {
        fputs(i ? "|" : "", out);
        evidence_line(out, r->columns[i], strlen(r->columns[i]), ROWS_MOST);
    }
    fputc('\n', out);
}

/* To be freed. */
static char *rows_of(const struct m_sql_result *r)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    sql_result_write(out, r);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static void put_result(struct muster_ctx *t, FILE *out, const struct m_sql_result *r)
{
    if (r->error)
        put(out, "! ", sql_show_error(t, r), ROWS_MOST);
    else if (!r->n_columns)
        fprintf(out, "< %" PRId64 " affected\n", r->affected);
    if (r->error || !r->n_columns)
        return;
    char *rows = r->n_rows < 200 ? rows_of(r) : NULL; /* of more the beginning alone would be made in vain */
    put_columns(out, r);
    put(out, "< ", rows ? rows : "", ROWS_MOST);
    fprintf(out, "< (%" PRId64 " row%s)\n", r->n_rows, r->n_rows == 1 ? "" : "s");
    free(rows);
}

static void tell_who_waits(struct m_sql *db, const struct m_sql_result *r)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = m_waits_() ? open_memstream(&text, &size) : NULL;
    if (!out)
        return;
    char *rows = !r->error && r->n_rows < 50 ? rows_of(r) : NULL;
    const char *came = r->error ? sql_show_error(db->t, r) : rows ? rows : "many rows";
    fprintf(out, "%.160s: ", sql_shown(r));
    evidence_line(out, *came ? came : "no rows", strlen(*came ? came : "no rows"), SEEN_MOST);
    free(rows);
    if (fclose(out) == 0)
        m_saw(db->t, "%s", text);
    free(text);
}

void sql_record(struct m_sql *db, const struct m_sql_result *r)
{
    char *text = NULL;
    size_t size = 0;
    tell_who_waits(db, r);
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return;
    fprintf(out, "#%u at %.1f ms, %.1f ms, on %s\n", evidence_number(&statements), evidence_time_ms(&statements),
            r->time_ms, db->shown);
    put(out, "> ", sql_shown(r), STATEMENT_MOST);
    put_result(db->t, out, r);
    fputc('\n', out);
    if (fclose(out) == 0)
        evidence_add(db->t, &statements, text, size);
    free(text);
}

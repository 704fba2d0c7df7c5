/* SPDX-License-Identifier: Apache-2.0 */
/* What is the same for all databases: arguments, tenants' tables, rows, transactions. */
#include "store/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_MAX 16

struct store {
    const struct backend *backend;
    void *db;
    struct store_scope scope;
    bool in_transaction, failed;
};

struct arguments {
    struct value values[VALUES_MAX];
    char *owned[VALUES_MAX]; /* texts of JSON */
    size_t count;
};

/* ---- whose tables ------------------------------------------------------------------------------------------------ */

/* A tenant's id is of our own making; whatever else is given here names a schema that nobody has. */
static void schema_of(const char *tenant_id, char ret_name[ID_MAX])
{
    const char *hex = strchr(tenant_id, '_');

    hex = hex ? hex + 1 : "";
    if (strlen(hex) == 16 && strspn(hex, "0123456789abcdef") == 16)
        snprintf(ret_name, ID_MAX, "t_%s", hex);
    else
        snprintf(ret_name, ID_MAX, "t_none");
}

static void apply_scope(struct store *s)
{
    char schema[ID_MAX];

    schema_of(s->scope.tenant_id, schema);
    s->backend->scope(s->db, (enum scope_kind)s->scope.kind, schema);
}

static struct store_scope change_scope(struct store *s, enum scope_kind kind, const char *tenant_id)
{
    struct store_scope before = s->scope;

    s->scope = (struct store_scope){.kind = kind};
    snprintf(s->scope.tenant_id, sizeof s->scope.tenant_id, "%s", tenant_id ? tenant_id : "");
    apply_scope(s);
    return before;
}

struct store_scope store_enter(struct store *s, const char *tenant_id)
{
    return change_scope(s, tenant_id && tenant_id[0] ? SCOPE_TENANT : SCOPE_PLATFORM, tenant_id);
}

struct store_scope store_enter_owner(struct store *s, const char *tenant_id)
{
    return change_scope(s, SCOPE_OWNER, tenant_id);
}

void store_leave(struct store *s, struct store_scope before)
{
    s->scope = before;
    apply_scope(s);
}

/* The SQL with each {table} written out; the caller frees. */
static char *written_out(const struct store *s, const char *sql)
{
    char schema[ID_MAX], *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    if (!out)
        abort();
    schema_of(s->scope.tenant_id, schema);
    while (*sql) {
        size_t plain = strcspn(sql, "{");
        fwrite(sql, 1, plain, out);
        sql += plain;
        const char *end = *sql == '{' ? strchr(sql, '}') : NULL;
        if (end) {
            char table[64];
            snprintf(table, sizeof table, "%.*s", (int)(end - sql - 1), sql + 1);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            fprintf(out, s->backend->table_format, schema, table);
#pragma GCC diagnostic pop
            sql = end + 1;
        } else if (*sql) {
            fputc(*sql++, out);
        }
    }
    if (fclose(out) != 0)
        abort();
    return text;
}

/* ---- statements -------------------------------------------------------------------------------------------------- */

static void read_arguments(struct arguments *a, const char *types, va_list args)
{
    *a = (struct arguments){0};
    for (; *types; types++, a->count++) {
        struct value *v = &a->values[a->count];
        if (a->count == VALUES_MAX)
            abort();
        switch (*types) {
        case 's':
            v->text = va_arg(args, const char *);
            break;
        case 'I':
            *v = (struct value){.kind = V_NUMBER, .number = va_arg(args, int64_t)};
            continue;
        case 'i':
            *v = (struct value){.kind = V_NUMBER, .number = va_arg(args, int)};
            continue;
        case 'j': {
            const json_t *value = va_arg(args, json_t *);
            v->text = a->owned[a->count] = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
            break;
        }
        default:
            abort();
        }
        v->kind = v->text ? V_TEXT : V_NULL;
    }
}

static void free_arguments(struct arguments *a)
{
    for (size_t i = 0; i < a->count; i++)
        free(a->owned[i]);
}

static void complain(struct store *s, const char *sql)
{
    s->failed = true;
    fprintf(stderr, "muster-testbed: database: %s: %.200s\n", s->backend->error(s->db), sql);
}

static int query(struct store *s, const char *sql, const char *types, va_list args, json_t *rows, size_t max)
{
    struct arguments a;

    read_arguments(&a, types, args);
    char *text = written_out(s, sql);
    int result = s->backend->query(s->db, text, a.values, a.count, rows, max);
    if (result == STORE_ERROR)
        complain(s, sql);
    free(text);
    free_arguments(&a);
    return result;
}

/* What the ending of a column's name asks for. Takes `value`. */
static json_t *converted(json_t *value, const char *kind)
{
    json_t *result = value;

    if (!kind || json_is_null(value))
        return value;
    if (strcmp(kind, ":bool") == 0)
        result = json_boolean(json_is_boolean(value) ? json_is_true(value) : json_integer_value(value) != 0);
    else if (strcmp(kind, ":json") == 0)
        result = json_loads(json_string_value(value), JSON_DECODE_ANY, NULL);
    else
        return value;
    json_decref(value);
    return result;
}

static json_t *finished_row(json_t *raw)
{
    json_t *row = json_object(), *value;
    const char *name;

    json_object_foreach(raw, name, value)
    {
        const char *kind = strchr(name, ':');
        char key[64];
        snprintf(key, sizeof key, "%.*s", kind ? (int)(kind - name) : (int)strlen(name), name);
        json_object_set_new(row, key, converted(json_incref(value), kind));
    }
    return row;
}

int store_run(struct store *s, const char *sql, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    int result = query(s, sql, types, args, NULL, 0);
    va_end(args);
    return result;
}

/* The first rows as they are, NULL after an error. */
static json_t *raw_rows(struct store *s, const char *sql, const char *types, va_list args, size_t max)
{
    json_t *rows = json_array();

    if (query(s, sql, types, args, rows, max) >= 0)
        return rows;
    json_decref(rows);
    return NULL;
}

json_t *store_all(struct store *s, const char *sql, const char *types, ...)
{
    va_list args;
    size_t i;
    json_t *raw;

    va_start(args, types);
    json_t *rows = raw_rows(s, sql, types, args, SIZE_MAX);
    va_end(args);
    json_array_foreach(rows, i, raw)
    {
        json_array_set_new(rows, i, finished_row(raw));
    }
    return rows;
}

json_t *store_one(struct store *s, const char *sql, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    json_t *rows = raw_rows(s, sql, types, args, 1);
    va_end(args);
    json_t *raw = json_array_get(rows, 0);
    json_t *row = raw ? finished_row(raw) : NULL;
    json_decref(rows);
    return row;
}

int64_t store_number(struct store *s, const char *sql, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    json_t *rows = raw_rows(s, sql, types, args, 1);
    va_end(args);
    json_t *raw = json_array_get(rows, 0);
    json_t *value = raw ? json_object_iter_value(json_object_iter(raw)) : NULL;
    int64_t number = json_is_integer(value) ? json_integer_value(value) : (int64_t)json_number_value(value);
    json_decref(rows);
    return number;
}

bool store_alive(struct store *s)
{
    return store_number(s, "SELECT 1", "") == 1;
}

int store_script(struct store *s, const char *sql)
{
    char *text = written_out(s, sql);
    int result = s->backend->script(s->db, text);

    free(text);
    return result;
}

const char *store_error(struct store *s)
{
    return s->backend->error(s->db);
}

const struct backend *store_backend(const struct store *s)
{
    return s->backend;
}

/* ---- transactions ------------------------------------------------------------------------------------------------ */

int store_begin(struct store *s)
{
    int result = s->backend->begin(s->db);

    if (result != 0)
        complain(s, "BEGIN");
    s->in_transaction = result == 0;
    s->failed = result != 0;
    return result;
}

int store_commit(struct store *s)
{
    bool open = s->in_transaction;

    s->in_transaction = false;
    if (open && !s->failed) {
        if (s->backend->commit(s->db) == 0)
            return 0;
        complain(s, "COMMIT");
    }
    if (open)
        s->backend->rollback(s->db);
    return STORE_ERROR;
}

void store_rollback(struct store *s)
{
    if (s->in_transaction)
        s->backend->rollback(s->db);
    s->in_transaction = false;
}

int store_point_set(struct store *s, struct store_point *ret_point)
{
    *ret_point = (struct store_point){.nested = s->in_transaction, .failed = s->failed};
    return s->in_transaction ? s->backend->script(s->db, "SAVEPOINT point") : store_begin(s);
}

int store_point_keep(struct store *s, const struct store_point *point)
{
    return point->nested ? s->backend->script(s->db, "RELEASE SAVEPOINT point") : store_commit(s);
}

void store_point_undo(struct store *s, const struct store_point *point)
{
    if (point->nested && s->backend->rollback_to(s->db, "point") == 0)
        s->failed = point->failed;
    if (!point->nested)
        store_rollback(s);
}

/* ---- tenants' places --------------------------------------------------------------------------------------------- */

int store_schema_create(struct store *s, const char *tenant_id)
{
    struct store_scope before = store_enter_owner(s, tenant_id);
    char schema[ID_MAX];

    schema_of(tenant_id, schema);
    int result = s->backend->schema_create(s->db, schema);
    if (result != 0)
        complain(s, "making a tenant's schema");
    store_leave(s, before);
    return result;
}

int store_schema_drop(struct store *s, const char *tenant_id)
{
    struct store_scope before = store_enter_owner(s, tenant_id);
    char schema[ID_MAX];

    schema_of(tenant_id, schema);
    int result = s->backend->schema_drop(s->db, schema);
    if (result != 0)
        complain(s, "dropping a tenant's schema");
    else
        result = store_run(s, "DELETE FROM schema_versions WHERE scope = ?", "s", tenant_id) < 0 ? STORE_ERROR : 0;
    store_leave(s, before);
    return result;
}

bool store_schema_has(struct store *s, const char *tenant_id, const char *table)
{
    char schema[ID_MAX];

    schema_of(tenant_id, schema);
    return store_number(s, s->backend->has_table, "ss", schema, table) > 0;
}

json_t *store_schema_names(struct store *s, const char *tenant_id)
{
    json_t *names = json_array(), *row;
    char schema[ID_MAX];
    size_t i;

    schema_of(tenant_id, schema);
    json_t *rows = store_all(s, s->backend->schema_names, "s", schema);
    json_array_foreach(rows, i, row)
    {
        json_array_append(names, json_object_get(row, "name"));
    }
    json_decref(rows);
    return names;
}

bool store_has_logins(const struct store *s)
{
    return s->backend->access != NULL;
}

json_t *store_access(struct store *s, const char *tenant_id, const struct store_login *login)
{
    struct store_scope before = store_enter_owner(s, tenant_id);
    char schema[ID_MAX];
    json_t *where = NULL;

    schema_of(tenant_id, schema);
    if (s->backend->access && s->backend->access(s->db, schema, login, &where) != 0)
        complain(s, "giving access to a tenant's schema");
    store_leave(s, before);
    return where;
}

int store_shut(struct store *s, const char *tenant_id)
{
    struct store_scope before = store_enter_owner(s, tenant_id);
    char schema[ID_MAX];

    schema_of(tenant_id, schema);
    int result = s->backend->shut ? s->backend->shut(s->db, schema) : 0;
    if (result != 0)
        complain(s, "shutting a tenant out");
    store_leave(s, before);
    return result;
}

void store_audit_unlock(struct store *s)
{
    struct store_scope before = store_enter_owner(s, NULL);

    if (s->backend->script(s->db, s->backend->audit_unlock) != 0)
        complain(s, s->backend->audit_unlock);
    store_leave(s, before);
}

/* ---- which one --------------------------------------------------------------------------------------------------- */

static const struct backend *backend_of(const char *name, const char **ret_where)
{
    *ret_where = name;
    if (strncmp(name, "postgresql://", 13) == 0 || strncmp(name, "postgres://", 11) == 0)
        return &backend_postgres;
    if (strncmp(name, "sqlite:", 7) == 0 && name[7])
        *ret_where = name + 7;
    else if (strcmp(name, STORE_DEFAULT) != 0)
        return NULL;
    return &backend_sqlite;
}

bool store_named(const char *name)
{
    const char *where;

    return backend_of(name, &where) != NULL;
}

struct store *store_open(const char *name)
{
    const char *where;
    const struct backend *backend = backend_of(name, &where);
    void *db = backend ? backend->open(where) : NULL;
    struct store *s = db ? calloc(1, sizeof *s) : NULL;

    if (db && !s)
        abort();
    if (!s)
        return NULL;
    *s = (struct store){.backend = backend, .db = db};
    apply_scope(s);
    return s;
}

int store_keep(struct store *s, const char *path)
{
    return s->backend->keep ? s->backend->keep(s->db, path) : 0;
}

int store_recall(struct store *s, const char *path)
{
    return s->backend->recall ? s->backend->recall(s->db, path) : 0;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    s->backend->close(s->db);
    free(s);
}

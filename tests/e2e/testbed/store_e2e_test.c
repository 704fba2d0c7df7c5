/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The platform and its store, from outside: tables in versions, and what becomes of changes that the store does not
 * keep.
 *
 *     store_e2e_test MUSTER-TESTBED
 */
#include "bed.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int schema_of(struct bed *b, const struct tenant *t)
{
    json_t *tenant;

    assert_int_equal(call(b, b->admin, "GET", NULL, &tenant, "/v1/tenants/%s", t->id), 200);
    int version = number_at(tenant, "schema_version");
    json_decref(tenant);
    return version;
}

static int patch_schema(struct bed *b, const struct tenant *t, int version)
{
    char body[64];

    snprintf(body, sizeof body, "{\"name\":\"v%d\",\"schema_version\":%d}", version, version);
    return call(b, b->admin, "PATCH", body, NULL, "/v1/tenants/%s", t->id);
}

static int add_customer(struct bed *b, const struct tenant *t, const char *email)
{
    char body[128];

    snprintf(body, sizeof body, "{\"name\":\"c\",\"email\":\"%s\"}", email);
    return call(b, t->token, "POST", body, NULL, "/v1/tenants/%s/customers", t->id);
}

/* An update that the data stops changes nothing, the tenant's name included. */
static void tenants_tables_have_versions(void **state)
{
    struct tenant t;
    struct bed b;
    json_t *tenant;

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    int latest = schema_of(&b, &t);
    assert_int_equal(latest, 3);
    assert_int_equal(add_customer(&b, &t, "a@example.org"), 201);
    assert_int_equal(add_customer(&b, &t, "A@example.org"), 409);
    assert_int_equal(patch_schema(&b, &t, 1), 200);
    assert_int_equal(schema_of(&b, &t), 1);
    assert_int_equal(add_customer(&b, &t, "A@example.org"), 201);
    assert_int_equal(patch_schema(&b, &t, latest), 409);
    assert_int_equal(schema_of(&b, &t), 1);
    call(&b, b.admin, "GET", NULL, &tenant, "/v1/tenants/%s", t.id);
    assert_string_equal(text_at(tenant, "name"), "v1");
    json_decref(tenant);
    assert_int_equal(patch_schema(&b, &t, latest + 1), 422);
    assert_int_equal(call(&b, t.token, "PATCH", "{\"schema_version\":1}", NULL, "/v1/tenants/%s", t.id), 403);
    bed_stop(&b);
}

/* With a workload's update the tables go forward, and with its rollback, asked for or not, back. */
static void updates_migrate(void **state)
{
    char id[32], path[64];
    struct tenant t;
    struct bed b;

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    make_workload(&b, &t, "", id);
    assert_int_equal(patch_schema(&b, &t, 1), 200);
    snprintf(path, sizeof path, "/v1/workloads/%s/update", id);
    assert_int_equal(call(&b, t.token, "POST", "{\"version\":\"2.0.0\",\"schema_version\":2}", NULL, "%s", path), 202);
    assert_int_equal(schema_of(&b, &t), 2);
    assert_true(workload_becomes(&b, id, "running"));
    assert_int_equal(call(&b, t.token, "POST", NULL, NULL, "/v1/workloads/%s/rollback", id), 202);
    assert_int_equal(schema_of(&b, &t), 1);
    assert_true(workload_becomes(&b, id, "running"));

    assert_int_equal(call(&b, t.token, "POST", "{\"version\":\"3.0.0\",\"schema_version\":2,\"fail_on_start\":true}",
                          NULL, "%s", path),
                     202);
    assert_int_equal(schema_of(&b, &t), 2);
    assert_true(workload_becomes(&b, id, "running"));
    assert_int_equal(schema_of(&b, &t), 1);

    /* Stopped by the data: the version stays too. */
    json_t *w;
    assert_int_equal(add_customer(&b, &t, "a@example.org"), 201);
    assert_int_equal(add_customer(&b, &t, "A@example.org"), 201);
    assert_int_equal(call(&b, t.token, "POST", "{\"version\":\"4.0.0\",\"schema_version\":2}", &w, "%s", path), 409);
    assert_string_equal(error_code(w), "migration_failed");
    json_decref(w);
    call(&b, t.token, "GET", NULL, &w, "/v1/workloads/%s", id);
    assert_string_equal(text_at(w, "version"), "1.0.0");
    json_decref(w);
    bed_stop(&b);
}

/* ---- a platform on a file, and somebody else at the file -------------------------------------------------------- */

struct filed {
    struct bed b;
    struct tenant t;
    char directory[32], path[48];
};

static bool on_file(const struct filed *f)
{
    return access(f->path, F_OK) == 0;
}

static void start_on_file(struct filed *f)
{
    snprintf(f->directory, sizeof f->directory, "/tmp/testbed-XXXXXX");
    assert_non_null(mkdtemp(f->directory));
    snprintf(f->path, sizeof f->path, "%s/db", f->directory);
    const char *arguments[] = {"--db", f->path, NULL};
    bed_start(&f->b, arguments);
    make_tenant(&f->b, &f->t);
}

static void stop_on_file(struct filed *f)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    char name[64];

    bed_stop(&f->b);
    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", f->path, endings[i]);
        unlink(name);
    }
    rmdir(f->directory);
}

static void meddle(const struct filed *f, const char *sql)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 10000);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}

static int total(struct bed *b, const char *path)
{
    json_t *list;

    assert_int_equal(call(b, b->admin, "GET", NULL, &list, "%s", path), 200);
    int n = number_at(list, "total");
    json_decref(list);
    return n;
}

static bool becomes_total(struct bed *b, const char *path, int wanted)
{
    for (int tries = 0; tries < 2000; tries++) {
        if (total(b, path) == wanted)
            return true;
        pause_ms(5);
    }
    return false;
}

/* The chain cannot be written: no change may be made, and none be reported. */
static void a_change_without_its_trace_is_none(void **state)
{
    char workloads[80], workload[32], user[200];
    struct filed f;
    json_t *w;

    (void)state;
    start_on_file(&f);
    if (!on_file(&f)) {
        bed_stop(&f.b);
        rmdir(f.directory);
        skip();
    }
    snprintf(workloads, sizeof workloads, "/v1/tenants/%s/workloads", f.t.id);
    make_workload(&f.b, &f.t, "\"replicas\":1", workload);
    int users = total(&f.b, "/v1/users"), tenants = total(&f.b, "/v1/tenants");

    meddle(&f, "ALTER TABLE audit RENAME TO audit_away");
    snprintf(user, sizeof user,
             "{\"username\":\"nobody-at-all\",\"password\":\"" PASSWORD
             "\",\"role\":\"tenant_member\",\"tenant_id\":\"%s\"}",
             f.t.id);
    assert_int_equal(call(&f.b, f.b.admin, "POST", user, NULL, "/v1/users"), 500);
    assert_int_equal(call(&f.b, f.t.token, "POST", "{\"name\":\"ghost\"}", NULL, "%s", workloads), 500);
    assert_int_equal(call(&f.b, f.t.token, "POST", "{\"replicas\":3}", NULL, "/v1/workloads/%s/scale", workload), 500);
    assert_int_equal(
        call(&f.b, f.b.admin, "POST",
             "{\"name\":\"g\",\"subdomain\":\"ghost\",\"plan\":\"starter\",\"admin\":{\"username\":\"ghost-admin\","
             "\"password\":\"" PASSWORD "\"}}",
             NULL, "/v1/tenants"),
        500);
    meddle(&f, "ALTER TABLE audit_away RENAME TO audit");

    assert_int_equal(total(&f.b, "/v1/users"), users);
    assert_int_equal(total(&f.b, "/v1/tenants"), tenants);
    assert_true(becomes_total(&f.b, workloads, 1));
    assert_true(workload_becomes(&f.b, workload, "running"));
    assert_int_equal(call(&f.b, f.b.admin, "GET", NULL, &w, "/v1/workloads/%s", workload), 200);
    assert_int_equal(number_at(w, "replicas"), 1);
    json_decref(w);
    assert_int_equal(call(&f.b, f.b.admin, "POST", user, NULL, "/v1/users"), 201);
    assert_int_equal(call(&f.b, f.b.admin, "GET", NULL, &w, "/v1/audit/verify"), 200);
    assert_true(json_is_true(json_object_get(w, "ok")));
    json_decref(w);
    stop_on_file(&f);
}

static int run(const char *path, const char *version)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        execl(bed_program, bed_program, "--db", path, "--migrate", version, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Down for an older program, and up again by itself; what is kept stays. */
static void the_command_line_migrates(void **state)
{
    struct filed f;
    struct bed again;
    char token[TOKEN_MAX];

    (void)state;
    start_on_file(&f);
    bed_stop(&f.b);
    assert_int_equal(run(f.path, "99"), 1);
    assert_int_equal(run(f.path, "1"), 0);
    if (on_file(&f)) {
        sqlite3 *db;
        assert_int_equal(sqlite3_open(f.path, &db), SQLITE_OK);
        assert_int_not_equal(sqlite3_exec(db, "SELECT schema_version FROM workloads", NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
    }
    const char *arguments[] = {"--db", f.path, NULL};
    bed_start(&again, arguments);
    f.b = again;
    assert_int_equal(login(&f.b, f.t.admin_name, PASSWORD, token), 200);
    stop_on_file(&f);
}

static void only_the_owner_reads_the_file(void **state)
{
    struct filed f;
    struct stat st;

    (void)state;
    start_on_file(&f);
    if (stat(f.path, &st) == 0)
        assert_int_equal(st.st_mode & 077, 0);
    stop_on_file(&f);
}

/* What was let go for a backup counts again with its restore. */
static void a_restore_keeps_to_the_quota(void **state)
{
    char workload[32], body[64], big[40000];
    struct tenant t;
    struct bed b;
    json_t *answer;

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    assert_int_equal(call(&b, b.admin, "PATCH", "{\"quotas\":{\"storage_bytes\":65536}}", NULL, "/v1/tenants/%s", t.id),
                     200);
    make_workload(&b, &t, "", workload);
    snprintf(big, sizeof big, "{\"value\":\"%039000d\"}", 0);
    assert_int_equal(call(&b, t.token, "PUT", big, NULL, "/v1/workloads/%s/data/first", workload), 200);
    assert_int_equal(call(&b, t.token, "POST", NULL, &answer, "/v1/workloads/%s/backups", workload), 201);
    snprintf(body, sizeof body, "{\"backup_id\":\"%s\"}", text_at(answer, "id"));
    json_decref(answer);
    assert_int_equal(call(&b, t.token, "DELETE", NULL, NULL, "/v1/workloads/%s/data/first", workload), 204);
    snprintf(big, sizeof big, "{\"name\":\"c\",\"email\":\"c@example.org\",\"attributes\":{\"x\":\"%038000d\"}}", 0);
    assert_int_equal(call(&b, t.token, "POST", big, NULL, "/v1/tenants/%s/customers", t.id), 201);
    assert_int_equal(call(&b, t.token, "POST", body, &answer, "/v1/workloads/%s/restore", workload), 403);
    assert_string_equal(error_code(answer), "quota_exceeded");
    json_decref(answer);
    bed_stop(&b);
}

/* Names that end in the middle of a character where the chain ends them, and a path that is no text. */
static void the_chain_holds_whatever_is_said(void **state)
{
    char name[200] = "", token[TOKEN_MAX];
    struct bed b;
    json_t *answer;

    (void)state;
    bed_start(&b, NULL);
    for (int i = 0; i < 80; i++)
        strcat(name, "\xc3\xa9");
    assert_int_equal(login(&b, name, PASSWORD, token), 401);
    assert_int_equal(call(&b, b.admin, "DELETE", NULL, &answer, "/v1/audit/%%ff%%fe"), 400);
    json_decref(answer);
    assert_int_equal(call(&b, b.admin, "GET", NULL, &answer, "/v1/audit/verify"), 200);
    if (!json_is_true(json_object_get(answer, "ok")))
        fail_msg("%s", text_at(answer, "reason"));
    json_decref(answer);
    bed_stop(&b);
}

/* A token that was stolen is no key to the password. */
static void passwords_are_not_guessed(void **state)
{
    struct tenant t;
    struct bed b;
    int status = 0;

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    for (int i = 0; i < 12 && status != 429; i++)
        status = call(&b, t.token, "POST", "{\"current\":\"wrong-guess-1\",\"new\":\"another-one-2\"}", NULL,
                      "/v1/auth/password");
    assert_int_equal(status, 429);
    bed_stop(&b);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tenants_tables_have_versions),       cmocka_unit_test(updates_migrate),
        cmocka_unit_test(a_change_without_its_trace_is_none), cmocka_unit_test(the_command_line_migrates),
        cmocka_unit_test(only_the_owner_reads_the_file),      cmocka_unit_test(a_restore_keeps_to_the_quota),
        cmocka_unit_test(the_chain_holds_whatever_is_said),   cmocka_unit_test(passwords_are_not_guessed),
    };

    return bed_main(argc, argv, tests, sizeof tests / sizeof *tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The platform's folder, from outside: whose it is, what is in it, and what becomes of backups whose files somebody
 * else has been at.
 *
 *     folder_e2e_test MUSTER-TESTBED
 */
#include "bed.h"

#include <glob.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A platform with a workload whose data, {"k": "1"}, is backed up. */
struct place {
    struct bed b;
    struct tenant t;
    char directory[32], db[48], data[48];
    char workload[32], backup[32], file[512];
};

static void start(struct place *p)
{
    const char *arguments[] = {"--db", p->db, "--data", p->data, NULL};

    bed_start(&p->b, arguments);
}

static void find_file(struct place *p)
{
    json_t *answer;

    call(&p->b, p->b.admin, "GET", NULL, &answer, "/v1/tenants/%s/resources", p->t.id);
    assert_int_equal(json_array_size(json_object_get(answer, "files")), 1);
    snprintf(p->file, sizeof p->file, "%s", json_string_value(json_array_get(json_object_get(answer, "files"), 0)));
    json_decref(answer);
}

static void begin(struct place *p)
{
    json_t *answer;

    snprintf(p->directory, sizeof p->directory, "/tmp/testbed-XXXXXX");
    assert_non_null(mkdtemp(p->directory));
    snprintf(p->db, sizeof p->db, "%s/db", p->directory);
    snprintf(p->data, sizeof p->data, "%s/files/here", p->directory);
    start(p);
    make_tenant(&p->b, &p->t);
    make_workload(&p->b, &p->t, "", p->workload);
    call(&p->b, p->t.token, "PUT", "{\"value\":\"1\"}", NULL, "/v1/workloads/%s/data/k", p->workload);
    assert_int_equal(call(&p->b, p->t.token, "POST", NULL, &answer, "/v1/workloads/%s/backups", p->workload), 201);
    snprintf(p->backup, sizeof p->backup, "%s", text_at(answer, "id"));
    json_decref(answer);
    call(&p->b, p->t.token, "PUT", "{\"value\":\"2\"}", NULL, "/v1/workloads/%s/data/k", p->workload);
    find_file(p);
}

static void end(struct place *p)
{
    bed_stop(&p->b);
    remove_tree(p->directory);
}

static int restore(struct place *p, const char *expected_code)
{
    char body[64];
    json_t *answer;

    snprintf(body, sizeof body, "{\"backup_id\":\"%s\"}", p->backup);
    int status = call(&p->b, p->b.admin, "POST", body, &answer, "/v1/workloads/%s/restore", p->workload);
    if (expected_code)
        assert_string_equal(text_at(json_object_get(answer, "error"), "code"), expected_code);
    json_decref(answer);
    return status;
}

static void check_value(struct place *p, const char *wanted)
{
    json_t *answer;

    call(&p->b, p->b.admin, "GET", NULL, &answer, "/v1/workloads/%s/data/k", p->workload);
    assert_string_equal(text_at(answer, "value"), wanted);
    json_decref(answer);
}

/* Puts `to` in place of `from`, which is as long. */
static void change_file(const char *path, const char *from, const char *to)
{
    char text[4096];
    FILE *f = fopen(path, "r+");

    assert_non_null(f);
    size_t n = fread(text, 1, sizeof text - 1, f);
    text[n] = '\0';
    char *at = strstr(text, from);
    assert_non_null(at);
    memcpy(at, to, strlen(to));
    rewind(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void backups_outlast_the_platform(void **state)
{
    struct place p;
    struct stat st;

    (void)state;
    begin(&p);
    assert_int_equal(stat(p.file, &st), 0);
    assert_int_equal(st.st_mode & 077, 0);
    assert_int_equal(strncmp(p.file, p.data, strlen(p.data)), 0);
    bed_stop(&p.b);
    start(&p);
    assert_int_equal(restore(&p, NULL), 200);
    check_value(&p, "1");
    assert_int_equal(call(&p.b, p.b.admin, "DELETE", NULL, NULL, "/v1/workloads/%s", p.workload), 202);
    assert_true(workload_becomes(&p.b, p.workload, NULL));
    assert_int_not_equal(access(p.file, F_OK), 0);
    end(&p);
}

static void a_damaged_backup_is_not_restored(void **state)
{
    struct place p;

    (void)state;
    begin(&p);
    change_file(p.file, "\"value\":\"1\"", "\"value\":\"3\"");
    assert_int_equal(restore(&p, "backup_damaged"), 409);
    check_value(&p, "2");
    change_file(p.file, "\"value\":\"3\"", "\"value\":\"1\"");
    assert_int_equal(restore(&p, NULL), 200);
    check_value(&p, "1");
    assert_int_equal(truncate(p.file, 20), 0);
    assert_int_equal(restore(&p, "backup_damaged"), 409);
    assert_int_equal(unlink(p.file), 0);
    assert_int_equal(restore(&p, "backup_damaged"), 409);
    check_value(&p, "1");
    end(&p);
}

/* Where its file can't be written there is no backup, and no row that says so. */
static void a_backup_that_cannot_be_written_is_none(void **state)
{
    char folder[512];
    struct place p;
    json_t *answer;

    (void)state;
    begin(&p);
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(p.file, '/') - p.file), p.file);
    assert_int_equal(unlink(p.file), 0);
    assert_int_equal(rmdir(folder), 0);
    FILE *f = fopen(folder, "w"); /* in the folder's place: nothing can be made below it */
    assert_non_null(f);
    fclose(f);
    assert_int_equal(call(&p.b, p.b.admin, "POST", NULL, NULL, "/v1/workloads/%s/backups", p.workload), 500);
    call(&p.b, p.b.admin, "GET", NULL, &answer, "/v1/workloads/%s/backups", p.workload);
    assert_int_equal(number_at(answer, "total"), 1);
    json_decref(answer);
    end(&p);
}

/* What an earlier platform has kept in its rows. */
static void backups_in_rows_are_restored(void **state)
{
    struct place p;
    sqlite3 *db;

    (void)state;
    begin(&p);
    if (access(p.db, F_OK) != 0) {
        end(&p);
        skip();
    }
    assert_int_equal(sqlite3_open(p.db, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 10000);
    assert_int_equal(sqlite3_exec(db,
                                  "UPDATE backups SET content = '[{\"key\":\"k\",\"value\":\"old\"}]', sha256 ="
                                  " 'd90eaa0a2b62b680ef348aae102007532b0ef88609dc907f7f31b1b93fb8246e'",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(restore(&p, NULL), 200);
    check_value(&p, "old");
    end(&p);
}

/* One backup is made up for, whatever was missed, and it goes on from there. */
static void schedules_outlast_the_platform(void **state)
{
    struct place p;
    bool more = false;

    (void)state;
    begin(&p);
    assert_int_equal(
        call(&p.b, p.t.token, "PUT", "{\"every_ms\":1000}", NULL, "/v1/workloads/%s/backup-schedule", p.workload), 200);
    bed_stop(&p.b);
    start(&p);
    for (int tries = 0; tries < 2000 && !more; tries++) {
        json_t *answer;
        call(&p.b, p.b.admin, "GET", NULL, &answer, "/v1/workloads/%s/backups", p.workload);
        more = number_at(answer, "total") > 1;
        json_decref(answer);
        if (!more)
            pause_ms(5);
    }
    assert_true(more);
    assert_int_equal(
        call(&p.b, p.t.token, "PUT", "{\"every_ms\":10}", NULL, "/v1/workloads/%s/backup-schedule", p.workload), 422);
    end(&p);
}

static const char *archive_digest(struct place *p, json_t **ret_answer)
{
    assert_int_equal(call(&p->b, p->b.admin, "GET", NULL, ret_answer, "/v1/tenants/%s/archive", p->t.id), 200);
    return text_at(json_object_get(*ret_answer, "archive"), "sha256");
}

/* Without its archive nothing of a tenant goes; and an archive that was changed is none. */
static void a_removal_waits_for_its_archive(void **state)
{
    char folder[64], file[128];
    struct place p;
    json_t *answer;

    (void)state;
    begin(&p);
    snprintf(folder, sizeof folder, "%s/archives", p.data);
    FILE *f = fopen(folder, "w"); /* in the folder's place: nothing can be made below it */
    assert_non_null(f);
    fclose(f);
    assert_int_equal(call(&p.b, p.b.admin, "DELETE", NULL, NULL, "/v1/tenants/%s", p.t.id), 202);
    assert_true(tenant_becomes(&p.b, p.t.id, "failed"));
    assert_int_equal(access(p.file, F_OK), 0);
    assert_int_equal(call(&p.b, p.b.admin, "GET", NULL, NULL, "/v1/workloads/%s", p.workload), 200);

    assert_int_equal(unlink(folder), 0);
    assert_int_equal(call(&p.b, p.b.admin, "DELETE", NULL, NULL, "/v1/tenants/%s", p.t.id), 202);
    assert_true(tenant_becomes(&p.b, p.t.id, "deprovisioned"));
    assert_int_not_equal(access(p.file, F_OK), 0);
    assert_int_equal(strlen(archive_digest(&p, &answer)), 64);
    snprintf(file, sizeof file, "%s", text_at(answer, "file"));
    json_decref(answer);
    assert_int_equal(truncate(file, 100), 0);
    assert_int_equal(call(&p.b, p.b.admin, "GET", NULL, &answer, "/v1/tenants/%s/archive", p.t.id), 409);
    assert_string_equal(text_at(json_object_get(answer, "error"), "code"), "archive_damaged");
    json_decref(answer);
    assert_int_equal(call(&p.b, p.b.admin, "DELETE", NULL, NULL, "/v1/tenants/%s/archive", p.t.id), 204);
    assert_int_not_equal(access(file, F_OK), 0);
    assert_string_equal(archive_digest(&p, &answer), "");
    json_decref(answer);
    end(&p);
}

/* By force it needs none, whoever stands in its way; but only the platform's administrator may. */
static void force_needs_no_archive(void **state)
{
    char folder[64], token[TOKEN_MAX];
    struct place p;

    (void)state;
    begin(&p);
    snprintf(folder, sizeof folder, "%s/archives", p.data);
    FILE *f = fopen(folder, "w");
    assert_non_null(f);
    fclose(f);
    assert_int_equal(call(&p.b, p.b.admin, "POST",
                          "{\"username\":\"an-operator\",\"password\":\"" PASSWORD "\",\"role\":\"platform_operator\"}",
                          NULL, "/v1/users"),
                     201);
    assert_int_equal(login(&p.b, "an-operator", PASSWORD, token), 200);
    assert_int_equal(call(&p.b, token, "DELETE", NULL, NULL, "/v1/tenants/%s?force=true", p.t.id), 403);
    assert_int_equal(call(&p.b, p.b.admin, "DELETE", NULL, NULL, "/v1/tenants/%s?force=true", p.t.id), 202);
    assert_true(tenant_becomes(&p.b, p.t.id, "deprovisioned"));
    assert_int_not_equal(access(p.file, F_OK), 0);
    assert_int_equal(call(&p.b, p.b.admin, "DELETE", NULL, NULL, "/v1/tenants/%s?force=true", p.t.id), 409);
    end(&p);
}

/* Its exit status. */
static int run(const char *data)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        execl(bed_program, bed_program, "--data", data, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void a_folder_has_one_platform(void **state)
{
    char file[600];
    struct place p;

    (void)state;
    begin(&p);
    assert_int_equal(run(p.data), 1);
    snprintf(file, sizeof file, "%s/nowhere", p.file);
    assert_int_equal(run(file), 1);
    end(&p);
}

static size_t count_private(const char *directory)
{
    char pattern[64];
    glob_t found;

    snprintf(pattern, sizeof pattern, "%s/muster-testbed-*", directory);
    int rc = glob(pattern, 0, NULL, &found);
    size_t n = rc == 0 ? found.gl_pathc : 0;
    if (rc == 0)
        globfree(&found);
    return n;
}

static void a_private_folder_goes_with_the_platform(void **state)
{
    const char *directory = getenv("TMPDIR");
    char workload[32];
    struct tenant t;
    struct bed b;

    (void)state;
    assert_int_equal(count_private(directory), 0);
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    make_workload(&b, &t, "", workload);
    assert_int_equal(call(&b, t.token, "POST", NULL, NULL, "/v1/workloads/%s/backups", workload), 201);
    assert_int_equal(count_private(directory), 1);
    bed_stop(&b);
    assert_int_equal(count_private(directory), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backups_outlast_the_platform),
        cmocka_unit_test(a_damaged_backup_is_not_restored),
        cmocka_unit_test(a_backup_that_cannot_be_written_is_none),
        cmocka_unit_test(backups_in_rows_are_restored),
        cmocka_unit_test(schedules_outlast_the_platform),
        cmocka_unit_test(a_removal_waits_for_its_archive),
        cmocka_unit_test(force_needs_no_archive),
        cmocka_unit_test(a_folder_has_one_platform),
        cmocka_unit_test(a_private_folder_goes_with_the_platform),
    };

    return bed_main(argc, argv, tests, sizeof tests / sizeof *tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *store_name;

/* What a test that failed has left in a file would fail the next one. */
static void remove_file(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    char name[4096];

    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        unlink(name);
    }
}

bool store_name_given(int argc, char **argv)
{
    if (argc == 2 && store_named(argv[1])) {
        store_name = argv[1];
        if (strncmp(store_name, "sqlite:", 7) == 0)
            remove_file(store_name + 7);
        return true;
    }
    fprintf(stderr, "usage: %s STORE\n", argv[0]);
    return false;
}

bool on_postgres(void)
{
    return strncmp(store_name, "postgres", 8) == 0;
}

struct store *reopened(void)
{
    char why[MIGRATE_WHY_MAX];
    struct store *s = store_open(store_name);

    assert_non_null(s);
    if (migrate_shared(s, MIGRATE_LATEST, why) != 0)
        fail_msg("%s", why);
    return s;
}

/* Down to nothing and up again: every test runs all migrations both ways. */
struct store *opened(void)
{
    static const char *const tenants[] = {TENANT_A, TENANT_B};
    char why[MIGRATE_WHY_MAX];
    struct store *s = reopened();

    for (size_t i = 0; i < sizeof tenants / sizeof tenants[0]; i++)
        assert_int_equal(store_schema_drop(s, tenants[i]), 0);
    if (migrate_shared(s, 0, why) != 0 || migrate_shared(s, MIGRATE_LATEST, why) != 0)
        fail_msg("%s", why);
    return s;
}

void make_tenant_schema(struct store *s, const char *tenant_id)
{
    char why[MIGRATE_WHY_MAX];

    assert_int_equal(store_schema_create(s, tenant_id), 0);
    assert_int_equal(store_schema_create(s, tenant_id), 0);
    if (migrate_tenant(s, tenant_id, MIGRATE_LATEST, why) != 0)
        fail_msg("%s", why);
}

void insert_customer(struct store *s, const char *id, const char *email)
{
    assert_int_equal(store_run(s,
                               "INSERT INTO {customers} (id, name, email, attributes, created_at, updated_at)"
                               " VALUES (?1, ?1, ?2, ?3, '', '')",
                               "sss", id, email, "{}"),
                     1);
}

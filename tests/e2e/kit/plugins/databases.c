/* SPDX-License-Identifier: Apache-2.0 */
/* Databases in a run: a clean one for each attempt, and what can be said of two tenants who share one. */
#include <muster/kit/data.h>
#include <muster/kit/parallel.h>
#include <muster/kit/sql.h>
#include <muster/kit/wait.h>
#include <muster/muster.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define PASSWORD "geheim-4711"

/* ---- a shop, and who takes part in it ---- */

struct shop {
    const char *url;
    const char *names[2]; /* the tenants' roles */
    int64_t ids[2];
    struct m_sql *owner, *a, *b;
};

FIXTURE(shop_db, MUSTER_SCOPE_ATTEMPT, .uses = USES("postgres"))
{
    m_publish(t, "url", m_sql_database(t, "postgres", m_beside(t, "shop.sql")));
}

static const char *role_name(struct muster_ctx *t, const char *prefix, const char *word)
{
    char *name = strdup(m_fmt(t, "%s%s", prefix, m_unique(t, word)));
    REQUIRE(name);
    for (char *c = name; *c; c++)
        if (*c == '-')
            *c = '_';
    const char *kept = m_keep(t, name, strlen(name));
    free(name);
    return kept;
}

static struct m_sql *be_tenant(struct muster_ctx *t, struct shop *s, int which)
{
    const struct m_sql_options o = {.user = s->names[which], .password = PASSWORD};
    return m_sql_open(t, s->url, &o);
}

static void add_tenant(struct muster_ctx *t, struct shop *s, int which, const char *prefix)
{
    const char *name = s->names[which] = role_name(t, prefix, which ? "b" : "a");
    m_sql_script(s->owner, m_fmt(t,
                                 "CREATE ROLE %s LOGIN PASSWORD '" PASSWORD "' NOINHERIT;"
                                 "GRANT SELECT, INSERT, UPDATE, DELETE ON customers TO %s;"
                                 "GRANT SELECT ON customer_list, leaking_list TO %s;"
                                 "GRANT USAGE ON customers_id_seq TO %s;",
                                 name, name, name, name));
    s->ids[which] = m_sql_int(
        M_SQL(s->owner, "INSERT INTO tenants (login, plan) VALUES ($1, $2) RETURNING id", name, "pro"), 0, "id");
    M_SQL(s->owner, "INSERT INTO customers (tenant_id, email) VALUES ($1, $2), ($1, $3)", s->ids[which],
          m_fmt(t, "one@%s", name), m_fmt(t, "two@%s", name));
}

/* Tenants a and b, each with two customers. */
static struct shop open_shop(struct muster_ctx *t)
{
    struct shop s = {.url = m_fixture(t, "shop_db", "url")};
    s.owner = m_sql_open(t, s.url, NULL);
    add_tenant(t, &s, 0, m_fixture(t, "postgres", "prefix"));
    add_tenant(t, &s, 1, m_fixture(t, "postgres", "prefix"));
    s.a = be_tenant(t, &s, 0);
    s.b = be_tenant(t, &s, 1);
    return s;
}

#define IN_SHOP .uses = USES("postgres", "shop_db")

/* ---- each attempt has its own ---- */

SCENARIO(is_clean, IN_SHOP)
{
    struct m_sql *db = m_sql_open(t, m_fixture(t, "shop_db", "url"), NULL);
    REQUIRE_SQL(db, "0", "SELECT count(*) FROM tenants");
    M_SQL(db, "INSERT INTO tenants (login, plan) VALUES ('x', 'free')");
}

SCENARIO(is_clean_too, IN_SHOP)
{
    scenario_is_clean(t);
}

SCENARIO(many_at_once, PARAMS((i32, n)), .tables = TABLES(AXIS("n", "1", "2", "3", "4", "5", "6", "7", "8")), IN_SHOP)
{
    struct m_sql *db = m_sql_open(t, m_fixture(t, "shop_db", "url"), NULL);
    CHECK_SQL(db, "0", "SELECT count(*) FROM tenants WHERE id < $1", n);
}

/* After the others, one at a time: what they had is gone when they have ended. */
SCENARIO(finds_none_of_the_others, .uses = USES("postgres"))
{
    struct m_sql *db = m_sql_open(t, m_fixture(t, "postgres", "url"), NULL);
    CHECK_SQL(db, "0", "SELECT count(*) FROM pg_database WHERE starts_with(datname, $1)",
              m_fmt(t, "%sdb_", m_fixture(t, "postgres", "prefix")));
    CHECK_SQL(db, "1", "SELECT count(*) FROM pg_database WHERE starts_with(datname, $1)",
              m_fmt(t, "%stemplate_", m_fixture(t, "postgres", "prefix")));
}

SCENARIO(has_two_of_its_own, .uses = USES("postgres"))
{
    struct m_sql *one = m_sql_open(t, m_sql_database(t, "postgres", NULL), NULL);
    struct m_sql *two = m_sql_open(t, m_sql_database(t, "postgres", NULL), NULL);
    M_SQL(one, "CREATE TABLE x (a int)");
    CHECK_SQL_REFUSED(two, "42P01", "SELECT * FROM x");
}

SCENARIO(reads_the_init, PARAMS((str, file)), .tables = TABLES(TABLE_FILE("init.csv")),
         .uses = USES("postgres(init=${file}, settings=\"work_mem=7MB\", base=/dev/shm)"))
{
    struct m_sql *db = m_sql_open(t, m_sql_database(t, "postgres", NULL), NULL);
    CHECK_STR_HAS(file, "init.sql");
    CHECK_SQL(db, "from init", "SELECT word FROM init");
    CHECK_SQL(db, "7MB", "SHOW work_mem");
    CHECK_STR_HAS(m_fixture(t, "postgres", "socket"), "/dev/shm/muster-postgres-");
}

SCENARIO(of_a_version_that_is_not_there, .uses = USES("postgres(8.1)"))
{
}

/* ---- what the two engines have in common ---- */

SCENARIO(cells, IN_SHOP)
{
    struct m_sql *db = m_sql_open(t, m_fixture(t, "shop_db", "url"), NULL);
    const struct m_sql_result *r = M_SQL(db,
                                         "SELECT $1::int8 AS i, $2::float8 AS d, $3::text AS s, $4::int AS n, true AS "
                                         "b, 12.50::numeric AS m, now() AS w",
                                         INT64_MIN, 0.1, "it's", M_SQL_NULL);
    CHECK_INT(m_sql_int(r, 0, "i"), ==, INT64_MIN);
    CHECK_DOUBLE(m_sql_double(r, 0, "d"), 0.1, 0);
    CHECK_STR(m_sql_text(r, 0, "s"), ==, "it's");
    CHECK_STR(m_sql_text(r, 0, "n"), ==, NULL);
    CHECK_INT(m_sql_kind(r, 0, "n"), ==, M_SQL_IS_NULL);
    CHECK_INT(m_sql_int(r, 0, "b"), ==, 1);
    CHECK_STR(m_sql_text(r, 0, "m"), ==, "12.50");
    CHECK_DOUBLE(m_sql_double(r, 0, "m"), 12.5, 0);
    CHECK_INT(m_sql_kind(r, 0, "w"), ==, M_SQL_IS_TEXT);
    CHECK_INT(M_SQL(db, "INSERT INTO tenants (login, plan) VALUES ('a', 'x'), ('b', 'x') RETURNING id")->affected, ==,
              2);
    CHECK_SQL(db, "a|x\nb|x", "SELECT login, plan FROM tenants ORDER BY login");
    CHECK_SQL_REFUSED(db, "23505", "INSERT INTO tenants (login, plan) VALUES ($1, 'x')", "a");
    CHECK_SQL_TIME(db, 20000, "tenants.list", "SELECT * FROM tenants");
}

SCENARIO(transactions_side_by_side, IN_SHOP)
{
    const char *url = m_fixture(t, "shop_db", "url");
    struct m_sql *a = m_sql_open(t, url, NULL), *b = m_sql_open(t, url, NULL);
    M_SQL(a, "INSERT INTO tenants (login, plan) VALUES ('x', 'free'), ('y', 'free')");
    m_sql_begin(a, "ISOLATION LEVEL SERIALIZABLE");
    m_sql_begin(b, "ISOLATION LEVEL SERIALIZABLE");
    CHECK_SQL(a, "2", "SELECT count(*) FROM tenants WHERE plan = 'free'");
    CHECK_SQL(b, "2", "SELECT count(*) FROM tenants WHERE plan = 'free'");
    M_SQL(a, "UPDATE tenants SET plan = 'pro' WHERE login = 'x'");
    M_SQL(b, "UPDATE tenants SET plan = 'pro' WHERE login = 'y'");
    CHECK_SQL(b, "1", "SELECT count(*) FROM tenants WHERE plan = 'pro'");
    m_sql_commit(a);
    CHECK_SQL_REFUSED(b, "40001", "COMMIT");
    m_sql_rollback(b);
    CHECK_SQL(b, "1", "SELECT count(*) FROM tenants WHERE plan = 'pro'");
}

static void wait_for_lock(struct muster_ctx *t, unsigned user, void *url)
{
    struct m_sql *db = m_sql_open(t, url, NULL);
    if (user == 0) {
        m_sql_begin(db, NULL);
        M_SQL(db, "LOCK TABLE tenants");
    }
    m_barrier(t);
    if (user == 1)
        CHECK_SQL(db, "7",
                  "INSERT INTO tenants (id, login, plan) OVERRIDING SYSTEM VALUE VALUES (7, 'z', 'x') RETURNING id");
    else
        CHECK(M_UNTIL(
            t, 20000, 10,
            m_sql_int(M_SQL(db, "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'tenants'::regclass"),
                      0, NULL) == 1));
    if (user == 0)
        m_sql_commit(db);
}

SCENARIO(waits_for_anothers_lock, IN_SHOP)
{
    m_parallel(t, 2, wait_for_lock, (void *)(uintptr_t)m_fixture(t, "shop_db", "url"));
}

SCENARIO(a_late_statement_is_cancelled, IN_SHOP)
{
    /* Of its connection, too, and of what is asked after: time for a slow machine. */
    const struct m_sql_options hasty = {.timeout_ms = 2000};
    struct m_sql *db = m_sql_open(t, m_fixture(t, "shop_db", "url"), &hasty);
    const struct m_sql_result *r = M_TRY_SQL(db, "SELECT pg_sleep(600)");
    CHECK_STR_HAS(r->error, "no end of it within ");
    CHECK_STR_HAS(r->error, "it was cancelled");
    CHECK_STR(r->sqlstate, ==, "");
    CHECK_SQL(db, "1", "SELECT 1");
    CHECK_SQL(db, "0",
              "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()"
              " AND state = 'active'");
}

SCENARIO(a_lost_session_is_told, IN_SHOP)
{
    const char *url = m_fixture(t, "shop_db", "url");
    struct m_sql *db = m_sql_open(t, url, NULL), *other = m_sql_open(t, url, NULL);
    int64_t pid = m_sql_int(M_SQL(db, "SELECT pg_backend_pid()"), 0, NULL);
    M_SQL(other, "SELECT pg_terminate_backend($1)", pid);
    const struct m_sql_result *r = M_TRY_SQL(db, "SELECT 1");
    CHECK_STR(r->sqlstate, ==, "57P01");
    r = M_TRY_SQL(db, "SELECT 1");
    CHECK_STR_HAS(r->error, "the session was lost before: ");
    CHECK_STR(r->sqlstate, ==, "");
    r = M_TRY_SQL(other, "COPY tenants FROM STDIN");
    CHECK_STR_HAS(r->error, "COPY between server and client is not spoken here");
}

SCENARIO(logins_are_refused, IN_SHOP)
{
    struct shop s = open_shop(t);
    struct m_sql_refusal why;
    CHECK(!m_sql_try_open(t, s.url, &(struct m_sql_options){.user = s.names[0], .password = "wrong-8150"}, &why));
    CHECK_STR(why.sqlstate, ==, "28P01");
    CHECK(!m_sql_try_open(t, s.url, &(struct m_sql_options){.database = "nowhere"}, &why));
    CHECK_STR(why.sqlstate, ==, "3D000");
    M_SQL(s.owner, m_fmt(t, "REVOKE CONNECT ON DATABASE \"%s\" FROM PUBLIC",
                         m_sql_text(M_SQL(s.owner, "SELECT current_database()"), 0, NULL)));
    CHECK(!m_sql_try_open(t, s.url, &(struct m_sql_options){.user = s.names[0], .password = PASSWORD}, &why));
    CHECK_STR(why.sqlstate, ==, "42501");
}

/* ---- isolation ---- */

SCENARIO(tenants_see_their_own, IN_SHOP)
{
    struct shop s = open_shop(t);
    CHECK_SQL_ISOLATED(s.a, s.b, "customers", "id");
    CHECK_SQL_ONLY(s.a, "public.customers", "tenant_id", s.ids[0]);
    CHECK_SQL_ONLY(s.b, "customers", "tenant_id", s.ids[1]);
    STEP("views")
    {
        CHECK_SQL_ISOLATED(s.a, s.b, "customer_list");
    }
    STEP("prepared before the role changes")
    {
        struct m_sql *db = m_sql_open(t, s.url, NULL);
        M_SQL(db, "PREPARE all_of_them AS SELECT count(*) FROM customers");
        CHECK_SQL(db, "4", "EXECUTE all_of_them");
        M_SQL(db, m_fmt(t, "SET SESSION AUTHORIZATION %s", s.names[0]));
        CHECK_SQL(db, "2", "EXECUTE all_of_them");
    }
    STEP("statistics")
    {
        M_SQL(s.owner, "ANALYZE customers");
        CHECK_SQL(s.a, "", "SELECT most_common_vals FROM pg_stats WHERE tablename = 'customers'");
    }
}

SCENARIO(what_is_forged_is_refused, IN_SHOP)
{
    struct shop s = open_shop(t);
    CHECK_SQL_REFUSED(s.a, "42501", "INSERT INTO customers (tenant_id, email) VALUES ($1, 'forged')", s.ids[1]);
    CHECK_SQL_REFUSED(s.a, "42501", "UPDATE customers SET tenant_id = $1", s.ids[1]);
    CHECK_INT(M_SQL(s.a, "DELETE FROM customers WHERE tenant_id = $1", s.ids[1])->affected, ==, 0);
    CHECK_SQL_REFUSED(s.a, "42501", m_fmt(t, "SET ROLE %s", s.names[1]));
    CHECK_SQL_REFUSED(s.a, "42501", m_fmt(t, "SET SESSION AUTHORIZATION %s", s.names[1]));
    CHECK_SQL_REFUSED(s.a, "42501", "SELECT nextval('orders_id_seq')");
    CHECK_SQL_REFUSED(s.a, "42501", "SELECT * FROM all_emails()");
    CHECK_SQL_REFUSED(s.a, "42", "SET row_security = off; SELECT * FROM customers");
    M_SQL(s.a, "SET row_security = off");
    CHECK_SQL_REFUSED(s.a, "42501", "SELECT * FROM customers");
    CHECK_SQL_REFUSED(s.a, "42501", "CREATE TABLE mine (a int)");
    CHECK_SQL(s.owner, "4", "SELECT count(*) FROM customers");
}

SCENARIO(role_is_taken, IN_SHOP)
{
    struct shop s = open_shop(t);
    struct m_sql *db = m_sql_open(t, s.url, &(struct m_sql_options){.role = s.names[0], .read_only = 1});
    CHECK_SQL(db, s.names[0], "SELECT current_user");
    CHECK_SQL_REFUSED(db, "25006", "INSERT INTO customers (tenant_id, email) VALUES (1, 'x')");
    m_sql_begin(db, "READ WRITE");
    CHECK_SQL_REFUSED(db, "42501", "INSERT INTO customers (tenant_id, email) VALUES (1, 'x')");
    CHECK_SQL(db, "0", "SELECT count(*) FROM customers");
    m_sql_commit(db);
}

SCENARIO(fails_at_a_leaking_view, IN_SHOP)
{
    struct shop s = open_shop(t);
    CHECK_SQL_ISOLATED(s.a, s.b, "leaking_list", "tenant_id");
    CHECK_SQL_ONLY(s.a, "leaking_list", "tenant_id", s.ids[0]);
}

SCENARIO(fails_without_a_policy, IN_SHOP)
{
    struct shop s = open_shop(t);
    M_SQL(s.owner, "ALTER TABLE customers DISABLE ROW LEVEL SECURITY");
    CHECK_SQL_REFUSED(s.a, "42501", "INSERT INTO customers (tenant_id, email) VALUES ($1, $2)", s.ids[1], PASSWORD);
    M_SQL(s.a, m_fmt(t, "SELECT '%s'", PASSWORD));
    FAIL("to be looked at");
}

SCENARIO(references_lead_somewhere, IN_SHOP)
{
    struct shop s = open_shop(t);
    int64_t one = m_sql_int(M_SQL(s.owner, "SELECT min(id) FROM customers"), 0, NULL);
    M_SQL(s.owner, "INSERT INTO orders (customer_id, tenant_id) VALUES ($1, $2)", one, s.ids[0]);
    CHECK_SQL_REFERENCES(s.owner, "public");
}

SCENARIO(fails_at_orphans, IN_SHOP)
{
    struct shop s = open_shop(t);
    M_SQL(s.owner, "INSERT INTO orders (customer_id, tenant_id) VALUES (998, 999), (998, 1)");
    m_sql_script(s.owner, "ALTER TABLE tenants DISABLE TRIGGER ALL; DELETE FROM tenants WHERE id = 2");
    CHECK_SQL_REFERENCES(s.owner, "public");
    CHECK_SQL_REFERENCES(s.owner, "public", "orders.customer_id", "orders.tenant_id");
    CHECK_SQL_REFERENCES(s.owner, "no_such_schema");
}

/* ---- SQLite, as a platform's own file ---- */

SCENARIO(file_of_two_sessions)
{
    const char *url = m_fmt(t, "sqlite:%s/shop.db", m_attempt(t)->temp_dir);
    struct m_sql *writer = m_sql_open(t, m_fmt(t, "%s?mode=rwc", url), NULL);
    m_sql_script(writer, "PRAGMA journal_mode = WAL; CREATE TABLE tenants (id INTEGER PRIMARY KEY);"
                         "CREATE TABLE orders (id INTEGER PRIMARY KEY, tenant_id INTEGER REFERENCES tenants);");
    struct m_sql *reader = m_sql_wait_ready(t, m_fmt(t, "%s?mode=ro", url), NULL, 5000);
    m_sql_begin(writer, "IMMEDIATE");
    M_SQL(writer, "INSERT INTO tenants VALUES ($1)", 7);
    CHECK_SQL(reader, "0", "SELECT count(*) FROM tenants");
    m_sql_commit(writer);
    CHECK_SQL(reader, "1", "SELECT count(*) FROM tenants");
    CHECK_SQL_REFUSED(reader, "25006", "DELETE FROM tenants");
    CHECK_SQL_REFUSED(writer, "23503", "INSERT INTO orders VALUES (1, $1)", 8);
    M_SQL(writer, "INSERT INTO orders VALUES (1, $1)", 7);
    CHECK_SQL_REFERENCES(reader, "main");
}

/* ---- the end of it all ---- */

/* Tells where its database is, and waits to be killed. */
SCENARIO(waits_with_a_database, IN_SHOP, .timeout_ms = 100000)
{
    char none;
    struct shop s = open_shop(t);
    int fd = open(m_fmt(t, "%s/told", m_target(t, "dir")), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    int wait = open(m_target(t, "fifo"), O_RDONLY | O_CLOEXEC);
    REQUIRE(wait >= 0);
    dprintf(fd, "%s %s %s\n", m_fixture(t, "postgres", "url"), s.names[0],
            m_fixture(t, "postgres", "socket") ? m_fixture(t, "postgres", "socket") : "-");
    close(fd);
    CHECK_INT(read(wait, &none, 1), ==, 0);
}

MUSTER_PLUGIN("e2e.databases", "1.0.0")

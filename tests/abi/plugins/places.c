/* SPDX-License-Identifier: Apache-2.0 */
/* What each kit ends, at lines that are marked with the scenario's name. As C and as C++. */
#include <muster/kit/auth.h>
#include <muster/kit/browser.h>
#include <muster/kit/container.h>
#include <muster/kit/data.h>
#include <muster/kit/double.h>
#include <muster/kit/factory.h>
#include <muster/kit/http.h>
#include <muster/kit/json.h>
#include <muster/kit/load.h>
#include <muster/kit/mail.h>
#include <muster/kit/monitor.h>
#include <muster/kit/parallel.h>
#include <muster/kit/process.h>
#include <muster/kit/sql.h>
#include <muster/kit/wait.h>
#include <muster/kit/ws.h>
#include <muster/muster.h>
#include <string.h>

#ifdef __cplusplus
/* Names that are common for members are no macros in C++. */
struct server {
    int m_port;
    int m_secret;

    explicit server(int port) : m_port(port), m_secret(port)
    {
    }
    int m_get(int offset) const
    {
        return m_port + m_secret + offset;
    }
};
#define members_are_theirs() (server(1).m_get(2) == 4)
#else
/* Without parentheses it is the function. */
static const char *(*const unique)(struct muster_ctx *, const char *) = m_unique;
#define members_are_theirs() (strncmp(unique(t, "x"), "x-", 2) == 0)
#endif

SCENARIO(names_are_free)
{
    CHECK(members_are_theirs());
}

SCENARIO(param_name)
{
    LOG("%s", m_param(t, "nothing")); /* param_name */
}

CLEANUP(drop, "places.drop")
{
}

SCENARIO(defer_name)
{
    DEFER("places.dropp", "x"); /* defer_name */
}

SCENARIO(defer_payload)
{
    DEFER("places.drop", "\xff"); /* defer_payload */
}

SCENARIO(fixture_name)
{
    CHECK_STR(m_fixture(t, "nothing", "x"), ==, NULL); /* fixture_name */
}

SCENARIO(fixture_pointer_name)
{
    CHECK(m_fixture_pointer(t, "nothing") == NULL); /* fixture_pointer_name */
}

SCENARIO(fixture_publish)
{
    m_publish(t, "x", "y"); /* fixture_publish */
}

SCENARIO(fixture_hand_over)
{
    m_hand_over(t, NULL); /* fixture_hand_over */
}

SCENARIO(fixture_watch)
{
    m_watch(t, 1, "x"); /* fixture_watch */
}

/* A call that was good leaves no place behind. */
SCENARIO(no_place_is_left)
{
    DEFER("places.drop", "x");
    t->host->check(t, NULL);
}

SCENARIO(complaints)
{
    m_metric(t, "a b", 1, "");                        /* complaint: metric: a name */
    m_attach(t, "../up", NULL, "x", 1);               /* complaint: artifact ../up */
    m_attach_file(t, "gone", NULL, "/nothing/there"); /* complaint: artifact gone */
    FAIL("it is over");                               /* complaints */
}

static const char *made_claims(struct muster_ctx *t)
{
    return m_random_hex(t, 4);
}

SCENARIO(auth_algorithm)
{
    m_key_make(t, "none"); /* auth_algorithm */
}

SCENARIO(auth_claims)
{
    m_jwt_make(t, made_claims(t), m_key_secret(t, "secret"), NULL); /* auth_claims */
}

SCENARIO(auth_token)
{
    m_jwt_forgeries(t, "not.a.token", NULL); /* auth_token */
}

SCENARIO(browser_fixture)
{
    m_browser_open(t, NULL); /* browser_fixture */
}

static struct m_browser_options nobodys(void)
{
    struct m_browser_options options;
    memset(&options, 0, sizeof options);
    options.webdriver = "http://127.0.0.1:1";
    return options;
}

SCENARIO(browser_nobody)
{
    struct m_browser_options options = nobodys();
    m_browser_open(t, &options); /* browser_nobody */
}

SCENARIO(browser_name)
{
    struct m_browser_options options = nobodys();
    options.name = "a/b";
    m_browser_open(t, &options); /* browser_name */
}

SCENARIO(data_format)
{
    LOG("%s", m_fmt(t, "%ls", L"\u00e9")); /* data_format */
}

FACTORY(thing, TEXT("name", "x"));

SCENARIO(data_factory)
{
    MAKE(thing, "nmae=y"); /* data_factory */
}

SCENARIO(load_nothing)
{
    struct m_load_options options;
    memset(&options, 0, sizeof options);
    m_load_start(t, &options); /* load_nothing */
}

SCENARIO(monitor_nothing)
{
    struct m_monitor_options options;
    memset(&options, 0, sizeof options);
    m_monitor_start(t, &options); /* monitor_nothing */
}

SCENARIO(monitor_quantity)
{
    struct m_monitor_options options;
    memset(&options, 0, sizeof options);
    options.pid = 1;
    options.name = "first";
    CHECK_USAGE(m_monitor_start(t, &options), memory.peak, <=, 1); /* monitor_quantity */
}

SCENARIO(http_scheme)
{
    m_http_open(t, "ftp://x", NULL); /* http_scheme */
}

SCENARIO(http_missing)
{
    m_http_open(t, m_target(t, "url"), NULL); /* http_missing */
}

static struct m_http *nobody(struct muster_ctx *t)
{
    return m_http_open(t, "http://127.0.0.1:1", NULL);
}

static const char *made_path(struct muster_ctx *t)
{
    return m_fmt(t, "/%s", m_unique(t, "x"));
}

SCENARIO(http_no_answer)
{
    CHECK_INT(m_get(nobody(t), made_path(t)).status, ==, 200); /* http_no_answer */
}

SCENARIO(http_post)
{
    struct m_http *api = nobody(t);
    REQUIRE(M_UNTIL(t, 100, 10, m_post(api, "/", NULL).status == 200)); /* http_post */
}

SCENARIO(http_method)
{
    struct m_http *api = nobody(t);
    struct m_http_request request;
    memset(&request, 0, sizeof request);
    request.method = "NO GOOD";
    m_try_request(api, &request); /* http_method */
}

SCENARIO(http_header)
{
    m_http_header(nobody(t), "a b", "c"); /* http_header */
}

SCENARIO(json_text)
{
    m_json_parse(t, "{nope"); /* json_text */
}

SCENARIO(json_format)
{
    m_json_pack(t, "{s:q}", made_path(t), 1); /* json_format */
}

SCENARIO(parallel_nobody)
{
    m_barrier(t); /* parallel_nobody */
}

static void be_user(struct muster_ctx *t, unsigned user, void *data)
{
    const char *text = user < 2 ? "nope" : NULL;
    (void)data;
    m_barrier(t);
    m_json_parse(t, text); /* parallel_user */
}

SCENARIO(parallel_user)
{
    m_parallel(t, 2, be_user, NULL);
}

static const char *const argv[] = {"/nothing/there", NULL};

SCENARIO(process_start)
{
    struct m_process_options options;
    memset(&options, 0, sizeof options);
    options.argv = argv;
    m_process_start(t, &options); /* process_start */
}

SCENARIO(process_given_line)
{
    struct m_process_options options;
    memset(&options, 0, sizeof options);
    options.argv = argv;
    options.file = __FILE__;
    options.line = __LINE__; /* process_given_line */
    m_process_start(t, &options);
}

SCENARIO(sql_scheme)
{
    m_sql_open(t, "mysql://x", NULL); /* sql_scheme */
}

SCENARIO(sql_mistake)
{
    struct m_sql *db = m_sql_open(t, "sqlite::memory:", NULL);
    M_SQL(db, "SELECT $1 FROM missing", 1); /* sql_mistake */
}

SCENARIO(sql_row)
{
    const struct m_sql_result *r = M_SQL(m_sql_open(t, "sqlite::memory:", NULL), "SELECT $1 AS a", "text");
    CHECK_STR(m_sql_text(r, 1, "a"), ==, "text"); /* sql_row */
}

static const char *const no_text = NULL;

SCENARIO(sql_check)
{
    struct m_sql *db = m_sql_open(t, "sqlite::memory:", NULL);
    CHECK_SQL(db, "1|0.5|a|NULL|NULL", "SELECT $1, $2, $3, $4, $5", 1L, 0.5, "a", M_SQL_NULL, no_text);
    CHECK_SQL_REFUSED(db, "42P01", "SELECT * FROM missing");
    CHECK_SQL_ANY_ORDER(db, "'open", "SELECT 1"); /* sql_check */
}

SCENARIO(ws_nobody)
{
    m_ws_open(t, "ws://127.0.0.1:1", NULL); /* ws_nobody */
}

SCENARIO(ws_missing)
{
    m_ws_open(t, m_target(t, "url"), NULL); /* ws_missing */
}

SCENARIO(ws_header)
{
    static const char *const headers[] = {"a b: c", NULL};
    struct m_ws_options options;
    struct m_ws_refusal why;
    memset(&options, 0, sizeof options);
    options.headers = headers;
    m_ws_try_open(t, "ws://127.0.0.1:1", &options, &why); /* ws_header */
}

SCENARIO(double_name)
{
    m_double_open(t, "nothing"); /* double_name */
}

SCENARIO(double_no_file)
{
    struct m_double_options options;
    memset(&options, 0, sizeof options);
    m_double_serve(t, &options); /* double_no_file */
}

SCENARIO(mail_server)
{
    m_mail_open(t, "nothing"); /* mail_server */
}

SCENARIO(engine_nowhere)
{
    struct m_engine_options options;
    memset(&options, 0, sizeof options);
    options.url = "unix:///no/such/socket";
    m_engine_open(t, &options); /* engine_nowhere */
}

MUSTER_PLUGIN("abi.places", "1")

/* SPDX-License-Identifier: Apache-2.0 */
/* Each macro of each kit, and the checks that need one, in C++. kits.sh holds the list of them against this file and
 * every.c. */
#include <muster/kit/browser.h>
#include <muster/kit/container.h>
#include <muster/kit/data.h>
#include <muster/kit/double.h>
#include <muster/kit/evidence.h>
#include <muster/kit/factory.h>
#include <muster/kit/http.h>
#include <muster/kit/json.h>
#include <muster/kit/load.h>
#include <muster/kit/load_of.h>
#include <muster/kit/monitor.h>
#include <muster/kit/pages.h>
#include <muster/kit/parallel.h>
#include <muster/kit/process.h>
#include <muster/kit/sql.h>
#include <muster/kit/target.h>
#include <muster/kit/wait.h>
#include <muster/kit/ws.h>
#include <muster/muster.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

/* ---- a server that answers each request with the request ---- */

static bool read_request(int connection, std::string &request)
{
    char part[4096];
    std::size_t end, length = 0;
    while ((end = request.find("\r\n\r\n")) == std::string::npos || request.size() < end + 4 + length) {
        ssize_t n = read(connection, part, sizeof part);
        if (n <= 0)
            return false;
        request.append(part, static_cast<std::size_t>(n));
        std::size_t field = request.find("Content-Length: ");
        if (field != std::string::npos)
            length = static_cast<std::size_t>(std::atoi(request.c_str() + field + std::strlen("Content-Length: ")));
    }
    return true;
}

static bool has(const std::string &text, const char *part)
{
    return text.find(part) != std::string::npos;
}

/* A WebDriver, of whose one page every element is named "field", but "#absent". */
static std::string drive(const std::string &request, int &status)
{
    status = has(request, "#absent") ? 404 : 200;
    if (status == 404)
        return "{\"value\":{\"error\":\"no such element\",\"message\":\"\"}}";
    if (has(request, "POST /session HTTP"))
        return "{\"value\":{\"sessionId\":\"s\"}}";
    if (has(request, "/element HTTP"))
        return "{\"value\":{\"element-6066-11e4-a52e-4f735466cecf\":\"e\"}}";
    if (has(request, "/elements HTTP") || has(request, "/se/log HTTP"))
        return has(request, "/elements") ? "{\"value\":[{}]}" : "{\"value\":[]}";
    if (has(request, "/displayed HTTP"))
        return "{\"value\":true}";
    if (has(request, "GET "))
        return "{\"value\":\"field\"}";
    if (has(request, "/element/e/value HTTP") && !has(request, "\xEE\x80\x83\xEE\x80\x84\xEE\x80\x87")) {
        status = 400;
        return "{\"value\":{\"error\":\"invalid argument\",\"message\":\"these are not the keys\"}}";
    }
    return "{\"value\":null}";
}

static void serve(int listening)
{
    for (;;) {
        int connection = accept(listening, nullptr, nullptr);
        std::string request;
        if (read_request(connection, request)) {
            int status = 200;
            std::string body = has(request, " /session") ? drive(request, status) : request;
            std::string answer = "HTTP/1.1 " + std::to_string(status) +
                                 " OK\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
                                 "\r\n\r\n" + body;
            if (write(connection, answer.data(), answer.size()) < 0)
                std::abort();
        }
        close(connection);
    }
}

FIXTURE(echo, MUSTER_SCOPE_PLUGIN)
{
    struct sockaddr_in address = sockaddr_in();
    socklen_t size = sizeof address;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE_INT(bind(listening, reinterpret_cast<struct sockaddr *>(&address), sizeof address), ==, 0);
    REQUIRE_INT(listen(listening, 16), ==, 0);
    REQUIRE_INT(getsockname(listening, reinterpret_cast<struct sockaddr *>(&address), &size), ==, 0);
    pid_t child = fork();
    if (child == 0)
        serve(listening);
    close(listening);
    REQUIRE_INT(child, >, 0);
    m_watch(t, child, "the echo server");
    m_publish(t, "address", m_fmt(t, "127.0.0.1:%d", ntohs(address.sin_port)));
}

static struct m_http *echo(struct muster_ctx *t)
{
    return m_http_open(t, m_fmt(t, "http://%s", m_fixture(t, "echo", "address")), nullptr);
}

/* ---- lists ---- */

static const char *const *remembered(const std::string &value)
{
    return HEADERS(value.c_str(), "second");
}

SCENARIO(lists_are_made_as_it_runs)
{
    std::string first = "first", other = "other";
    const char *const *list = remembered(first);
    CHECK_STR(list[0], ==, "first");
    CHECK_STR(list[1], ==, "second");
    CHECK(list[2] == nullptr);
    CHECK_STR(remembered(other)[0], ==, "other");
    CHECK_STR(M_ENV("a", "b")[1], ==, "b");
    CHECK_STR(M_HEADERS("a", "b")[0], ==, "a");
}

/* ---- http and ws ---- */

SCENARIO(requests, .uses = USES("echo"))
{
    struct m_http *http = echo(t);
    std::string long_path(300, 'p');
    struct m_http_reply r =
        M_REQUEST(http, .body = "{}", .path = ("/" + long_path).c_str(), .method = "PUT",
                  .headers = HEADERS("If-Match: \"3\"", ("X-Name: " + long_path).c_str(), m_fmt(t, "X-Number: %d", 7)));
    CHECK_INT(r.status, ==, 200);
    CHECK_STR_HAS(r.body, ("PUT /" + long_path + " HTTP").c_str());
    CHECK_STR_HAS(r.body, ("X-Name: " + long_path).c_str());
    CHECK_STR_HAS(r.body, "If-Match: \"3\"\r\n", "%s", m_fmt(t, "of %zu bytes", std::strlen(r.body)));
    CHECK_STR_HAS(r.body, "X-Number: 7\r\n");
    CHECK_STR_HAS(r.body, "\r\n\r\n{}");

    /* One within the other. */
    r = M_TRY_REQUEST(
        http, .path = "/outer", .method = "POST",
        .body = m_http_keep(&static_cast<const struct m_http_reply &>(M_REQUEST(echo(t), .path = "/inner"))).body);
    CHECK(r.error == nullptr);
    CHECK_STR_HAS(r.body, "POST /outer");
    CHECK_STR_HAS(r.body, "GET /inner");
}

SCENARIO(handshakes, .uses = USES("echo"))
{
    struct m_ws_options options = m_ws_options();
    struct m_ws_refusal why;
    options.headers = HEADERS(m_fmt(t, "X-Name: %s", "ws"), "X-Other: 1");
    CHECK(m_ws_try_open(t, m_fmt(t, "ws://%s/", m_fixture(t, "echo", "address")), &options, &why) == nullptr);
    CHECK_INT(why.status, ==, 200);
    CHECK_STR_HAS(why.body, "X-Name: ws\r\n");
    CHECK_STR_HAS(why.body, "X-Other: 1\r\n");
}

SCENARIO(outcomes_and_opcodes_differ)
{
    static const int outcomes[] = {M_WS_MESSAGE, M_WS_TIMEOUT, M_WS_CLOSED};
    static const int opcodes[] = {M_WS_CONTINUATION, M_WS_TEXT, M_WS_BINARY, M_WS_CLOSE, M_WS_PING, M_WS_PONG};
    for (int i = 0; i < 2; i++)
        CHECK_INT(outcomes[i], <, outcomes[i + 1], "of outcome %d", i);
    for (int i = 0; i < 5; i++)
        CHECK_INT(opcodes[i], <, opcodes[i + 1], "of opcode %d", i);
}

/* ---- target ---- */

/* Compiled in every way, and not called where the run has no target. */
static void operate(struct muster_ctx *t, const std::string &name)
{
    struct m_session *admin = m_login(t, "admin");
    struct m_session *user = LOGIN(t, "password", ARG("username", (name + "-user").c_str()), ARG("password", nullptr));
    struct m_json *made = DO(admin, "tenant.create", ARG("name", name.c_str()), ARG("replicas", 3), ARG("ratio", 0.5),
                             ARG("urgent", true), ARG("size", sizeof made), ARG("limits", m_json_parse(t, "{}")));
    struct m_tried r = TRY(user, "tenant.get", ARG("id", m_json_str(made, "/id")), ARGS(made));
    CHECK(r.refused == nullptr);
    START(admin, "tenant.list");
    REFUSED("forbidden", user, "tenant.list");
    WAIT_FOR(admin, "tenant.get", "/state", "active", 1000, ARG("id", "x"));
    m_ws_free(OPEN(admin, "events.watch"));
    m_ws_free(M_OPEN(m_nobody(t), "events.watch", M_ARG("topic", "x"), M_ARGS(made)));
}

SCENARIO(operations)
{
    if (m_target_is_there(t))
        operate(t, "a text that std::string has to allocate");
    CHECK(!m_target_has(t, "tenant.create"));
}

/* ---- browser ---- */

SCENARIO(browses, .uses = USES("echo"))
{
    struct m_browser *b =
        M_BROWSER(t, .name = "double", .webdriver = m_fmt(t, "http://%s", m_fixture(t, "echo", "address")));
    std::string field = "field";
    m_visit(b, "http://x/");
    m_type(b, "#any",
           M_KEY_BACKSPACE M_KEY_TAB M_KEY_ENTER M_KEY_SHIFT M_KEY_CONTROL M_KEY_ALT M_KEY_ESCAPE M_KEY_PAGE_UP
               M_KEY_PAGE_DOWN M_KEY_END M_KEY_HOME M_KEY_LEFT M_KEY_UP M_KEY_RIGHT M_KEY_DOWN M_KEY_DELETE);
    CHECK_TEXT(b, "#any", field.c_str());
    CHECK_TEXT(b, "#any", field.c_str(), "with a message %d", 1);
    REQUIRE_TEXT(b, "#any", "field");
    CHECK_TEXT_HAS(b, "#any", "iel", "with a message");
    REQUIRE_TEXT_HAS(b, "#any", "iel");
    CHECK_VALUE(b, "#any", "field");
    REQUIRE_VALUE(b, "#any", "field", "%s", field.c_str());
    CHECK_VISIBLE(b, "#any");
    REQUIRE_VISIBLE(b, "#any", "with a message");
    CHECK_HIDDEN(b, "#absent");
    REQUIRE_HIDDEN(b, "#absent", "with a message");
    CHECK_COUNT(b, "#any", 1);
    REQUIRE_COUNT(b, "#any", 1, "with a message");
    CHECK_URL(b, "fie");
    REQUIRE_URL(b, "fie", "with a message");
    CHECK_TITLE(b, "field");
    REQUIRE_TITLE(b, "field", "with a message");
    CHECK_CONSOLE(b);
    REQUIRE_CONSOLE(b, "with a message");
}

/* ---- pages ---- */

static void look(muster_ctx *t, const char *text)
{
    std::string field = text;
    m_viewer *v = M_VIEWER(t, .name = "somebody");
    PAGE_OPEN(v, "page.thing", ARG("id", field.c_str()));
    PAGE_VISIT(v, "page.thing");
    PAGE_FILL(v, "name", field.c_str());
    PAGE_DO(v, "save");
    CHECK_PAGE(v, "page.thing");
    REQUIRE_PAGE(v, "page.thing", "with a message %d", 1);
    CHECK_MARK(v, "state", field.c_str());
    REQUIRE_MARK(v, "state", PAGE_READ(v, "state"), "with a message");
    CHECK_SHOWN(v, "state");
    REQUIRE_SHOWN(v, "state", "with a message");
    CHECK_NOT_SHOWN(v, "error");
    REQUIRE_NOT_SHOWN(v, "error", "with a message");
    CHECK_FIELD(v, "name", field.c_str());
    REQUIRE_FIELD(v, "name", field.c_str(), "with a message");
}

SCENARIO(pages)
{
    if (m_target_is_there(t))
        look(t, "a text that std::string has to allocate");
    CHECK(!m_target_has(t, "page.thing"));
}

/* ---- process ---- */

SCENARIO(processes)
{
    std::string said = "a text that std::string has to allocate";
    struct m_process *p =
        M_PROCESS(t, .ready_line = "ready", .name = "says", .env = ENV(("SAID=" + said).c_str()),
                  .argv = ARGV("sh", "-c", "echo ready; echo \"$SAID $1\"; exec sleep 60", "sh", m_fmt(t, "%d", 7)));
    CHECK_STR(m_process_line(p, said.c_str(), 0), ==, (said + " 7").c_str());
    CHECK(M_TRY_PROCESS(t, .argv = M_ARGV("/nothing/there")) == nullptr);
}

/* ---- data ---- */

FACTORY(customer, TEXT("name", "Customer ${n}"), NUMBER("seats", 7, 7));
FACTORY(tenant, UNIQUE("subdomain", "e2e"), CHOICE("plan", "pro|free"), NESTED("contact", customer),
        SEVERAL("customers", customer, 2));

SCENARIO(factories)
{
    std::string plan = "plan=gold";
    m_json *made = m_json_parse(t, MAKE(tenant, plan.c_str(), "contact.name=Ann"));
    CHECK_STR(m_json_str(made, "/plan"), ==, "gold");
    CHECK_STR(m_json_str(made, "/contact/name"), ==, "Ann");
    CHECK_INT(m_json_int(made, "/customers/1/seats"), ==, 7);
    CHECK_STR_HAS(MAKE(tenant), "\"customers\":[{\"name\":\"Customer 5\"");
}

/* ---- load ---- */

static m_load_result ask(muster_ctx *, void *, void *with)
{
    __atomic_add_fetch(static_cast<int *>(with), 1, __ATOMIC_RELAXED);
    m_http_reply fine = m_http_reply();
    m_tried done = m_tried();
    fine.status = 200;
    return M_LOAD_TRIED(done).failed ? M_LOAD_TRIED(done) : M_LOAD_REPLY(fine);
}

SCENARIO(loads)
{
    int asked = 0;
    LOAD_BEGIN(calls, .clients = 2, .rate = M_LOAD_FLAT_OUT, .ask = ask, .with = &asked);
    REQUIRE(M_UNTIL(t, 20000, 1, m_load_now(calls).sent >= 10));
    CHECK(LOAD_END(calls));
    CHECK_LOAD(calls, failed, ==, 0, "of %d", asked);
    REQUIRE_LOAD(calls, sent, >=, 10);
    CHECK(m_load_stop(M_LOAD(t, .ask = ask, .with = &asked)).failed < 1);
    if (asked < 0) { /* they compile: nobody is there to be asked */
        LOAD_OPERATION(orders, "admin", "order.get", m_json_pack(t, "{s:i}", "id", 1), .clients = 2);
        LOAD_OPERATION(more, nullptr, "order.list", nullptr);
        LOAD_URL(pages, "http://127.0.0.1:1/", .rate = 5);
        LOAD_URL(others, "http://127.0.0.1:1/");
        m_load_operation operation = {nullptr, "order.list", nullptr};
        LOAD_END(M_LOAD(t, .name = "a", M_OF_OPERATION(&operation)));
        LOAD_END(M_LOAD(t, .name = "b", M_OF_URL("http://127.0.0.1:1/")));
        CHECK(LOAD_END(orders) + LOAD_END(more) + LOAD_END(pages) + LOAD_END(others));
    }
}

/* ---- monitor ---- */

SCENARIO(monitors)
{
    struct m_monitor *self = M_MONITOR(t, .pid = static_cast<int32_t>(getpid()), .name = "self");
    int rounds = 0;
    PERFORMANCE("a block", .monitor = self, .max_ms = 1e9)
    {
        for (; rounds < 3; rounds++)
            PERFORMANCE("one of it")
            {
                break; /* the block, not the loop */
            }
    }
    CHECK_INT(rounds, ==, 3);
    try {
        PERFORMANCE("thrown out of", .max_ms = 1e9) throw 7;
    } catch (int) {
        rounds++;
    }
    CHECK_INT(rounds, ==, 4);
    CHECK_USAGE(self, rss.peak, >, 0, "after %d rounds", rounds);
    REQUIRE_USAGE(self, threads.last, >=, 1);
    CHECK_INT(m_monitor_usage(self).samples, >=, 1);
    m_monitor_stop(self);
}

/* ---- json, wait and parallel ---- */

SCENARIO(json)
{
    std::string text = "{\"a\":[1,2]}";
    CHECK_JSON(text.c_str(), "/a/1", "2");
    CHECK_JSON(text.c_str(), "/a/1", "2", "of %s", text.c_str());
    REQUIRE_JSON(text.c_str(), "/a", "[1,2]");
    REQUIRE_JSON(text.c_str(), "/a", std::string("[1,2]").c_str(), "no argument");
    struct m_json *doc = m_json_parse(t, m_json_pack(t, "{s:i}", "n", 7));
    CHECK_INT(m_json_int(doc, "/n"), ==, 7);
    CHECK_INT(m_json_int(doc, "/none"), ==, M_JSON_NO_INT);
    m_json_free(doc);
}

SCENARIO(waits)
{
    int looks = 0;
    CHECK(M_UNTIL(t, 10000, 1, M_UNTIL(t, 10000, 1, ++looks > 2)), "after %d looks", looks);
    CHECK_INT(looks, ==, 3);
}

static void be_user(struct muster_ctx *t, unsigned user, void *data)
{
    static_cast<const char *const **>(data)[user] = HEADERS(m_fmt(t, "%u", user));
    m_barrier(t);
    CHECK_STR(static_cast<const char *const **>(data)[user][0], ==, m_fmt(t, "%u", user), "user %u", user);
}

SCENARIO(each_thread_has_its_lists)
{
    const char *const *lists[4];
    m_parallel(t, 4, be_user, lists);
}

/* ---- sql ---- */

SCENARIO(statements)
{
    std::string name = "shop";
    struct m_sql *db = m_sql_open(t, "sqlite::memory:", nullptr);
    m_sql_script(db, "CREATE TABLE tenants (id INTEGER PRIMARY KEY, name TEXT UNIQUE);"
                     "CREATE TABLE orders (tenant_id INTEGER);");
    M_SQL(db, "INSERT INTO tenants VALUES ($1, $2)", 7, (name + " 7").c_str());
    M_SQL(db, "INSERT INTO orders VALUES ($1)", 7LL);
    CHECK_STR(M_TRY_SQL(db, "INSERT INTO tenants VALUES (8, $1)", "shop 7")->sqlstate, ==, "23505");
    const struct m_sql_result *r =
        m_sql_query(db, M_SQL_CALL("SELECT $1 AS a, $2 AS b, $3, $4 AS d", 1L, 0.5, true, M_SQL_NULL));
    CHECK_INT(m_sql_kind(r, 0, "a"), ==, M_SQL_IS_INT);
    CHECK_INT(m_sql_kind(r, 0, "b"), ==, M_SQL_IS_DOUBLE);
    CHECK_INT(m_sql_kind(r, 0, "d"), ==, M_SQL_IS_NULL);
    CHECK_INT(m_sql_int(r, 0, "b"), ==, M_SQL_NO_INT);
    CHECK_INT(m_sql_kind(M_SQL(db, "SELECT name FROM tenants"), 0, nullptr), ==, M_SQL_IS_TEXT);
    m_sql_close(db);
}

SCENARIO(statements_as_checks)
{
    std::string plan = "pro";
    struct m_sql *a = m_sql_open(t, "sqlite::memory:", nullptr), *b = m_sql_open(t, "sqlite::memory:", nullptr);
    const char *schema = "CREATE TABLE tenants (id INTEGER PRIMARY KEY); CREATE TABLE orders (tenant_id INTEGER);";
    m_sql_script(a, schema);
    m_sql_script(b, schema);
    m_sql_script(a, "INSERT INTO tenants VALUES (1); INSERT INTO orders VALUES (1), (1)");
    m_sql_script(b, "INSERT INTO tenants VALUES (2); INSERT INTO orders VALUES (2)");
    CHECK_SQL(a, "1", "SELECT id FROM tenants WHERE $1 = $2", plan.c_str(), "pro");
    REQUIRE_SQL(a, (plan + "|1").c_str(), "SELECT $1, id FROM tenants", plan.c_str());
    CHECK_SQL_ANY_ORDER(a, "1\n1", "SELECT * FROM orders");
    REQUIRE_SQL_ANY_ORDER(b, "2", "SELECT * FROM orders");
    CHECK_SQL_REFUSED(a, "23", "INSERT INTO tenants VALUES ($1)", 1u);
    REQUIRE_SQL_REFUSED(a, "42P01", "SELECT * FROM missing");
    CHECK_SQL_TIME(a, 10000, "orders", "SELECT * FROM orders");
    REQUIRE_SQL_TIME(a, 10000.0, "orders", "SELECT * FROM orders");
    CHECK_SQL_ISOLATED(a, b, "orders", "tenant_id");
    REQUIRE_SQL_ISOLATED(a, b, "orders");
    CHECK_SQL_ONLY(a, "orders", "tenant_id", 1);
    REQUIRE_SQL_ONLY(b, "orders", "tenant_id", "2");
    CHECK_SQL_REFERENCES(a, "main");
    REQUIRE_SQL_REFERENCES(b, "main");
}

/* ---- a double ---- */

FIXTURE(stand_in, MUSTER_SCOPE_RUN)
{
    std::string file = std::string(m_attempt(t)->temp_dir) + "/double.yaml";
    FILE *out = std::fopen(file.c_str(), "w");
    REQUIRE(out != nullptr);
    std::fputs("{double: x, values: {a: b}, rules: [{request: {path: /a}, answer: {text: \"${value.a}\"}}]}", out);
    REQUIRE_INT(std::fclose(out), ==, 0);
    M_DOUBLE_SERVE(t, .file = file.c_str(), .values = M_VALUES("a=given"));
}

SCENARIO(double_checks, .uses = USES("stand_in"))
{
    struct m_double *d = m_double_own(t, "stand_in");
    CHECK_STR(m_get(m_http_open(t, m_double_url(d), nullptr), "/a").body, ==, "given");
    CHECK_ASKED(d, "GET", "/a", 1);
    REQUIRE_ASKED(d, "GET", "/a", 1);
    CHECK_ASKED_IN_ORDER(d, "GET /a");
    REQUIRE_ASKED_IN_ORDER(d, std::string("GET /a").c_str());
    CHECK_NOTHING_ELSE_ASKED(d);
    REQUIRE_NOTHING_ELSE_ASKED(d);
}

/* ---- a container, of an engine that a double plays ---- */

FIXTURE(engine, MUSTER_SCOPE_RUN)
{
    std::string file = std::string(m_attempt(t)->temp_dir) + "/engine.yaml";
    FILE *out = std::fopen(file.c_str(), "w");
    REQUIRE(out != nullptr);
    std::fputs("double: engine\n"
               "rules:\n"
               "  - {request: {path: /version}, answer: {body: {ApiVersion: '1.41', MinAPIVersion: '1.12'}}}\n"
               "  - {request: {method: POST, path: /v1.41/containers/create}, answer: {status: 201, body: {Id: c}}}\n"
               "  - {request: {method: POST, path: /v1.41/containers/c/start}, answer: {status: 204}}\n"
               "  - {request: {method: POST, path: /v1.41/containers/c/exec}, answer: {status: 201, body: {Id: e}}}\n"
               "  - {request: {method: POST, path: /v1.41/exec/e/start}, answer: {text: ''}}\n"
               "  - {request: {path: /v1.41/exec/e/json}, answer: {body: {Running: false, ExitCode: 3}}}\n"
               "  - {request: {method: DELETE, path: /v1.41/containers/c}, answer: {status: 204}}\n",
               out);
    REQUIRE_INT(std::fclose(out), ==, 0);
    M_DOUBLE_SERVE(t, .file = file.c_str());
}

SCENARIO(containers, .uses = USES("engine"))
{
    struct m_engine_options options = m_engine_options();
    std::string image = "shop:1";
    options.url = m_fixture(t, "engine", "url");
    struct m_engine *e = m_engine_open(t, &options);
    struct m_container *c = M_CONTAINER(e, .image = image.c_str(), .name = "shop", .argv = ARGV("/shop", image.c_str()),
                                        .ports = PORTS(80, 81), .mounts = MOUNTS("/a:/b"), .labels = LABELS("tier=web"),
                                        .memory = 64 << 20);
    CHECK_INT(M_EXEC(c, "/bin/true").status, ==, 3);
    CHECK_INT(M_PORTS(80, 81)[1], ==, 81);
    CHECK_INT(M_PORTS(80)[1], ==, 0);
    CHECK_STR(M_MOUNTS("a", "b")[1], ==, "b");
    CHECK_STR(M_LABELS("a=b")[0], ==, "a=b");
}

MUSTER_PLUGIN("abi.kits", "1")

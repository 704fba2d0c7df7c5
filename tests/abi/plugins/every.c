/* SPDX-License-Identifier: Apache-2.0 */
/* Every macro and inline function of muster.h once: compiled as each C and C++ standard, and run. CHECK_JSON alone is
 * left out: it needs the kit. */
#define _POSIX_C_SOURCE 200809L
#include <muster/muster.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

CLEANUP(remove_row, "row.remove", .timeout_ms = 5000)
{
    LOG("removing %s", payload);
}

CLEANUP(no_fields, "nothing")
{
}

static void set_up(struct muster_ctx *t)
{
    LOG_DEBUG("slot %" PRIu32, m_attempt(t)->slot);
}

static void tear_down(struct muster_ctx *t)
{
    LOG_WARNING("%s", "over");
}

static const char *const *const operations = OPERATIONS("tenant.create", "workload.create(limits, replicas)");
static const char *const *const mixed = NEEDS(M_OPERATION("tenant.get"), MUSTER_EXT_STEPS);

SCENARIO(every_operation, .summary = "Operations as needs")
{
    CHECK_STR(operations[0], ==, "operation:tenant.create");
    CHECK_STR(operations[1], ==, "operation:workload.create(limits, replicas)");
    CHECK(!operations[2]);
    CHECK_STR(mixed[0], ==, "operation:tenant.get");
}

SCENARIO(every_field, .summary = "Every field that an author sets", .setup = set_up, .teardown = tear_down,
         .markers = MARKERS("e2e", "priority_p0", "issue(id=4711)"), .needs = NEEDS(MUSTER_EXT_STEPS),
         .timeout_ms = 30000, .setup_timeout_ms = 1000, .teardown_timeout_ms = 1000, .reruns = 2, .rerun_delay_ms = 10)
{
    STEP("outer")
    {
        STEP("inner")
        {
            REQUIRE_INT(1, <=, 2);
            break;
        }
        CHECK(m_remaining_ms(t) > 0);
    }
    STEP("one line") STEP("of two") CHECK(1);
}

SCENARIO(no_fields_at_all)
{
}

SCENARIO(every_check)
{
    const char *text = "hello";
    uint64_t big = UINT64_MAX;
    int64_t small = -1;
    CHECK(text != NULL);
    REQUIRE(text);
    CHECK_INT(small, ==, -1);
    CHECK_INT(small, !=, 1);
    CHECK_INT(small, <, 0);
    CHECK_INT(small, <=, -1);
    CHECK_INT(1 + 1, >, 1);
    REQUIRE_INT(sizeof text, >=, 8);
    CHECK_UINT(big, >, 1);
    REQUIRE_UINT(big, ==, UINT64_MAX);
    CHECK_STR(text, ==, "hello");
    REQUIRE_STR(text, <, "world");
    CHECK_STR(NULL, ==, NULL);
    CHECK_STR_HAS(text, "ell");
    REQUIRE_STR_HAS(text, "lo");
    CHECK_MEM(text, "hello", 6);
    REQUIRE_MEM(text, "help", 3);
    CHECK_DOUBLE(1.0 / 3, 0.333, 0.001);
    REQUIRE_DOUBLE(2.0, 2.0, 0);
}

SCENARIO(every_check_with_a_message)
{
    const char *text = "hello";
    int64_t small = -1;
    CHECK(text != NULL, "no argument");
    REQUIRE(text, "%s", "one");
    CHECK_INT(small, ==, -1, "of %s", text);
    REQUIRE_INT(sizeof text, >=, 8, "%zu %d", sizeof text, 2);
    CHECK_UINT(sizeof text, >, 1, "of %s", text);
    REQUIRE_UINT(UINT64_MAX, >, 1, "of %s", text);
    CHECK_STR(text, ==, "hello", "of %" PRId64, small);
    REQUIRE_STR(text, <, "world", "of %" PRId64, small);
    CHECK_STR_HAS(text, "ell", "of %" PRId64, small);
    REQUIRE_STR_HAS(text, "lo", "of %" PRId64, small);
    CHECK_MEM(text, "hello", 6, "of %" PRId64, small);
    REQUIRE_MEM(text, "help", 3, "of %" PRId64, small);
    CHECK_DOUBLE(1.0 / 3, 0.333, 0.001, "of %" PRId64, small);
    REQUIRE_DOUBLE(2.0, 2.0, 0, "of %" PRId64, small);
    if (CHECK(CHECK(1, "inner"), "outer %d", CHECK(1, "of a message")))
        LOG("a value");
}

SCENARIO(every_extension)
{
    DEFER("row.remove", "row-1");
    m_metric(t, "latency.p99", 12.5, "ms");
    CHECK_INT(m_attach(t, "note.txt", "text/plain", "note", 4), ==, 0);
    CHECK_INT(m_attach_file(t, "self", NULL, "/proc/self/comm"), ==, 0);
    LOG_AT(MUSTER_LOG_ERROR, "target: %s", m_target(t, "url") ? "given" : "none");
}

static int check_odd(struct muster_ctx *t, struct m_site at, int value)
{
    return m_report(t, at, value % 2, value % 2 ? NULL : "even", "odd", NULL);
}

SCENARIO(ends_otherwise)
{
    int value = 3;
    CHECK(check_odd(t, M_SITE(1, "value is odd"), value));
    if (value < 0)
        FAIL("a value of %d", value);
    if (value == 0)
        ERROR("no value");
}

SCENARIO(skips)
{
    SKIP("needs %s", "more");
}

SCENARIO(every_type,
         PARAMS((i32, small), (i64, large, "-5000000000"), (u64, mask, "0xffffffffffffffff"),
                (f64, ratio, "0.5", "A part of one"), (bool, strict, "true"), (str, plan, "pro"),
                (json, limits, "{\"seats\":[1]}", NULL)),
         .summary = "Each type arrives as what it is", .setup = set_up, .tables = TABLES(AXIS("small", "-1", "1")))
{
    CHECK_INT(small * small, ==, 1);
    CHECK_STR(m_param(t, "small"), ==, small < 0 ? "-1" : "1");
    CHECK_INT(large, ==, INT64_C(-5000000000));
    CHECK_UINT(mask, ==, UINT64_MAX);
    CHECK_DOUBLE(ratio, 0.5, 0);
    CHECK_INT(strict, ==, 1);
    CHECK_STR(plan, ==, "pro");
    CHECK_STR(limits, ==, "{\"seats\":[1]}");
}

SCENARIO(every_row, PARAMS((str, plan), (i32, seats, "1"), (str, region)),
         .tables = TABLES(TABLE(COLUMNS("plan", "seats"), ROW("pro", "10"), ROW("free", NULL)),
                          AXIS("region", "eu", "us")))
{
    CHECK_INT(seats, ==, strcmp(plan, "pro") == 0 ? 10 : 1);
    CHECK_INT(strlen(region), ==, 2);
}

static void drop_tenant(struct muster_ctx *t)
{
    LOG("dropping %s", m_fixture(t, "region", "name"));
}

static int32_t tenant_answers(struct muster_ctx *t)
{
    CHECK_STR_HAS(m_param(t, "plan"), "r");
    return 1;
}

static int32_t handed_over = 7;

FIXTURE(region, MUSTER_SCOPE_ATTEMPT)
{
    m_publish(t, "name", "eu");
    m_hand_over(t, &handed_over);
}

FIXTURE(tenant, MUSTER_SCOPE_ATTEMPT, PARAMS((str, plan, "free", "What it pays for")), .summary = "A tenant",
        .uses = USES("region"), .ready = tenant_answers, .teardown = drop_tenant, .setup_timeout_ms = 5000,
        .ready_timeout_ms = 5000, .teardown_timeout_ms = 5000, .health_interval_ms = 1000)
{
    m_publish(t, "plan", m_param(t, "plan"));
    CHECK_STR(m_fixture(t, "region", "name"), ==, "eu");
}

SCENARIO(every_fixture, PARAMS((str, plan, "pro")), .needs = NEEDS(MUSTER_EXT_FIXTURES, MUSTER_EXT_PARAMS),
         .uses = USES("region", "tenant", "tenant(plan=${plan}, as=other)"))
{
    CHECK(m_fixture_pointer(t, "region") == &handed_over);
    CHECK_STR(m_fixture(t, "tenant", "plan"), ==, "free");
    CHECK_STR(m_fixture(t, "other", "plan"), ==, plan);
    CHECK(m_fixture(t, "other", "nothing") == NULL);
}

static pid_t child;

static void end_child(struct muster_ctx *t)
{
    CHECK_INT(kill(child, SIGTERM), ==, 0);
    CHECK_INT(waitpid(child, NULL, 0), ==, child);
}

FIXTURE(service, MUSTER_SCOPE_RUN, .teardown = end_child)
{
    child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    REQUIRE_INT(child, >, 0);
    m_watch(t, child, "a child");
    m_publish(t, "state", "up");
}

FIXTURE(of_the_plugin, MUSTER_SCOPE_PLUGIN, .uses = USES("service"))
{
    m_publish(t, "service", m_fixture(t, "service", "state"));
}

SCENARIO(every_scope, .uses = USES("of_the_plugin", "service"))
{
    CHECK_STR(m_fixture(t, "of_the_plugin", "service"), ==, "up");
    CHECK_STR(m_fixture(t, "service", "state"), ==, "up");
}

/* every.csv: a header and rows, beside the plugin. */
SCENARIO(every_file, PARAMS((str, plan, "free"), (i32, seats, "1"), (str, region, "eu")),
         .tables = TABLES(TABLE_FILE("every.csv", COLUMNS("plan", "seats"))))
{
    CHECK_INT(seats, ==, strcmp(plan, "pro") == 0 ? 10 : 1);
    CHECK_STR(region, ==, "eu");
}

SCENARIO(a_file_says_it_all, PARAMS((str, plan, "free"), (i32, seats, "1")), .tables = TABLES(TABLE_FILE("every.csv")))
{
    CHECK_INT(seats, ==, strcmp(plan, "pro") == 0 ? 10 : 1);
}

DATA_STEP(none, nothing)
{
    LOG("nothing");
}

DATA_STEP(i32, negated, PARAMS((i32, value, "1")), .summary = "The other sign", .timeout_ms = 1000)
{
    return -value;
}

DATA_STEP(i64, halved, PARAMS((i64, value)), .uses = USES("plain"))
{
    return value / 2;
}

DATA_STEP(u64, next, PARAMS((u64, value)))
{
    return value + 1;
}

DATA_STEP(f64, doubled, PARAMS((f64, value)))
{
    return value * 2;
}

DATA_STEP(bool, opposite, PARAMS((bool, value)))
{
    return !value;
}

DATA_STEP(str, joined,
          PARAMS((str, a), (str, b, "b"), (str, c, "c"), (i32, d, "4"), (i32, e, "5"), (i32, f, "6"), (f64, g, "7.5"),
                 (f64, h, "8.5"), (i64, i, "9"), (u64, j, "10"), (bool, k, "true"), (json, l, "[12]", "The last")))
{
    static char text[256];
    snprintf(text, sizeof text, "%s%s%s %" PRId32 " %" PRId32 " %" PRId32 " %.1f %.1f %" PRId64 " %" PRIu64 " %d %s", a,
             b, c, d, e, f, g, h, i, j, k, l);
    return text;
}

DATA_STEP(json, listed, PARAMS((json, item)))
{
    static char text[64];
    snprintf(text, sizeof text, "[%s]", item);
    return text;
}

SCENARIO(steps_are_functions_too)
{
    step_nothing(t);
    CHECK_INT(step_negated(t, 5), ==, -5);
    CHECK_STR(step_listed(t, "1"), ==, "[1]");
}

MUSTER_PLUGIN("abi.every", "1.0.0", .summary = "Every macro",
              .thresholds = THRESHOLDS("suite.duration < 1 h", "count(never.recorded) < 5"))

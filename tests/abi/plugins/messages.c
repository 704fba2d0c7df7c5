/* SPDX-License-Identifier: Apache-2.0 */
/* Checks with a message, of which messages.sh has what each shows. As C and as C++. CHECK_JSON, which needs the kit, is
 * in kits.cpp. */
#include <muster/muster.h>
#ifdef __cplusplus
#include <string>
#endif

#define OK       200
#define NUMBERED "number %d"

static int evaluated;

static int counted(int value)
{
    evaluated++;
    return value;
}

struct named {
    char name[48];
};

/* In C an array of a value that lives as long as the expression that it is made in. */
static struct named named(const char *name)
{
    struct named n;
    snprintf(n.name, sizeof n.name, "%s", name);
    return n;
}

SCENARIO(each)
{
    int status = 500;
    CHECK(status == OK, "tenant %d", 7);
    CHECK_INT(status, ==, OK, NUMBERED, 8);
    CHECK_UINT(status, <, OK, "no argument");
    CHECK_STR("a,b(", ==, "c,)\"", "of a, %s", "b(");
    CHECK_STR_HAS("abc", ",", "%s %s", "two", "arguments");
    CHECK_MEM("abc", "abd", 3, "besides its own, %c", 'x');
    CHECK_MEM("abc", "abd", 3);
    CHECK_DOUBLE(1.0, 2.0, 0.5, "apart");
    CHECK('\'' == ',', "quotes");
    CHECK_STR(named("a name in a temporary").name, ==, "another", "it lives");
#ifdef __cplusplus
    CHECK_STR(std::string("a string in a temporary object").c_str(), ==, "another", "it lives");
#else
    CHECK_STR(named("a string in a temporary object").name, ==, "another", "it lives");
#endif
    CHECK(0, "%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5,
          6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7);
}

SCENARIO(each_required, PARAMS((i32, which)), .tables = TABLES(AXIS("which", "0", "1", "2", "3", "4", "5", "6")))
{
    if (which == 0)
        REQUIRE(which, "required %" PRId32, which);
    if (which == 1)
        REQUIRE_INT(which, ==, 0, "required %" PRId32, which);
    if (which == 2)
        REQUIRE_UINT(which, ==, 0, "required %" PRId32, which);
    if (which == 3)
        REQUIRE_STR("a", ==, "b", "required %" PRId32, which);
    if (which == 4)
        REQUIRE_STR_HAS("a", "b", "required %" PRId32, which);
    if (which == 5)
        REQUIRE_MEM("a", "b", 1, "required %" PRId32, which);
    if (which == 6)
        REQUIRE_DOUBLE(which, 0, 0, "required %" PRId32, which);
    FAIL("a required check did not end it");
}

/* The message's arguments are evaluated behind the check's, and not at all when it passes. */
SCENARIO(only_a_failure_asks_for_its_message)
{
    CHECK_INT(CHECK_INT(counted(1), ==, 1, "%d", counted(2)), ==, 1);
    CHECK_INT(evaluated, ==, 1);
    REQUIRE(counted(1), "%d", counted(2));
    CHECK_INT(evaluated, ==, 2);
    CHECK_INT(counted(1), ==, 2, "evaluated %d", evaluated);
}

SCENARIO(a_message_may_check)
{
    CHECK(0, "outer %d", CHECK(CHECK(1, "passes"), "inner %d", CHECK_INT(1, ==, 2, "innermost")));
    CHECK_STR("a", ==, "b", "outer %d", CHECK(0, "inner %d", CHECK_INT(1, ==, 2, "innermost")));
}

MUSTER_PLUGIN("abi.messages", "1")

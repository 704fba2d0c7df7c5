/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios with parameters of every kind, each of which prints what it was given. */
#include <inttypes.h>
#include <muster/muster.h>
#include <stdio.h>

SCENARIO(refund, PARAMS((str, plan, "free"), (i32, seats), (bool, trial, "false")), .summary = "A refund is paid",
         .markers = MARKERS("e2e"), .tables = TABLES(AXIS("plan", "pro", "a b"), AXIS("seats", "1", "10")))
{
    printf("plan=%s seats=%d trial=%d\n", plan, seats, trial);
    CHECK_STR(m_param(t, "plan"), ==, plan);
    CHECK_STR(m_param(t, "trial"), ==, trial ? "true" : "false");
    const struct muster_ext_params *params = t->host->extension(t, MUSTER_EXT_PARAMS, sizeof *params);
    CHECK(params->value(t, "nobody") == NULL);
    CHECK(params->value(t, NULL) == NULL);
}

SCENARIO(types, PARAMS((i32, i32), (i64, i64), (u64, u64), (f64, f64), (bool, boolean), (str, str), (json, json)),
         .tables = TABLES(TABLE(COLUMNS("str", "i32", "i64", "u64", "f64", "boolean", "json"),
                                ROW("least", "-2147483648", "-9223372036854775808", "0", "-1.5", "false", "[1, 2]"),
                                ROW("most", "2147483647", "9223372036854775807", "0xffffffffffffffff", "1e308", "true",
                                    "{\"a\": null}"))))
{
    printf("%" PRId32 " %" PRId64 " %" PRIu64 " %a %d %s %s\n", i32, i64, u64, f64, boolean, str, json);
}

/* Its rows are its own and those of a file. */
static const struct muster_table own_and_filed = {.size = sizeof own_and_filed,
                                                  .columns = (const char *const[]){"plan", "seats", NULL},
                                                  .cells = (const char *const[]){"own", "1"},
                                                  .n_rows = 1,
                                                  .file = "data/rows.csv"};
SCENARIO(filed, PARAMS((str, plan, "free"), (i32, seats, "5")), .tables = TABLES(&own_and_filed))
{
    printf("plan=%s seats=%d\n", plan, seats);
}

SCENARIO(listed, PARAMS((json, extra)), .tables = TABLES(TABLE_FILE("data/lists.yaml#/lists")))
{
    printf("extra=%s\n", extra);
}

/* A body without arguments asks for them by name. */
static const struct muster_param color = {sizeof color, MUSTER_TYPE_STR, "color", "red", NULL};
SCENARIO(by_name, .needs = NEEDS(MUSTER_EXT_PARAMS), .params = (const struct muster_param *const[]){&color, NULL})
{
    printf("color=%s\n", m_param(t, "color"));
}

SCENARIO(plain)
{
    const struct muster_ext_params *params = t->host->extension(t, MUSTER_EXT_PARAMS, sizeof *params);
    CHECK(params->value(t, "color") == NULL);
}

/* With one of its values it fails on its first attempt only. */
SCENARIO(flaky, PARAMS((i32, n)), .markers = MARKERS("flaky(1)"), .tables = TABLES(AXIS("n", "1", "2", "3")))
{
    const struct muster_ext_attempt *attempt = t->host->extension(t, MUSTER_EXT_ATTEMPT, sizeof *attempt);
    CHECK(n != 2 || attempt->info(t)->attempt > 1);
    CHECK(n != 3);
}

#ifdef FRESH
MUSTER_PLUGIN("e2e.params", "1.0.0", .flags = MUSTER_PLUGIN_FRESH)
#else
MUSTER_PLUGIN("e2e.params", "1.0.0")
#endif

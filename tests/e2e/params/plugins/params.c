/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios with parameters of every kind, each of which prints what it was given. */
#include "define.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void refund(struct muster_ctx *t, const char *plan, int32_t seats, int32_t trial)
{
    printf("plan=%s seats=%d trial=%d\n", plan, seats, trial);
    const struct muster_ext_params *params = t->host->extension(t, MUSTER_EXT_PARAMS, sizeof *params);
    REQUIRE(params != NULL);
    CHECK_STR(params->value(t, "plan"), ==, plan);
    CHECK_STR(params->value(t, "trial"), ==, trial ? "true" : "false");
    CHECK(params->value(t, "nobody") == NULL);
    CHECK_INT(seats, <, 1000);
}
CASES(refund, "A refund is paid", TEXTS("e2e"),
      (PARAM(MUSTER_TYPE_STR, "plan", "free"), PARAM(MUSTER_TYPE_I32, "seats", NULL),
       PARAM(MUSTER_TYPE_BOOL, "trial", "false")),
      (TABLE(TEXTS("plan"), 2, TEXTS("pro", "a b"), NULL), TABLE(TEXTS("seats"), 2, TEXTS("1", "10"), NULL), ))

static void types(struct muster_ctx *t, int32_t i32, int64_t i64, uint64_t u64, double f64, int32_t boolean,
                  const char *str, const char *json)
{
    (void)t;
    printf("%" PRId32 " %" PRId64 " %" PRIu64 " %a %d %s %s\n", i32, i64, u64, f64, boolean, str, json);
}
CASES(types, NULL, NULL,
      (PARAM(MUSTER_TYPE_I32, "i32", NULL), PARAM(MUSTER_TYPE_I64, "i64", NULL), PARAM(MUSTER_TYPE_U64, "u64", NULL),
       PARAM(MUSTER_TYPE_F64, "f64", NULL), PARAM(MUSTER_TYPE_BOOL, "bool", NULL), PARAM(MUSTER_TYPE_STR, "str", NULL),
       PARAM(MUSTER_TYPE_JSON, "json", NULL)),
      (TABLE(TEXTS("str", "i32", "i64", "u64", "f64", "bool", "json"), 2,
             ((const char *const[]){"least", "-2147483648", "-9223372036854775808", "0", "-1.5", "false", "[1, 2]",
                                    "most", "2147483647", "9223372036854775807", "0xffffffffffffffff", "1e308", "true",
                                    "{\"a\": null}"}),
             NULL), ))

/* Its rows are its own and those of files, in the order in which they stand. */
static void filed(struct muster_ctx *t, const char *plan, int32_t seats)
{
    (void)t;
    printf("plan=%s seats=%d\n", plan, seats);
}
CASES(filed, NULL, NULL, (PARAM(MUSTER_TYPE_STR, "plan", "free"), PARAM(MUSTER_TYPE_I32, "seats", "5")),
      (TABLE(TEXTS("plan", "seats"), 1, TEXTS("own", "1"), "data/rows.csv"), ))

static void listed(struct muster_ctx *t, const char *extra)
{
    (void)t;
    printf("extra=%s\n", extra);
}
CASES(listed, NULL, NULL, (PARAM(MUSTER_TYPE_JSON, "extra", NULL)), (TABLE(NULL, 0, NULL, "data/lists.yaml#/lists"), ))

/* A body without arguments asks for them by name. */
static void by_name(struct muster_ctx *t)
{
    const struct muster_ext_params *params = t->host->extension(t, MUSTER_EXT_PARAMS, sizeof *params);
    printf("color=%s\n", params->value(t, "color"));
}
static const struct muster_param *const by_name_params[] = {PARAM(MUSTER_TYPE_STR, "color", "red"), NULL};
static const struct muster_scenario by_name_scenario = {.size = sizeof by_name_scenario,
                                                        .id = "by_name",
                                                        .file = "params.c",
                                                        .line = __LINE__,
                                                        .needs = TEXTS(MUSTER_EXT_PARAMS),
                                                        .run = by_name,
                                                        .params = by_name_params};

static void plain(struct muster_ctx *t)
{
    const struct muster_ext_params *params = t->host->extension(t, MUSTER_EXT_PARAMS, sizeof *params);
    CHECK(params->value(t, "color") == NULL);
}
static const struct muster_scenario plain_scenario = {
    .size = sizeof plain_scenario, .id = "plain", .file = "params.c", .line = __LINE__, .run = plain};

/* Fails on its first attempt with one of its values only. */
static void flaky(struct muster_ctx *t, int32_t n)
{
    const struct muster_ext_attempt *attempt = t->host->extension(t, MUSTER_EXT_ATTEMPT, sizeof *attempt);
    CHECK(n != 2 || attempt->info(t)->attempt > 1);
    CHECK(n != 3);
}
CASES(flaky, NULL, TEXTS("flaky(1)"), (PARAM(MUSTER_TYPE_I32, "n", NULL)),
      (TABLE(TEXTS("n"), 3, TEXTS("1", "2", "3"), NULL), ))

static const struct muster_scenario *const scenarios[] = {&refund_scenario, &types_scenario,   &filed_scenario,
                                                          &listed_scenario, &by_name_scenario, &plain_scenario,
                                                          &flaky_scenario};
static const struct muster_plugin plugin = {
    .size = sizeof plugin,
    .abi_minor = MUSTER_ABI_MINOR,
    .name = "e2e.params",
    .version = "1.0.0",
    .scenarios = scenarios,
    .n_scenarios = sizeof scenarios / sizeof *scenarios,
#ifdef FRESH
    .flags = MUSTER_PLUGIN_FRESH,
#endif
};

const struct muster_plugin *muster_plugin_v1(uint32_t host_minor)
{
    (void)host_minor;
    return &plugin;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario for each mistake in parameters and tables. */
#include <muster/muster.h>

#define PLAN_AND_SEATS PARAMS((str, plan, "free"), (i32, seats))

SCENARIO(bad_cell, PLAN_AND_SEATS, .tables = TABLES(AXIS("seats", "1", "ten")))
{
}

SCENARIO(no_value, PLAN_AND_SEATS, .tables = TABLES(AXIS("plan", "pro")))
{
}

SCENARIO(same_rows, PLAN_AND_SEATS, .tables = TABLES(AXIS("seats", "1", "2", "1")))
{
}

SCENARIO(no_file, PLAN_AND_SEATS, .tables = TABLES(TABLE_FILE("data/gone.csv")))
{
}

SCENARIO(bad_file, PLAN_AND_SEATS, .tables = TABLES(TABLE_FILE("data/bad.csv")))
{
}

SCENARIO(too_many, PLAN_AND_SEATS, .tables = TABLES(TABLE_FILE("data/many.csv"), TABLE_FILE("data/plans.csv")))
{
}

SCENARIO(bad_json, PARAMS((json, extra)), .tables = TABLES(AXIS("extra", "{}", "{a}")))
{
}

SCENARIO(fine, PARAMS((str, plan, "free"), (i32, seats, "1")), .tables = TABLES(AXIS("plan", "pro")))
{
}

MUSTER_PLUGIN("e2e.broken", "1.0.0")

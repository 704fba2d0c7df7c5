/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario for each mistake in parameters and tables. */
#include "define.h"

#define BODY(name_)                                                                                                    \
    static void name_(struct muster_ctx *t, const char *plan, int32_t seats)                                           \
    {                                                                                                                  \
        (void)t, (void)plan, (void)seats;                                                                              \
    }
#define BROKEN(name_, tables_)                                                                                         \
    BODY(name_)                                                                                                        \
    CASES(name_, NULL, NULL, (PARAM(MUSTER_TYPE_STR, "plan", "free"), PARAM(MUSTER_TYPE_I32, "seats", NULL)), tables_)

/* clang-format off */
BROKEN(bad_cell, (TABLE(TEXTS("seats"), 2, TEXTS("1", "ten"), NULL), ))
BROKEN(no_value, (TABLE(TEXTS("plan"), 1, TEXTS("pro"), NULL), ))
BROKEN(same_rows, (TABLE(TEXTS("seats"), 3, TEXTS("1", "2", "1"), NULL), ))
BROKEN(no_file, (TABLE(TEXTS("seats"), 1, TEXTS("1"), "data/gone.csv"), ))
BROKEN(bad_file, (TABLE(TEXTS("plan", "seats"), 0, NULL, "data/bad.csv"), ))
BROKEN(too_many, (TABLE(TEXTS("seats"), 0, NULL, "data/many.csv"), TABLE(TEXTS("plan"), 0, NULL, "data/plans.csv"), ))
/* clang-format on */

BODY(fine)
CASES(fine, NULL, NULL, (PARAM(MUSTER_TYPE_STR, "plan", "free"), PARAM(MUSTER_TYPE_I32, "seats", "1")),
      (TABLE(TEXTS("plan"), 1, TEXTS("pro"), NULL), ))

static const struct muster_scenario *const scenarios[] = {&bad_cell_scenario, &no_value_scenario, &same_rows_scenario,
                                                          &no_file_scenario,  &bad_file_scenario, &too_many_scenario,
                                                          &fine_scenario};
static const struct muster_plugin plugin = {.size = sizeof plugin,
                                            .abi_minor = MUSTER_ABI_MINOR,
                                            .name = "e2e.broken",
                                            .version = "1.0.0",
                                            .scenarios = scenarios,
                                            .n_scenarios = sizeof scenarios / sizeof *scenarios};

const struct muster_plugin *muster_plugin_v1(uint32_t host_minor)
{
    (void)host_minor;
    return &plugin;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters and tables in few lines, for the plugins of these tests. */
#ifndef TESTS_PARAMS_DEFINE_H
#define TESTS_PARAMS_DEFINE_H

#include <muster/ext/params.h>
#include <muster/muster.h>

#define PARAM(type_, name_, fallback_)                                                                                 \
    (&(const struct muster_param){sizeof(struct muster_param), (type_), (name_), (fallback_), NULL})
#define TABLE(columns_, n_rows_, cells_, file_)                                                                        \
    (&(const struct muster_table){sizeof(struct muster_table), 0, (columns_), (cells_), (n_rows_), (file_)})
#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

#define LISTS(name_, params_, tables_)                                                                                 \
    static const struct muster_param *const name_##_params[] = {MUSTER_EXPAND params_, NULL};                          \
    static const struct muster_table *const name_##_tables[] = {MUSTER_EXPAND tables_ NULL};
#define MUSTER_EXPAND(...) __VA_ARGS__

/* A scenario whose body takes its parameters as arguments. */
#define CASES(name_, summary_, markers_, params_, tables_)                                                             \
    LISTS(name_, params_, tables_)                                                                                     \
    static const struct muster_scenario name_##_scenario = {.size = sizeof(struct muster_scenario),                    \
                                                            .id = #name_,                                              \
                                                            .summary = (summary_),                                     \
                                                            .file = "params.c",                                        \
                                                            .line = __LINE__,                                          \
                                                            .markers = markers_,                                       \
                                                            .params = name_##_params,                                  \
                                                            .tables = name_##_tables,                                  \
                                                            .call = (void (*)(void))name_};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `./dev bench --check` holds the ratios against: the one place. A floor is what was reached on a quiet machine of
 * two cores, less the noise of several runs of the bench; an aim is where it should go, and fails nobody.
 */
#ifndef BENCH_BOUNDS_H
#define BENCH_BOUNDS_H

struct bound {
    double at_least; /* 0: no floor */
    double at_most;  /* 0: no ceiling */
    double aim;      /* 0: none */
};

static const struct {
    struct bound limit, pinned_limit;      /* their time / muster's */
    struct bound ctest_small, ctest_large; /* ctest's time / muster's */
    struct bound growth;                   /* of one test: in a long run / in a short one */
    struct bound ledger, fixtures, http;   /* time with it / without */
    struct bound failing, locks, retries;  /* the same */
    struct bound plugins;                  /* many small plugins / a large one */
    struct bound output, attachments;      /* muster's time / that of a pipe into a file */
    struct bound makespan, source_order;   /* longest first / its bound; order of the sources / longest first */
    struct bound list_many, list_large;    /* the peer's time / muster's */
    struct bound cold_run, cold_list;      /* muster's time / ctest's */
    struct bound report, verify, merge;    /* muster's time / that of reading the bytes */
    struct bound secrets;                  /* time of the filter / that of grep -F */
    struct bound secrets_rate;             /* MiB a second, of one core */
    struct bound kill, kill_threads;       /* muster's median latency / a bare parent's */
    struct bound peak, tree;               /* MiB */
} bounds = {
    .limit = {.at_least = 0.6, .aim = 0.85},
    .pinned_limit = {.at_least = 0.35, .aim = 0.5},
    .ctest_small = {.at_least = 3},
    .ctest_large = {.at_least = 5},
    .growth = {.at_most = 1.1},
    .ledger = {.at_most = 1.5, .aim = 1.4},
    .fixtures = {.at_most = 1.5},
    .http = {.at_most = 1.2, .aim = 1.1},
    .failing = {.at_most = 1.6, .aim = 1.3},
    .locks = {.at_most = 1.5},
    .retries = {.at_most = 1.5},
    .plugins = {.at_most = 2.2, .aim = 1.5},
    .output = {.aim = 2},
    .attachments = {.aim = 2},
    .makespan = {.at_most = 1.05},
    .source_order = {.at_least = 1.1},
    .list_many = {.at_least = 2},
    .list_large = {.at_least = 1},
    .cold_run = {.at_most = 1},
    .cold_list = {.at_most = 0.5},
    .report = {.at_most = 4, .aim = 2},
    .verify = {.at_most = 1.5, .aim = 1},
    .merge = {.at_most = 6, .aim = 4},
    .secrets = {.at_most = 3},
    .secrets_rate = {.aim = 300},
    .kill = {.at_most = 25, .aim = 2},
    .kill_threads = {.at_most = 4.5, .aim = 2},
    .peak = {.at_most = 128},
    .tree = {.at_most = 48},
};

#endif

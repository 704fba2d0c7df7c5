/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the bench share: how much is measured, and how contenders are made. Everything that is made lives
 * until the process ends. Single-threaded.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "bounds.h"
#include "contest.h"
#include "paths.h" /* generated: where the programs and plugins of this build are */

struct sizes {
    unsigned small, large;
    const char *small_plugin, *large_plugin;
    /* As many scenarios as small_plugin has, and in each: */
    const char *defer_plugin, *fixture_plugin, *http_plugin, *failing_plugin, *output_plugin, *attach_plugin,
        *retry_plugin;
    const char *locks_plugin; /* a lock of all and one of its own */
    unsigned locks;
    const char *locks_twin; /* as many without */
    const char *skewed_plugin;
    unsigned skewed;
    unsigned copies;        /* plugins of ten scenarios each */
    unsigned memory_copies; /* of large_plugin */
    unsigned kills;         /* of the median of a latency */
};

extern const struct sizes *size;
extern const char *work; /* the folder for everything that is made */
extern unsigned fast_rounds, slow_rounds, cold_rounds;
extern bool is_quick;

extern const char *const jobs_option[2]; /* "-j1", "-j2" */

void *keep(void *memory);
char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
struct command command(const char *first, ...) __attribute__((sentinel));
struct contender *contender(const char *name, unsigned units, unsigned rounds, const char *proof, struct command run);
/* What its summary says when all of `n` passed. */
char *muster_proof(unsigned n);
/* A run of muster on a plugin or folder of `n` scenarios that pass. */
struct contender *muster_run(const char *plugin, unsigned n, const char *jobs, unsigned rounds);
struct contender *ctest(const char *mode, unsigned n, unsigned rounds);
/* Has inputs.sh make something. */
void prepare(const char *kind, const char *a, const char *b, const char *c);
/* A folder of so many copies of a plugin, made once. */
const char *copies_of(const char *name, const char *plugin, unsigned n);

/* Prints a ratio, and notes when its bound is missed. The figures of a quick run mean nothing: they have no bounds. */
void check(const char *name, const struct contender *time, const struct contender *over, double scale,
           const struct bound *bound);
void check_value(const char *name, double value, const char *unit, const struct bound *bound);
bool all_checks_held(void);

/* The parts. */
void cold(void);
void listing(void);
void throughput(void);
void huge(void);
void costs(void);
void ledger(void);
void makespan(void);
void evidence(void);
void secrets(void);
void memory(void);
void latency(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A program that is run to its end, within a time. */
#ifndef MUSTER_STEPS_RUN_H
#define MUSTER_STEPS_RUN_H

#include <muster/muster.h>

#include <stddef.h>
#include <stdint.h>

struct run_program {
    const char *const *argv;
    const char *const *env; /* NAME=value, besides the attempt's; or NULL */
    const char *dir;        /* ""; the attempt's own */
    const char *input;
    size_t input_length;
    uint64_t within_ms;
};

struct run_output {
    char *bytes; /* the first of it, up to a limit; a NUL stands behind them */
    size_t length;
    int cut; /* there was more */
};

struct run_result {
    const char *error; /* it could not be started; or NULL */
    int late;          /* it was ended when its time was up, with all of its process group */
    int status;        /* as waitpid() has it */
    struct run_output out, err;
    uint64_t took_ms;
};

/* What it leaves running goes on, and ends with the attempt; what that prints later is not waited for. */
struct run_result run_to_end(struct muster_ctx *t, const struct run_program *program);

#endif

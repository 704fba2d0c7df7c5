/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running one command and measuring it from outside: wall time, or the peak of its own memory.
 *
 * The command's output goes to the file `log`, which each run replaces: a file costs every contender the same,
 * and says what went wrong. A command that does not exit with 0, or whose output lacks
 * its proof, ends the bench: a time for a failed run would be a lie. Single-threaded; one command at a time.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

struct command {
    const char *const *argv; /* NULL-terminated, argv[0] an absolute path or found in PATH */
    const char *cwd;
    const char *log;
    const char *proof; /* what the output must contain, so that only a run which did all its work counts; or NULL */
};

/* Seconds from before the fork to after the wait. */
double measure_seconds(const struct command *command);

/* VmHWM of the command's first process alone, read as it exits; its children do not count. In KiB. */
long measure_peak_kib(const struct command *command);

#endif

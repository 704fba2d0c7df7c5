/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running one command and measuring it from outside: wall time and CPU, or memory.
 *
 * CPU is that of a cgroup: processes that nobody waits for (SIGCHLD ignored) are missing from rusage. Where none can be
 * had, it is not known.
 *
 * The command's output goes to the file `log`, which each run replaces: a file costs every contender the same,
 * and says what went wrong. A command that does not exit with its status, or whose output lacks
 * its proof, ends the bench: a time for a failed run would be a lie. Single-threaded; one command at a time.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

struct command {
    const char *const *argv; /* NULL-terminated, argv[0] an absolute path or found in PATH */
    const char *cwd;
    const char *log;
    int status;        /* that it must exit with */
    const char *proof; /* what the output must contain, so that only a run which did all its work counts; or NULL */
};

struct measured {
    double seconds;     /* from before the fork to after the wait */
    double cpu_seconds; /* of all processes that came of it; below 0: not known */
};
struct measured measure_run(const struct command *command);

/* MiB that all processes that came of it had at the same time, at most: shared pages are counted once (PSS). Looked at
 * every few milliseconds, so that a short peak is missed. */
double measure_tree_mib(const struct command *command);

/* VmHWM of the command's first process alone, read as it exits; its children do not count. In KiB. */
long measure_peak_kib(const struct command *command);

#endif

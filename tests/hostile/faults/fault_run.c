/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a command and lets one system call of one of its processes fail: see docs/internals/fault-injection.md. */
#include "trace.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Beyond those of the command. */
enum { END_LATE = 100, END_LEFT = 101, END_USAGE = 102, END_UNTRACEABLE = 103, END_SIGNAL = 128 };

enum { LIMIT_S = 60 };

static void on_alarm(int signo)
{
    (void)signo;
}

static FILE *open_output(const char *path)
{
    FILE *f = fopen(path, "we");
    if (!f) {
        perror(path);
        exit(END_USAGE);
    }
    setvbuf(f, NULL, _IOLBF, 0);
    return f;
}

static int usage(void)
{
    fputs("usage: fault-run [--list FILE] [--fault ROLE:CALL:NUMBER[+]:ERROR] [--report FILE] [--limit SECONDS] "
          "COMMAND...\n",
          stderr);
    return END_USAGE;
}

static int status_of(const struct trace_result *result)
{
    return WIFSIGNALED(result->status) ? END_SIGNAL + WTERMSIG(result->status) : WEXITSTATUS(result->status);
}

/* In time, or not: what is left is ended and told. */
static int run(char **command, const struct fault *fault, FILE *list, FILE *report, unsigned limit_s)
{
    struct trace_result result = {0};
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_alarm}, NULL); /* without SA_RESTART */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    alarm(limit_s);
    int r = trace_run(command, fault, list, report, &result);
    bool late = r < 0 && errno == EINTR;
    if (late)
        fputs("late\n", report);
    unsigned left = trace_end_rest(report, late);
    if (r < 0)
        return late ? END_LATE : END_UNTRACEABLE;
    if (left > 0)
        return END_LEFT;
    if (fault->call && !result.reached)
        fputs("unreached\n", report);
    return status_of(&result);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"list", required_argument, NULL, 'l'},
                                            {"fault", required_argument, NULL, 'f'},
                                            {"report", required_argument, NULL, 'r'},
                                            {"limit", required_argument, NULL, 't'},
                                            {0}};
    struct fault fault = {.role = ROLES};
    FILE *list = NULL, *report = stderr;
    unsigned limit_s = LIMIT_S;
    for (int c; (c = getopt_long(argc, argv, "+", options, NULL)) != -1;) {
        if (c == 'l')
            list = open_output(optarg);
        else if (c == 'r')
            report = open_output(optarg);
        else if (c == 't')
            limit_s = (unsigned)strtoul(optarg, NULL, 10);
        else if (c != 'f' || !fault_parse(optarg, &fault))
            return usage();
    }
    return optind < argc ? run(argv + optind, &fault, list, report, limit_s) : usage();
}

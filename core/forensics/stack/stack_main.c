/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster-stack: what is a process doing right now?
 *
 * The runner starts it beside an attempt that has crashed or run out of time, reads plain lines from its
 * standard output, and then ends the attempt. It never runs inside the process that it looks at.
 * docs/internals/forensics.md says what each line means.
 *
 * Exit status: 0 with whatever could be had, 1 when there was nothing to be had, 4 for a wrong command line.
 */
#include "forensics/stack/environment.h"
#include "forensics/stack/name.h"
#include "forensics/stack/process.h"
#include "forensics/stack/tasks.h"
#include "forensics/stack/unwind.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Of a stack that is too deep to be shown, so many frames are of its outer end. */
enum { OUTERMOST_SHOWN = 8 };
enum { STATUS_NOTHING = 1, STATUS_USAGE = 4 };
/* The runner waits a few seconds for this program; what it has by then must be out. */
enum { HOLD_TIMEOUT_MS = 500, UNWIND_TIMEOUT_MS = 1000, WATCHDOG_S = 4 };

struct request {
    pid_t pid;
    pid_t tid; /* as the thread sees itself; 0: the main thread */
    bool crash;
    size_t max_frames;
};

static const char usage[] =
    "Usage: muster-stack PID [--tid TID] [--crash] [--max-frames N]\n"
    "       muster-stack --wait\n"
    "Prints the stacks of a process's threads, its open files and the names of its environment variables.\n"
    "  --tid TID       this thread first (the number that the thread itself sees)\n"
    "  --crash         leave out the frames of the signal handler, and the files\n"
    "  --max-frames N  frames shown of each thread (default 28)\n"
    "  --wait          these words come as a line of standard input; until then it waits\n";

static int usage_error(const char *what, const char *value)
{
    fprintf(stderr, "muster-stack: %s%s%s\n%s", what, value ? ": " : "", value ? value : "", usage);
    return STATUS_USAGE;
}

static bool parse_number(const char *text, long min, long max, long *ret_number)
{
    char *end;
    errno = 0;
    long n = strtol(text, &end, 10);
    if (errno || end == text || *end || n < min || n > max)
        return false;
    *ret_number = n;
    return true;
}

/* 0, or the status to exit with. */
static int parse_options(int argc, char **argv, struct request *ret_request)
{
    static const struct option options[] = {
        {"tid", required_argument, NULL, 't'},
        {"crash", no_argument, NULL, 'c'},
        {"max-frames", required_argument, NULL, 'm'},
        {0},
    };
    struct request request = {.max_frames = 28};
    long n;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 't':
            if (!parse_number(optarg, 1, INT_MAX, &n))
                return usage_error("not a thread id", optarg);
            request.tid = (pid_t)n;
            break;
        case 'c':
            request.crash = true;
            break;
        case 'm':
            if (!parse_number(optarg, 1, STACK_INNER, &n))
                return usage_error("not a number of frames", optarg);
            request.max_frames = (size_t)n;
            break;
        default:
            fputs(usage, stderr);
            return STATUS_USAGE;
        }
    }
    if (optind + 1 != argc)
        return usage_error("exactly one process id is expected", NULL);
    if (!parse_number(argv[optind], 1, INT_MAX, &n))
        return usage_error("not a process id", argv[optind]);
    request.pid = (pid_t)n;
    *ret_request = request;
    return 0;
}

/* The frames that led into what was loaded are the same for every attempt: without them, how many are left. */
static size_t without_callers(Dwfl *session, const struct stack *stack)
{
    size_t n = stack->n, known = n <= STACK_INNER ? n : STACK_OUTER - OUTERMOST_SHOWN;
    while (!stack->cut && stack->n - n < known && name_is_of_program(session, stack_frame(stack, n - 1)))
        n--;
    return n > 0 && stack->n - n < known ? n : stack->n;
}

static void print_stack(Dwfl *session, const struct stack *stack, size_t max_frames, FILE *out)
{
    size_t n = without_callers(session, stack), inner = n, outer = 0;
    if (n > max_frames) {
        outer = stack->cut || max_frames <= OUTERMOST_SHOWN ? 0 : OUTERMOST_SHOWN;
        inner = max_frames - outer;
    }
    for (size_t i = 0; i < inner; i++)
        name_print(session, stack_frame(stack, i), out);
    if (n > inner + outer)
        fprintf(out, "  ... %s%zu more frames\n", stack->cut ? "more than " : "", n - inner - outer);
    for (size_t i = n - outer; i < n; i++)
        name_print(session, stack_frame(stack, i), out);
}

static void print_thread(Dwfl *session, const struct task *task, const struct request *request, bool crashed, FILE *out)
{
    fprintf(out, "thread %d \"%s\"", (int)task->own_tid, task->name);
    if (!crashed) /* else it is the handler's */
        fprintf(out, task->wchan[0] ? " state=%c wchan=%s" : " state=%c", task->state, task->wchan);
    fputc('\n', out);
    if (!task->held) {
        if (task->error)
            fprintf(out, "  stack unavailable: ptrace of %d refused (%s)\n", (int)task->tid, strerror(task->error));
        else if (task->seized)
            fprintf(out, "  stack unavailable: the kernel did not stop it within %d ms\n", HOLD_TIMEOUT_MS);
        return;
    }
    static struct stack stack;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    struct unwind how = {
        .past_handler = crashed,
        .deadline_ns = ((int64_t)now.tv_sec * 1000 + UNWIND_TIMEOUT_MS) * 1000000 + now.tv_nsec,
    };
    if (!session || session_unwind(session, task->tid, &how, &stack) < 0)
        fprintf(out, "  stack unavailable: %s\n", dwfl_errmsg(-1));
    else
        print_stack(session, &stack, request->max_frames, out);
}

/* The thread to begin with: the one that was asked for, else the main thread. */
static const struct task *first_task(const struct tasks *tasks, const struct request *request)
{
    for (size_t i = 0; i < tasks->n; i++) {
        const struct task *task = &tasks->items[i];
        if (request->tid ? task->own_tid == request->tid : task->tid == request->pid)
            return task;
    }
    return &tasks->items[0];
}

static bool refused(const struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->n; i++)
        if (tasks->items[i].error != EPERM && tasks->items[i].error != EACCES)
            return false;
    return true;
}

static void print_threads(Dwfl *session, const struct tasks *tasks, const struct request *request, FILE *out)
{
    const struct task *first = first_task(tasks, request);
    print_thread(session, first, request, request->crash, out);
    for (size_t i = 0; i < tasks->n; i++)
        if (&tasks->items[i] != first)
            print_thread(session, &tasks->items[i], request, false, out);
    if (tasks->more > 0)
        fprintf(out, "... %zu more threads\n", tasks->more);
}

static void on_watchdog(int signal)
{
    static const char line[] = "... cut: reading the process took too long\n";
    (void)signal;
    ssize_t n = write(STDOUT_FILENO, line, sizeof line - 1);
    _exit(n < 0 ? STATUS_NOTHING : 0);
}

static void prepare(void)
{
    /* A crash must be looked at on the machine where it is: no network. */
    unsetenv("DEBUGINFOD_URLS");
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    signal(SIGALRM, on_watchdog);
    alarm(WATCHDOG_S);
    setvbuf(stdout, NULL, _IOLBF, 0); /* what is known when the watchdog or the runner strikes is out */
}

/* The runner starts one ahead of its need. When it is not needed, nothing comes. */
static int wait_for_request(struct request *ret_request)
{
    enum { REQUEST_MAX = 128, WORDS_MAX = 10 };
    char text[REQUEST_MAX], *rest = NULL, *words[WORDS_MAX] = {(char *)(uintptr_t) "muster-stack"};
    if (!fgets(text, sizeof text, stdin))
        return STATUS_NOTHING;
    int count = 1;
    for (char *word = strtok_r(text, " \n", &rest); word && count < WORDS_MAX - 1; word = strtok_r(NULL, " \n", &rest))
        words[count++] = word;
    optind = 0; /* begins anew */
    return count > 1 ? parse_options(count, words, ret_request) : STATUS_NOTHING;
}

#ifdef __SANITIZE_ADDRESS__
/* To look for leaks at the end takes longer than to read stacks, and an attempt waits for that end. Its own test asks
 * for it (tests/hostile/stack). */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}
#endif

int main(int argc, char **argv)
{
    struct request request;
    bool wait = argc == 2 && strcmp(argv[1], "--wait") == 0;
    int status = wait ? wait_for_request(&request) : parse_options(argc, argv, &request);
    if (status)
        return status;
    prepare();
    struct tasks tasks;
    if (tasks_hold(request.pid, HOLD_TIMEOUT_MS, &tasks) < 0) {
        fprintf(stderr, "muster-stack: there is no process %d\n", (int)request.pid);
        return STATUS_NOTHING;
    }
    Dwfl *session = NULL;
    if (refused(&tasks))
        printf("stack unavailable: ptrace of %d refused (%s)\n", (int)request.pid, strerror(tasks.items[0].error));
    else
        print_threads(session = session_open(request.pid), &tasks, &request, stdout);
    if (!request.crash) {
        process_print_files(request.pid, stdout);
        environment_print(session, request.pid, stdout);
    }
    if (session)
        dwfl_end(session);
    tasks_release(&tasks);
    return 0;
}

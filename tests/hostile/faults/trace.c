/* SPDX-License-Identifier: Apache-2.0 */
#include "trace.h"

#include "maps.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES_MAX = 4096, CALLS_MAX = 128, NO_NUMBER = -1 };

struct process {
    pid_t pid;
    enum role role;
    bool has_role; /* its parent's word of it has come */
    bool stands;   /* it is where it begins */
    bool has_begun;
    bool is_loaded; /* its program's loader has done its work */
    struct image image;
    int failing;          /* the error that its present call gets; 0: none */
    bool is_short;        /* of descriptors, for the present call */
    struct rlimit before; /* then */
};

static struct {
    struct process items[PROCESSES_MAX];
    size_t n;
    unsigned counts[ROLES][CALLS_MAX];
    const struct fault *fault;
    FILE *list, *report;
    bool is_done; /* no call is of interest any more */
    struct trace_result result;
} trace;

static const char *const names[ROLES] = {"supervisor", "zygote", "host",  "monitor", "bundle",
                                         "sweep",      "stack",  "table", "attempt"};

const char *role_name(enum role role)
{
    return names[role];
}

bool fault_parse(const char *text, struct fault *ret)
{
    char role[32], call[32], number[16], error[16];
    if (sscanf(text, "%31[^:]:%31[^:]:%15[^:]:%15s", role, call, number, error) != 4)
        return false;
    *ret = (struct fault){.role = ROLES, .call = call_named(call), .error = error_number(error)};
    for (int i = 0; i < ROLES; i++)
        if (strcmp(role, names[i]) == 0)
            ret->role = (enum role)i;
    char *end;
    ret->number = (unsigned)strtoul(number, &end, 10);
    ret->lasting = *end == '+';
    return ret->role != ROLES && ret->call && ret->error && ret->number > 0;
}

static struct process *find(pid_t pid)
{
    for (size_t i = 0; i < trace.n; i++)
        if (trace.items[i].pid == pid)
            return &trace.items[i];
    return NULL;
}

static struct process *add(pid_t pid)
{
    struct process *p = find(pid);
    if (p)
        return p;
    if (trace.n == PROCESSES_MAX) {
        fputs("fault-run: too many processes\n", stderr);
        exit(EXIT_FAILURE);
    }
    p = &trace.items[trace.n++];
    *p = (struct process){.pid = pid};
    return p;
}

static void forget(pid_t pid)
{
    struct process *p = find(pid);
    if (p)
        *p = trace.items[--trace.n];
}

/* ---- who is who ----------------------------------------------------------------------------------------------------
 */

static bool is_thread(pid_t pid)
{
    char path[64], line[256];
    int group = pid;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "Tgid: %d", &group) == 1)
            break;
    if (f)
        fclose(f);
    return group != pid;
}

static enum role role_of_child(const struct process *parent, pid_t child)
{
    static const enum role children[ROLES] = {[SUPERVISOR] = SUPERVISOR, /* until it has become a program */
                                              [ZYGOTE] = HOST,
                                              [HOST] = MONITOR,
                                              [MONITOR] = ATTEMPT,
                                              [HELPER_BUNDLE] = HELPER_BUNDLE,
                                              [HELPER_SWEEP] = HELPER_SWEEP,
                                              [HELPER_STACK] = HELPER_STACK,
                                              [HELPER_TABLE] = HELPER_TABLE,
                                              [ATTEMPT] = ATTEMPT};
    return is_thread(child) ? parent->role : children[parent->role];
}

static enum role role_of_program(pid_t pid)
{
    static const char *const programs[ROLES] = {"muster",       "muster-host",  "-",           "-", "muster-bundle",
                                                "muster-sweep", "muster-stack", "muster-table"};
    char path[64], program[512];
    snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
    ssize_t n = readlink(path, program, sizeof program - 1);
    program[n < 0 ? 0 : n] = '\0';
    const char *name = strrchr(program, '/');
    for (int i = 0; name && i < ROLES; i++)
        if (programs[i] && strcmp(name + 1, programs[i]) == 0)
            return (enum role)i;
    return ATTEMPT; /* none of ours */
}

/* ---- what is done to them ------------------------------------------------------------------------------------------
 */

static void go_on(const struct process *p, int signo)
{
    bool watched = !trace.is_done && (trace.list || trace.fault->role == p->role);
    ptrace(watched ? PTRACE_SYSCALL : PTRACE_CONT, p->pid, NULL, (void *)(intptr_t)signo);
}

/* Once its parent has told of it and it stands. */
static void begin(struct process *p)
{
    if (!p->has_role || !p->stands)
        return;
    p->has_begun = true;
    if (p->role != ATTEMPT) {
        go_on(p, 0);
        return;
    }
    ptrace(PTRACE_DETACH, p->pid, NULL, NULL);
    forget(p->pid);
}

static void on_child(const struct process *parent)
{
    unsigned long pid = 0;
    ptrace(PTRACE_GETEVENTMSG, parent->pid, NULL, &pid);
    const struct process from = *parent;
    struct process *child = add((pid_t)pid);
    child->role = role_of_child(&from, (pid_t)pid);
    child->image = from.image;
    child->is_loaded = from.is_loaded;
    child->has_role = true;
    begin(child);
}

static void on_exec(struct process *p)
{
    enum role role = role_of_program(p->pid);
    p->role = role;
    p->is_loaded = false;
    image_read(p->pid, &p->image);
}

/* No number for a descriptor is left in the process, for as long as the call takes. */
static void take_descriptors(struct process *p)
{
    struct rlimit none;
    if (prlimit(p->pid, RLIMIT_NOFILE, NULL, &p->before) < 0)
        return;
    none = (struct rlimit){0, p->before.rlim_max};
    p->is_short = prlimit(p->pid, RLIMIT_NOFILE, &none, NULL) == 0;
}

static void let_fail(struct process *p, const struct call *call)
{
    if (strcmp(call->name, "recvmsg") == 0 && trace.fault->error == EMFILE) {
        take_descriptors(p);
        return;
    }
    struct user_regs_struct regs;
    if (ptrace(PTRACE_GETREGS, p->pid, NULL, &regs) < 0)
        return;
    regs.orig_rax = (unsigned long)NO_NUMBER; /* the kernel does nothing then */
    ptrace(PTRACE_SETREGS, p->pid, NULL, &regs);
    p->failing = trace.fault->error;
}

static void finish_failing(struct process *p)
{
    if (p->is_short)
        prlimit(p->pid, RLIMIT_NOFILE, &p->before, NULL);
    p->is_short = false;
    struct user_regs_struct regs;
    if (p->failing && ptrace(PTRACE_GETREGS, p->pid, NULL, &regs) == 0) {
        regs.rax = (unsigned long)-(long)p->failing;
        ptrace(PTRACE_SETREGS, p->pid, NULL, &regs);
    }
    p->failing = 0;
}

static void list_call(const struct process *p, const struct call *call, unsigned n, uint64_t site)
{
    fprintf(trace.list, "%s %s %u 0x%lx", names[p->role], call->name, n, (unsigned long)site);
    for (int i = 0; i < CALL_ERRORS && call->errors[i]; i++)
        fprintf(trace.list, " %s", strerrorname_np(call->errors[i]));
    fputc('\n', trace.list);
}

static void on_call(struct process *p, const struct __ptrace_syscall_info *info)
{
    bool in_loader =
        info->instruction_pointer >= p->image.loader.from && info->instruction_pointer < p->image.loader.to;
    p->is_loaded = p->is_loaded || !in_loader;
    const struct call *call = call_find((long)info->entry.nr, (const uint64_t *)info->entry.args);
    if (!call || (p->role == SUPERVISOR && !p->is_loaded)) /* the loader's words would be its own */
        return;
    unsigned n = ++trace.counts[p->role][call - calls];
    if (trace.list)
        list_call(p, call, n, image_site(&p->image, p->pid, info->stack_pointer));
    const struct fault *f = trace.fault;
    if (call != f->call || p->role != f->role || n < f->number || (n > f->number && !f->lasting))
        return;
    if (n == f->number)
        fprintf(trace.report, "site 0x%lx\n", (unsigned long)image_site(&p->image, p->pid, info->stack_pointer));
    trace.result.reached = true;
    let_fail(p, call);
}

static void on_syscall(struct process *p)
{
    struct __ptrace_syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, sizeof info, &info) <= 0)
        return;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
        on_call(p, &info);
    } else {
        finish_failing(p);
        trace.is_done = trace.result.reached && !trace.list && !trace.fault->lasting;
    }
}

static void on_stop(struct process *p, int status)
{
    int signo = WSTOPSIG(status), event = status >> 16;
    if (!p->has_begun) {
        p->stands = true;
        begin(p);
        return;
    }
    if (event == PTRACE_EVENT_STOP && signo != SIGTRAP) {
        ptrace(PTRACE_LISTEN, p->pid, NULL, NULL);
        return;
    }
    if (event == PTRACE_EVENT_EXEC)
        on_exec(p);
    else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE)
        on_child(p);
    else if (signo == (SIGTRAP | 0x80))
        on_syscall(p);
    p = event ? find(p->pid) : p;
    go_on(p, event || signo == (SIGTRAP | 0x80) ? 0 : signo);
}

/* ---- the whole -----------------------------------------------------------------------------------------------------
 */

static pid_t start(char **command)
{
    enum {
        OPTIONS = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                  PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL
    };
    pid_t pid = fork();
    if (pid == 0) {
        raise(SIGSTOP); /* until we have it */
        execvp(command[0], command);
        perror(command[0]);
        _exit(127);
    }
    int status;
    if (pid < 0 || waitpid(pid, &status, WUNTRACED) < 0 || ptrace(PTRACE_SEIZE, pid, NULL, OPTIONS) < 0) {
        if (pid > 0)
            kill(pid, SIGKILL);
        return -1;
    }
    struct process *p = add(pid);
    p->role = ATTEMPT; /* nothing is counted before its exec() */
    p->has_begun = p->has_role = true;
    kill(pid, SIGCONT);
    return pid;
}

int trace_run(char **command, const struct fault *fault, FILE *list, FILE *report, struct trace_result *ret)
{
    trace.fault = fault;
    trace.list = list;
    trace.report = report;
    pid_t first = start(command);
    if (first < 0)
        return -1;
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0)
            return -1; /* SIGALRM */
        if (WIFSTOPPED(status)) {
            on_stop(add(pid), status);
            continue;
        }
        forget(pid);
        if (pid == first) {
            trace.result.status = status;
            *ret = trace.result;
            return 0;
        }
    }
}

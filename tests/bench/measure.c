/* SPDX-License-Identifier: Apache-2.0 */
/* Running one command and measuring it from outside. */
#include "measure.h"

#include "cpu_group.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

__attribute__((noreturn)) static void die(const struct command *command, const char *what)
{
    fprintf(stderr, "bench: %s: %s: %s\n", command->argv[0], what, strerror(errno));
    exit(3);
}

__attribute__((noreturn)) static void run(const struct command *command, const struct cpu_group *group)
{
    if (group)
        cpu_group_enter(group);
    int log = open(command->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (log < 0 || null < 0 || chdir(command->cwd) < 0)
        die(command, "preparing");
    if (dup2(null, STDIN_FILENO) < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
        _exit(3);
    execvp(command->argv[0], (char *const *)command->argv);
    die(command, "exec");
}

static bool log_has_proof(const struct command *command)
{
    char *line = NULL;
    size_t size = 0;
    bool found = false;
    FILE *log = fopen(command->log, "re");
    while (log && !found && getline(&line, &size, log) > 0)
        found = strstr(line, command->proof) != NULL;
    free(line);
    if (log)
        fclose(log);
    return found;
}

static void must_have_passed(const struct command *command, int status)
{
    bool good = WIFEXITED(status) && WEXITSTATUS(status) == command->status;
    if (good && (!command->proof || log_has_proof(command)))
        return;
    fprintf(stderr, "bench: failed with %s %d:", WIFEXITED(status) ? "status" : "signal",
            WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    for (const char *const *arg = command->argv; *arg; arg++)
        fprintf(stderr, " %s", *arg);
    if (good)
        fprintf(stderr, "\nbench: it did not say `%s`", command->proof);
    /* Under another name: whoever runs the bench once more still wants to know. */
    char kept[PATH_MAX];
    snprintf(kept, sizeof(kept), "%s.failed", command->log);
    fprintf(stderr, "\nbench: its output is in %s\n", rename(command->log, kept) == 0 ? kept : command->log);
    exit(3);
}

static double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

struct measured measure_run(const struct command *command)
{
    struct cpu_group group = cpu_group_open();
    int status;
    double start = now();
    pid_t pid = fork();
    if (pid < 0)
        die(command, "fork");
    if (pid == 0)
        run(command, &group);
    if (waitpid(pid, &status, 0) != pid)
        die(command, "waitpid");
    struct measured m = {.seconds = now() - start};
    m.cpu_seconds = cpu_group_close(&group);
    must_have_passed(command, status);
    return m;
}

/* ---- memory of a tree ------------------------------------------------------------------------------ */

/* The parent of each process, as far as there is one. */
static pid_t parent_of(pid_t pid)
{
    char path[64], line[512];
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    FILE *stat = fopen(path, "re");
    const char *name_end = stat && fgets(line, sizeof(line), stat) ? strrchr(line, ')') : NULL;
    if (stat)
        fclose(stat);
    int parent = 0;
    return name_end && sscanf(name_end, ") %*c %d", &parent) == 1 ? parent : 0;
}

static bool descends_from(pid_t pid, pid_t root)
{
    for (int depth = 0; pid > 1 && depth < 32; depth++, pid = parent_of(pid))
        if (pid == root)
            return true;
    return false;
}

static long pss_kib(pid_t pid)
{
    char path[64], line[256];
    long kib = 0;
    snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
    FILE *maps = fopen(path, "re");
    while (maps && kib == 0 && fgets(line, sizeof(line), maps))
        if (strncmp(line, "Pss:", 4) == 0)
            kib = strtol(line + 4, NULL, 10);
    if (maps)
        fclose(maps);
    return kib;
}

static long tree_kib(pid_t root)
{
    long kib = 0;
    DIR *proc = opendir("/proc");
    for (struct dirent *e; proc && (e = readdir(proc));) {
        pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);
        if (pid > 0 && descends_from(pid, root))
            kib += pss_kib(pid);
    }
    if (proc)
        closedir(proc);
    return kib;
}

double measure_tree_mib(const struct command *command)
{
    const struct timespec pause = {.tv_nsec = 5 * 1000 * 1000};
    long most = 0;
    int status;
    pid_t pid = fork();
    if (pid < 0)
        die(command, "fork");
    if (pid == 0)
        run(command, NULL);
    pid_t ended;
    while ((ended = waitpid(pid, &status, WNOHANG)) == 0) {
        long kib = tree_kib(pid);
        most = kib > most ? kib : most;
        nanosleep(&pause, NULL);
    }
    if (ended != pid)
        die(command, "waitpid");
    must_have_passed(command, status);
    return (double)most / 1024;
}

/* ---- the peak of one process ------------------------------------------------------------------------ */

static long vm_hwm_kib(pid_t pid)
{
    char path[64];
    char line[256];
    long kib = -1;
    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    FILE *status = fopen(path, "re");
    while (status && kib < 0 && fgets(line, sizeof(line), status))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    if (status)
        fclose(status);
    return kib;
}

/* The exit stop comes before the memory is given back: the only moment at which the peak is final and readable. */
static long trace_until_end(const struct command *command, pid_t pid)
{
    long kib = -1;
    int status;
    while (waitpid(pid, &status, __WALL) == pid) {
        if (!WIFSTOPPED(status)) {
            must_have_passed(command, status);
            return kib;
        }
        int event = status >> 16;
        if (event == PTRACE_EVENT_EXIT)
            kib = vm_hwm_kib(pid);
        if (ptrace(PTRACE_CONT, pid, 0, event ? 0 : WSTOPSIG(status)) < 0)
            die(command, "ptrace");
    }
    die(command, "waitpid");
}

long measure_peak_kib(const struct command *command)
{
    int go[2];
    char byte = 0;
    if (pipe2(go, O_CLOEXEC) < 0)
        die(command, "pipe2");
    pid_t pid = fork();
    if (pid < 0)
        die(command, "fork");
    if (pid == 0) {
        if (read(go[0], &byte, 1) != 1)
            _exit(3);
        setenv("LSAN_OPTIONS", "detect_leaks=0", 1); /* of a sanitized build: it cannot trace what is traced */
        run(command, NULL);
    }
    if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXIT) < 0)
        die(command, "ptrace");
    if (write(go[1], &byte, 1) != 1)
        die(command, "write");
    close(go[0]);
    close(go[1]);
    return trace_until_end(command, pid);
}

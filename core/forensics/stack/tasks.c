/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding the threads of a process and holding them.
 */
#include "forensics/stack/tasks.h"

#include "base/cleanup.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef PTRACE_EVENT_STOP
#define PTRACE_EVENT_STOP 128
#endif

/* A process may start threads while its threads are being seized. */
enum { ROUNDS = 4 };

static int64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* The start of a small file of /proc, without its newline; "" when it can't be read. */
static void read_small(pid_t pid, pid_t tid, const char *name, char *ret_text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/%s", (int)pid, (int)tid, name);
    ssize_t n = -1;
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        n = read(fd, ret_text, size - 1);
    ret_text[n > 0 ? n : 0] = '\0';
    ret_text[strcspn(ret_text, "\n")] = '\0';
}

static void make_printable(char *text)
{
    for (; *text; text++)
        if (!isprint((unsigned char)*text) || *text == '"')
            *text = '?';
}

/* The last number of "NSpid:  4711  12": the id in the innermost namespace. */
static pid_t own_tid(pid_t pid, pid_t tid)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/task/%d/status", (int)pid, (int)tid);
    autofclose FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f)) {
        const char *last = strrchr(line, '\t');
        if (strncmp(line, "NSpid:", 6) == 0 && last)
            return atoi(last + 1);
    }
    return tid;
}

static void task_describe(pid_t pid, struct task *task)
{
    char stat[512];
    read_small(pid, task->tid, "stat", stat, sizeof stat);
    const char *after_name = strrchr(stat, ')');
    task->state = after_name && after_name[1] == ' ' && after_name[2] ? after_name[2] : '?';
    read_small(pid, task->tid, "comm", task->name, sizeof task->name);
    make_printable(task->name);
    read_small(pid, task->tid, "wchan", task->wchan, sizeof task->wchan);
    if (strcmp(task->wchan, "0") == 0)
        task->wchan[0] = '\0';
    task->own_tid = own_tid(pid, task->tid);
}

static void task_seize(struct task *task)
{
    if (task->state == 'Z' || task->state == 'X')
        return;
    if (ptrace(PTRACE_SEIZE, task->tid, NULL, NULL) < 0) {
        task->error = errno;
        return;
    }
    task->seized = true;
    ptrace(PTRACE_INTERRUPT, task->tid, NULL, NULL);
}

static bool known(const struct tasks *tasks, pid_t tid)
{
    for (size_t i = 0; i < tasks->n; i++)
        if (tasks->items[i].tid == tid)
            return true;
    return false;
}

/* Seizes the threads that are not yet in the list; returns how many, or -ESRCH. */
static int seize_new(pid_t pid, struct tasks *tasks)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    autoclosedir DIR *dir = opendir(path);
    if (!dir)
        return -ESRCH;
    int found = 0;
    tasks->more = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        pid_t tid = atoi(entry->d_name);
        if (tid <= 0 || known(tasks, tid))
            continue;
        if (tasks->n == TASKS_MAX) {
            tasks->more++;
            continue;
        }
        struct task *task = &tasks->items[tasks->n++];
        task->tid = tid;
        task_describe(pid, task);
        task_seize(task);
        found++;
    }
    return found;
}

/* Takes note of a stop. Whatever stops the thread holds it: its end, a signal on its way, our interrupt. */
static void task_check(struct task *task)
{
    int status;
    pid_t got = waitpid(task->tid, &status, __WALL | WNOHANG);
    if (got != task->tid)
        return;
    if (!WIFSTOPPED(status)) {
        task->seized = false;
        task->error = ESRCH;
        return;
    }
    task->held = true;
    if (status >> 16 != PTRACE_EVENT_STOP)
        task->signal = WSTOPSIG(status);
}

static size_t check_all(struct tasks *tasks)
{
    size_t waiting = 0;
    for (size_t i = 0; i < tasks->n; i++) {
        struct task *task = &tasks->items[i];
        if (task->seized && !task->held)
            task_check(task);
        waiting += task->seized && !task->held;
    }
    return waiting;
}

static void wait_for_stops(struct tasks *tasks, int64_t deadline_ms)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    while (check_all(tasks) > 0) {
        int64_t left = deadline_ms - now_ms();
        if (left <= 0)
            return;
        struct timespec ts = {left / 1000, left % 1000 * 1000000};
        sigtimedwait(&child, NULL, &ts);
    }
}

int tasks_hold(pid_t pid, int timeout_ms, struct tasks *ret_tasks)
{
    struct tasks tasks = {.items = calloc(TASKS_MAX, sizeof(struct task))};
    if (!tasks.items)
        return -ENOMEM;
    int64_t deadline = now_ms() + timeout_ms;
    for (int round = 0; round < ROUNDS && seize_new(pid, &tasks) > 0; round++)
        wait_for_stops(&tasks, deadline);
    if (tasks.n == 0) {
        free(tasks.items);
        return -ESRCH;
    }
    *ret_tasks = tasks;
    return 0;
}

void tasks_release(struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->n; i++) {
        const struct task *task = &tasks->items[i];
        if (task->held)
            ptrace(PTRACE_DETACH, task->tid, NULL, (void *)(intptr_t)task->signal);
    }
    free(tasks->items);
    *tasks = (struct tasks){0};
}

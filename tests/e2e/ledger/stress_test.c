/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger's promise under fire: runs that create files, processes and tenants of the reference platform lose their
 * supervisor, zygote, hosts, monitors and attempts to SIGKILL at random, and so does `muster cleanup`. In the end
 * nothing is left, nothing was undone twice, and each killed run can still be reported on.
 *
 *     e2e-ledger-stress BIN TESTBED TARGET_FILE PLUGIN KILLS [SEED]
 */
#include "../packs/server.h"
#include "killing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* supervisor, zygote, hosts, monitors, attempts, and what attempts started */
enum { DEPTHS = 6, ATTEMPTS = 4 };

static const char undisturbed[] = "not bad and not wait and not survey";

struct stress {
    const char *bin, *target, *plugin;
    char work[64], out[96], things[96];
    char set_dir[128], set_out[128], set_url[128], set_ws[128], set_user[128], set_password[160];
    struct server server;
    unsigned random; /* state */
    int kills, cleanups_killed, runs, runs_killed;
    int kills_of[DEPTHS];
    const char *rungs[3]; /* of containment, those that can be had */
    size_t n_rungs;
    char last_run[PATH_MAX];
    int failures;
};

static void fail(struct stress *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void fail(struct stress *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fputs("FAILED: ", stdout);
    vprintf(fmt, ap);
    putchar('\n');
    va_end(ap);
    s->failures++;
}

static unsigned dice(struct stress *s, unsigned sides)
{
    s->random = s->random * 1103515245u + 12345u;
    return (s->random >> 16) % sides;
}

/* ---- programs --------------------------------------------------------------------------------------------- */

/* Its output goes to a file of the work folder. */
static pid_t start(const struct stress *s, const char *const *argv)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    char path[128];
    snprintf(path, sizeof path, "%s/console", s->work);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

/* With where to work, and what the target is. */
static pid_t start_muster(const struct stress *s, const char *const *options)
{
    enum { MOST = 32 };
    const char *argv[MOST] = {s->bin};
    size_t n = 1;
    for (; *options; options++)
        argv[n++] = *options;
    const char *const common[] = {"--out",    s->out,  "--set",   s->set_dir, "--set",     s->set_out, "--set",
                                  s->set_url, "--set", s->set_ws, "--set",    s->set_user, "--set",    s->set_password};
    memcpy(&argv[n], common, sizeof common);
    return start(s, argv);
}

static int wait_for(pid_t pid)
{
    int status = -1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static pid_t start_run(const struct stress *s, const char *markers, const char *containment)
{
    const char *const options[] = {"run", s->plugin,  "--target", s->target,       "-m",        markers, "-j3",
                                   "-q",  "--bundle", "none",     "--containment", containment, NULL};
    return start_muster(s, options);
}

static pid_t start_cleanup(const struct stress *s, const char *which)
{
    const char *const options[] = {"cleanup", which, NULL};
    return start_muster(s, options);
}

/* ---- killing ---------------------------------------------------------------------------------------------- */

/* Kills one process of the tree, most of them often, the supervisor rarely: it ends the round. */
static void strike(struct stress *s, pid_t supervisor)
{
    struct descendant tree[TREE_MAX], victim = {supervisor, 0};
    size_t n = tree_of(supervisor, tree);
    if (n > 0 && dice(s, 12) > 0)
        victim = tree[dice(s, (unsigned)n)];
    if (kill(victim.pid, SIGKILL) < 0)
        return;
    s->kills++;
    s->kills_of[victim.depth < DEPTHS ? victim.depth : DEPTHS - 1]++;
}

/* Whether the console has grown by this one line. */
static bool was_said(const struct stress *s, long since, const char *line_end)
{
    char path[128], line[PATH_MAX];
    snprintf(path, sizeof path, "%s/console", s->work);
    FILE *console = fopen(path, "re");
    bool found = console && fseek(console, since, SEEK_SET) == 0 && fgets(line, sizeof line, console) &&
                 strstr(line, line_end) && !fgets(line, sizeof line, console);
    if (console)
        fclose(console);
    return found;
}

static long console_size(const struct stress *s)
{
    char path[128];
    struct stat st;
    snprintf(path, sizeof path, "%s/console", s->work);
    return stat(path, &st) == 0 ? (long)st.st_size : 0;
}

/* The log of a killed run has a sound chain, up to the kill. */
static void check_log(struct stress *s, const char *run, bool killed)
{
    const char *const verify[] = {s->bin, "verify", run, NULL};
    long before = console_size(s);
    int status = wait_for(start(s, verify));
    bool cut = killed && status == W_EXITCODE(1, 0) && was_said(s, before, "its last event is not the run's end\n");
    if (status != 0 && !cut)
        fail(s, "muster verify %s: %#x", run, (unsigned)status);
}

static void check_evidence(struct stress *s, bool killed)
{
    static const char *const formats[] = {"human", "junit", "json", "tap"};
    char latest[128], run[PATH_MAX];
    snprintf(latest, sizeof latest, "%s/latest", s->out);
    if (!realpath(latest, run)) {
        if (errno == ENOENT && s->runs_killed == s->runs)
            return; /* killed before there was a folder */
        fail(s, "%s: %s", latest, strerror(errno));
        return;
    }
    if (strcmp(run, s->last_run) == 0)
        return; /* this one ended before it had a folder */
    strcpy(s->last_run, run);
    char log[PATH_MAX + 16];
    snprintf(log, sizeof log, "%s/events.jsonl", run);
    if (killed && access(log, F_OK) < 0)
        return; /* killed before there was a log */
    check_log(s, run, killed);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const char *const report[] = {s->bin, "report", "--format", formats[i], run, NULL};
        int status = wait_for(start(s, report));
        if (status != 0)
            fail(s, "muster report --format %s %s: %#x", formats[i], run, (unsigned)status);
    }
}

/* Two at once, of which one may be killed. */
static void clean_now_and_then(struct stress *s)
{
    pid_t first = start_cleanup(s, "--all"), second = start_cleanup(s, "--all");
    if (dice(s, 2) == 0) {
        wait_a_while(first, 1 + (int)dice(s, 40));
        if (kill(first, SIGKILL) == 0) {
            s->kills++;
            s->cleanups_killed++;
        }
    }
    wait_for(first);
    wait_for(second);
}

static void round_of_kills(struct stress *s)
{
    enum { MOST = 30 };
    pid_t supervisor = start_run(s, undisturbed, s->rungs[(size_t)s->runs++ % s->n_rungs]);
    for (int i = 0; i < MOST && !wait_a_while(supervisor, 2 + (int)dice(s, 25)); i++)
        strike(s, supervisor);
    int status = wait_for(supervisor);
    s->runs_killed += WIFSIGNALED(status);
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
        fail(s, "the runner died of signal %d", WTERMSIG(status));
    check_evidence(s, WIFSIGNALED(status));
    if (dice(s, 3) == 0)
        clean_now_and_then(s);
}

/* ---- judging ---------------------------------------------------------------------------------------------- */

static void check_empty(struct stress *s, const char *folder)
{
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (e->d_name[0] != '.' || strlen(e->d_name) > 2)
            fail(s, "%s/%s is left", folder, e->d_name);
    if (!dir)
        fail(s, "%s: %s", folder, strerror(errno));
    else
        closedir(dir);
}

static void check_calls(struct stress *s)
{
    char path[160], line[1024];
    unsigned undone = 0, tenants = 0, nothing = 0;
    snprintf(path, sizeof path, "%s/calls", s->things);
    FILE *calls = fopen(path, "re");
    while (calls && fgets(line, sizeof line, calls)) {
        undone += strncmp(line, "undone ", 7) == 0;
        tenants += strncmp(line, "undone ", 7) == 0 && strstr(line, "_tenant\n");
        nothing += strncmp(line, "nothing ", 8) == 0;
        if (strncmp(line, "TWICE ", 6) == 0 || strncmp(line, "TOGETHER ", 9) == 0)
            fail(s, "undone, and called again: %s", line);
    }
    if (calls)
        fclose(calls);
    printf("%d kills, %d runs (%d of them killed), %d cleanups killed; %u things undone, %u of them tenants, %u calls "
           "found nothing\n",
           s->kills, s->runs, s->runs_killed, s->cleanups_killed, undone, tenants, nothing);
    printf("killed: %d supervisors, %d zygotes or orphans, %d hosts, %d monitors, %d attempts, %d below\n",
           s->kills_of[0], s->kills_of[1], s->kills_of[2], s->kills_of[3], s->kills_of[ATTEMPTS],
           s->kills_of[ATTEMPTS + 1]);
    for (int depth = 0; depth <= ATTEMPTS; depth++)
        if (s->kills_of[depth] == 0)
            printf("nothing at depth %d was killed on this rung: a slow start leaves few to choose from\n", depth);
    if (undone < 100)
        fail(s, "only %u things were undone: the test has lost its sense", undone);
    if (tenants == 0)
        fail(s, "no tenant was undone: were their scenarios skipped?");
}

/* Every entry of every ledger is done, once. */
static void check_ledger(struct stress *s, const char *run)
{
    char path[PATH_MAX], line[64 * 1024];
    enum { MOST = 4096 };
    static unsigned char state[MOST]; /* 1: deferred, 2: done */
    memset(state, 0, sizeof state);
    snprintf(path, sizeof path, "%s/%s/.run-state", s->out, run);
    if (access(path, F_OK) == 0)
        fail(s, "%s is left", path);
    snprintf(path, sizeof path, "%s/%s/ledger.jsonl", s->out, run);
    FILE *ledger = fopen(path, "re");
    while (ledger && fgets(line, sizeof line, ledger)) {
        const char *at = strstr(line, "\"id\":");
        long id = at ? atol(at + 5) : -1;
        bool done = strstr(line, "\"op\":\"done\"") != NULL, defer = strstr(line, "\"op\":\"defer\"") != NULL;
        if (id < 1 || id >= MOST || !strchr(line, '\n'))
            fail(s, "%s: a line that is none: %s", path, line);
        else if (defer)
            state[id] = 1;
        else if (done && state[id]++ != 1)
            fail(s, "%s: entry %ld is done twice, or was never made", path, id);
    }
    for (int id = 1; id < MOST; id++)
        if (state[id] == 1)
            fail(s, "%s: entry %d is outstanding", path, id);
    if (ledger)
        fclose(ledger);
    char id[PATH_MAX];
    snprintf(id, sizeof id, "MUSTER_RUN_ID=%s", run);
    if (some_process_has(id))
        fail(s, "a process of run %s is left", run);
}

static void check_ledgers(struct stress *s)
{
    DIR *dir = opendir(s->out);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (e->d_type == DT_DIR && e->d_name[0] != '.')
            check_ledger(s, e->d_name);
    if (dir)
        closedir(dir);
}

/* What a killed program has said of itself is in no exit status. */
static void check_console(struct stress *s)
{
    char path[128], line[1024];
    snprintf(path, sizeof path, "%s/console", s->work);
    FILE *console = fopen(path, "re");
    while (console && fgets(line, sizeof line, console))
        if (strstr(line, "Sanitizer") || strstr(line, "runtime error:"))
            fail(s, "a sanitizer found something: %s", line);
    if (console)
        fclose(console);
}

/* What the last programs said, in a folder that may be gone when somebody reads of the failure. */
static void show_console(const struct stress *s)
{
    enum { SHOWN = 8 * 1024 };
    char path[128], line[1024];
    snprintf(path, sizeof path, "%s/console", s->work);
    FILE *console = fopen(path, "re");
    long size = console_size(s);
    if (console && size > SHOWN)
        fseek(console, size - SHOWN, SEEK_SET);
    while (console && fgets(line, sizeof line, console))
        printf("  console: %s", line);
    if (console)
        fclose(console);
}

static void finish(struct stress *s)
{
    pid_t run = start_run(s, undisturbed, "auto");
    int status = wait_for(run);
    if (status != 0)
        fail(s, "an undisturbed run: status %#x", (unsigned)status);
    /* What the first finds locked by the second, the second has cleaned up when it is over. */
    pid_t first = start_cleanup(s, "--all"), second = start_cleanup(s, "--all");
    wait_for(first);
    wait_for(second);
    status = wait_for(start_cleanup(s, "--all"));
    if (status != 0)
        fail(s, "muster cleanup --all: status %#x", (unsigned)status);
    check_ledgers(s);
    status = wait_for(start_run(s, "survey", "auto"));
    if (status != 0)
        fail(s, "tenants are left: status %#x", (unsigned)status);
    if (server_stop(&s->server) < 0)
        fail(s, "the platform did not end well");
    char folder[160];
    snprintf(folder, sizeof folder, "%s/things", s->things);
    check_empty(s, folder);
    snprintf(folder, sizeof folder, "%s/tmp", s->work);
    check_empty(s, folder);
    check_calls(s);
    check_console(s);
}

static int prepare(struct stress *s)
{
    char path[160];
    const char *tmp = getenv("TMPDIR");
    snprintf(s->work, sizeof s->work, "%s/muster-stress.XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(s->work))
        return -1;
    snprintf(s->out, sizeof s->out, "%s/out", s->work);
    snprintf(s->things, sizeof s->things, "%s/dir", s->work);
    snprintf(s->set_dir, sizeof s->set_dir, "dir=%s", s->things);
    snprintf(s->set_out, sizeof s->set_out, "out=%s", s->out);
    mkdir(s->things, 0700);
    static const char *const folders[] = {"dir/things", "dir/busy", "tmp"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", s->work, folders[i]);
        if (mkdir(path, 0700) < 0)
            return -1;
    }
    return setenv("TMPDIR", path, 1);
}

/* Its password goes by file: a command line shows its arguments to everyone. */
static int start_platform(struct stress *s, const char *program)
{
    char path[128];
    snprintf(path, sizeof path, "%s/admin_password", s->work);
    if (server_start(program, NULL, &s->server) < 0)
        return -1;
    snprintf(s->set_url, sizeof s->set_url, "url=%s", server_value(&s->server, "url"));
    snprintf(s->set_ws, sizeof s->set_ws, "ws=%s", server_value(&s->server, "ws"));
    snprintf(s->set_user, sizeof s->set_user, "admin_user=%s", server_value(&s->server, "admin_user"));
    snprintf(s->set_password, sizeof s->set_password, "admin_password=@%s", path);
    FILE *file = fopen(path, "we");
    if (!file || fprintf(file, "%s\n", server_value(&s->server, "admin_password")) < 0)
        return -1;
    return fclose(file);
}

static void try_rungs(struct stress *s)
{
    static const char *const all[] = {"auto", "pidns", "reaper"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (wait_for(start_run(s, undisturbed, all[i])) == 0)
            s->rungs[s->n_rungs++] = all[i];
    if (s->n_rungs == 0)
        fail(s, "no run succeeds");
}

int main(int argc, char **argv)
{
    if (argc < 6)
        return 2;
    struct stress s = {.bin = argv[1], .target = argv[3], .plugin = argv[4]};
    s.random = argc > 6 ? (unsigned)atol(argv[6]) : 20261121;
    if (prepare(&s) < 0 || start_platform(&s, argv[2]) < 0) {
        perror(s.work);
        return 1;
    }
    setbuf(stdout, NULL);
    try_rungs(&s);
    while (s.kills < atoi(argv[5]) && s.failures == 0)
        round_of_kills(&s);
    finish(&s);
    if (s.failures > 0) {
        show_console(&s);
        printf("what is left is in %s\n", s.work);
    } else {
        remove_tree(s.work);
    }
    return s.failures > 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scenario that no defect can make fail is not a test. This runs the packs against a platform without a defect, where
 * all must pass, and once for each defect that the platform can be given, where every scenario that says
 * catches(defect='...') must fail: as *failed*, since a crash, a timeout or an error would be no finding.
 *
 * Scenarios with the marker `database` look into PostgreSQL. On SQLite they must skip themselves, and the defects of
 * that kind are left to the run on PostgreSQL.
 *
 *     defects_test MUSTER TESTBED WORK_DIR sqlite|postgresql [with MARKER | without MARKER] PLUGIN...
 *
 * Most of a scenario that fails is waiting, so several defects are tried at a time, each in a process of its own. What
 * failed on each of them stands in WORK_DIR/matrix.txt, and is printed at the end.
 *
 * With a marker, all that is done with the scenarios that have it, or have it not: those that need more than the
 * platform, as a browser, are proved by a test of their own.
 */
#include "child.h"
#include "server.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_PLUGINS 32
#define AT_A_TIME   3 /* defects */
#define BROWSING    2 /* the same, where each has browsers */

struct bench {
    const char *muster, *testbed, *work;
    const char *const *plugins; /* NULL-terminated */
    int on_sqlite;
    json_t *scenarios;  /* of the plugins */
    const char *marker; /* NULL: all scenarios */
    int with;           /* those that have the marker; 0: the others */
    FILE *matrix;
    int running; /* processes that try a defect */
    int problems;
};

static void problem(struct bench *b, const char *defect, const char *what, const char *which)
{
    printf("not ok: %s: %s: %s\n", defect, which, what);
    b->problems++;
}

/* The defect of "catches(defect='x')" in `marker`, in `buf`; 0 when the marker is another. */
static int caught_by(const char *marker, char *buf, size_t room)
{
    static const char opening[] = "catches(defect=";
    if (strncmp(marker, opening, sizeof opening - 1) != 0)
        return 0;
    const char *name = marker + sizeof opening - 1;
    name += strspn(name, "'\"");
    return snprintf(buf, room, "%.*s", (int)strcspn(name, "'\")"), name) > 0;
}

/* How many of the scenario's markers say that it catches this defect; NULL: any. */
static size_t catches(const json_t *scenario, const char *defect)
{
    const json_t *markers = json_object_get(scenario, "markers");
    size_t n = 0;
    char name[128];
    for (size_t i = 0; i < json_array_size(markers); i++) {
        const char *marker = json_string_value(json_array_get(markers, i));
        if (marker && caught_by(marker, name, sizeof name) && (!defect || strcmp(name, defect) == 0))
            n++;
    }
    return n;
}

static size_t count_catching(const json_t *scenarios, const char *defect)
{
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(scenarios); i++)
        n += catches(json_array_get(scenarios, i), defect);
    return n;
}

static int is_selected(const struct bench *b, const json_t *scenario)
{
    const json_t *markers = json_object_get(scenario, "markers");
    int has = 0;
    for (size_t i = 0; b->marker && i < json_array_size(markers); i++)
        has |= strcmp(json_string_value(json_array_get(markers, i)), b->marker) == 0;
    return !b->marker || has == b->with;
}

static json_t *selected(const struct bench *b, const json_t *scenarios)
{
    json_t *some = json_array();
    for (size_t i = 0; i < json_array_size(scenarios); i++)
        if (is_selected(b, json_array_get(scenarios, i)))
            json_array_append(some, json_array_get(scenarios, i));
    return some;
}

static json_t *list_scenarios(const struct bench *b)
{
    const char *argv[MAX_PLUGINS + 4] = {b->muster, "list", "--json"};
    for (int i = 0; b->plugins[i]; i++)
        argv[3 + i] = b->plugins[i];
    json_t *list = child_json(argv);
    json_t *scenarios = json_incref(json_object_get(list, "scenarios"));
    json_decref(list);
    return scenarios;
}

/* The cases of the newest run below `out`. */
static json_t *read_results(const char *out)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/latest/results.json", out);
    json_t *results = json_load_file(path, 0, NULL);
    json_t *scenarios = json_incref(json_object_get(json_object_get(results, "testRun"), "scenarios"));
    json_decref(results);
    return scenarios;
}

static void run_muster(const struct bench *b, const struct server *s, const char *defect, const char *out)
{
    static const char *const keys[] = {"url", "ws", "admin_user", "admin_password"};
    char selection[160], console[4096], values[4][1024];
    const char *argv[MAX_PLUGINS + 24] = {b->muster, "run"};
    int n = 2, n_selection;
    for (int i = 0; b->plugins[i]; i++)
        argv[n++] = b->plugins[i];
    for (int i = 0; i < 4; i++) {
        snprintf(values[i], sizeof values[i], "%s=%s", keys[i], server_value(s, keys[i]));
        argv[n++] = "--set";
        argv[n++] = values[i];
    }
    n_selection =
        snprintf(selection, sizeof selection, "%s%s", b->marker && !b->with ? "not " : "", b->marker ? b->marker : "");
    if (defect)
        snprintf(selection + n_selection, sizeof selection - (size_t)n_selection, "%scatches(defect=\"%s\")",
                 n_selection ? " and " : "", defect);
    if (*selection) {
        argv[n++] = "-m";
        argv[n++] = selection;
    }
    argv[n++] = "-j";
    argv[n++] = "2";
    argv[n++] = "--out";
    argv[n++] = out;
    snprintf(console, sizeof console, "%s.console", out);
    int status = child_run(argv, console);
    printf("# %s: exit status %d\n", defect ? defect : "no defect", status);
}

/* What muster says of each scenario on a platform with this defect; NULL when there is no telling. */
static json_t *results_with(struct bench *b, const char *defect)
{
    char out[2048];
    struct server s;
    snprintf(out, sizeof out, "%s/%s", b->work, defect ? defect : "none");
    if (mkdir(out, 0755) < 0 || server_start(b->testbed, defect, &s) < 0) {
        problem(b, defect ? defect : "no defect", "could not be started", "the platform");
        return NULL;
    }
    run_muster(b, &s, defect, out);
    if (server_stop(&s) < 0)
        problem(b, defect ? defect : "no defect", "did not end as it should", "the platform");
    json_t *results = read_results(out);
    if (!results)
        problem(b, defect ? defect : "no defect", "wrote no results.json", "the run");
    return results;
}

static int has_marker(const json_t *scenario, const char *wanted)
{
    const json_t *markers = json_object_get(scenario, "markers");
    for (size_t i = 0; i < json_array_size(markers); i++)
        if (strcmp(json_string_value(json_array_get(markers, i)), wanted) == 0)
            return 1;
    return 0;
}

/* Whether it needs a database that there is not, or a DNS server (e2e.testbed.names) or an orchestrator
 * (e2e.packs.outside), which none of these platforms has. */
static int must_skip(const struct bench *b, const char *id)
{
    for (size_t i = 0; id && i < json_array_size(b->scenarios); i++) {
        const json_t *one = json_array_get(b->scenarios, i);
        if (strcmp(json_string_value(json_object_get(one, "id")), id) == 0)
            return has_marker(one, "dns") || has_marker(one, "outside") ||
                   (b->on_sqlite && has_marker(one, "database"));
    }
    return 0;
}

/* A line for each run: what it was, and the scenarios that ended as they should. */
static void note_in_matrix(struct bench *b, const char *title, const json_t *results, const char *wanted)
{
    char *line = NULL;
    size_t size, n = 0;
    FILE *file = open_memstream(&line, &size);
    fprintf(file, "%-36s %s:", title, wanted);
    for (size_t i = 0; i < json_array_size(results); i++) {
        const json_t *scenario = json_array_get(results, i);
        const char *status = json_string_value(json_object_get(scenario, "status"));
        if (!status || strcmp(status, wanted) != 0)
            continue;
        n++;
        if (strcmp(wanted, "FAILED") == 0)
            fprintf(file, " %s", json_string_value(json_object_get(scenario, "id")));
    }
    fprintf(file, " (%zu of %zu)\n", n, json_array_size(results));
    fclose(file);
    fputs(line, b->matrix); /* one write: others write there, too */
    fflush(b->matrix);
    free(line);
}

/* Every result has this status, and there are as many as the list promised. */
static void expect_all(struct bench *b, const char *defect, const char *wanted, size_t promised)
{
    json_t *results = results_with(b, defect);
    const char *title = defect ? defect : "no defect";
    if (results && json_array_size(results) != promised)
        problem(b, title, "not as many results as scenarios", "the run");
    for (size_t i = 0; i < json_array_size(results); i++) {
        const json_t *scenario = json_array_get(results, i);
        const char *id = json_string_value(json_object_get(scenario, "id"));
        const char *status = json_string_value(json_object_get(scenario, "status"));
        if (!status || strcmp(status, must_skip(b, id) ? "SKIPPED" : wanted) != 0)
            problem(b, title, status ? status : "no status", id ? id : "a scenario without an id");
        else
            printf("ok: %s: %s: %s\n", title, id, status);
    }
    note_in_matrix(b, title, results, wanted);
    json_decref(results);
}

/* Of a process that has tried one. */
static void await_one(struct bench *b)
{
    int status;
    if (wait(&status) < 0)
        return;
    b->running--;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        b->problems++;
}

/* In a process of its own, whose words come out in one piece. */
static void try_defect(struct bench *b, const char *name, size_t promised)
{
    while (b->running >= (b->with ? BROWSING : AT_A_TIME))
        await_one(b);
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0)
        problem(b, name, "could not be tried", "the test");
    b->running += pid > 0;
    if (pid != 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setvbuf(stdout, NULL, _IOFBF, 1 << 20);
    b->problems = 0;
    expect_all(b, name, "FAILED", promised);
    fflush(stdout);
    _exit(b->problems ? 1 : 0);
}

static void check_every_scenario_names_a_defect(struct bench *b, const json_t *scenarios)
{
    for (size_t i = 0; i < json_array_size(scenarios); i++) {
        const json_t *scenario = json_array_get(scenarios, i);
        if (!catches(scenario, NULL))
            problem(b, "list", "names no defect that it catches", json_string_value(json_object_get(scenario, "id")));
    }
}

/* A marker with a name that the platform does not have would never be tried. */
static void check_names_exist(struct bench *b, const json_t *scenarios, const json_t *defects)
{
    size_t known = 0;
    for (size_t i = 0; i < json_array_size(defects); i++)
        known += count_catching(scenarios, json_string_value(json_object_get(json_array_get(defects, i), "name")));
    if (count_catching(scenarios, NULL) != known)
        problem(b, "list", "names a defect that the platform does not have", "a scenario");
}

static void check_every_defect(struct bench *b, const json_t *scenarios, const json_t *defects)
{
    json_t *tried = selected(b, scenarios);
    for (size_t i = 0; i < json_array_size(defects); i++) {
        const json_t *defect = json_array_get(defects, i);
        const char *name = json_string_value(json_object_get(defect, "name"));
        size_t n = count_catching(tried, name);
        const char *kind = json_string_value(json_object_get(defect, "kind"));
        int elsewhere =
            strcmp(kind, "dns") == 0 || strcmp(kind, "outside") == 0 || (b->on_sqlite && strcmp(kind, "database") == 0);
        if (n > 0 && elsewhere)
            printf("# %s: is not for this platform\n", name);
        else if (count_catching(scenarios, name) == 0 && !b->with)
            problem(b, name, "is caught by no scenario", "the packs");
        else if (n > 0)
            try_defect(b, name, n);
    }
    while (b->running > 0)
        await_one(b);
    json_decref(tried);
}

/* Where every run notes a line; printed at the end. */
static FILE *open_matrix(const struct bench *b)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/matrix.txt", b->work);
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return fd < 0 ? NULL : fdopen(fd, "a+");
}

static void print_matrix(const struct bench *b)
{
    char line[4096];
    rewind(b->matrix);
    puts("# what failed on each defect");
    while (fgets(line, sizeof line, b->matrix))
        fputs(line, stdout);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

int main(int argc, char **argv)
{
    if (argc < 6 || argc - 5 > MAX_PLUGINS) {
        fprintf(stderr,
                "usage: %s MUSTER TESTBED WORK_DIR sqlite|postgresql [with MARKER | without MARKER] PLUGIN...\n",
                argv[0]);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct bench b = {.muster = argv[1],
                      .testbed = argv[2],
                      .work = argv[3],
                      .plugins = (const char *const *)(argv + 5),
                      .on_sqlite = strcmp(argv[4], "sqlite") == 0};
    if (argc > 7 && (strcmp(argv[5], "with") == 0 || strcmp(argv[5], "without") == 0)) {
        b.with = strcmp(argv[5], "with") == 0;
        b.marker = argv[6];
        b.plugins += 2;
    }
    nftw(b.work, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    if (mkdir(b.work, 0755) < 0 || !(b.matrix = open_matrix(&b))) {
        perror(b.work);
        return 2;
    }
    json_t *scenarios = b.scenarios = list_scenarios(&b);
    json_t *defects = child_json((const char *const[]){b.testbed, "--list-defects", "--json", NULL});
    if (!json_array_size(scenarios) || !json_array_size(defects)) {
        fprintf(stderr, "there are no scenarios, or no defects, to try\n");
        return 1;
    }
    check_every_scenario_names_a_defect(&b, scenarios);
    check_names_exist(&b, scenarios, defects);
    json_t *tried = selected(&b, scenarios);
    expect_all(&b, NULL, "PASSED", json_array_size(tried));
    json_decref(tried);
    check_every_defect(&b, scenarios, defects);
    json_decref(scenarios);
    json_decref(defects);
    print_matrix(&b);
    fclose(b.matrix);
    printf("%d problems; consoles and results are in %s\n", b.problems, b.work);
    return b.problems ? 1 : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep (security.no_operation_reaches_another_tenant) names each operation that lets somebody through. For each
 * operation of the platform's target file that names a tenant's thing, the platform is started with its route open to
 * other tenants, and again with it open to whoever comes: the sweep must fail, by that operation and by no other. What
 * is added to a copy of the target file must be tried, too.
 *
 *     sweep_test MUSTER TESTBED WORK_DIR TARGET_FILE SECURITY_PLUGIN
 */
#include "child.h"
#include "server.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ROUTE_MAX 320

/* The sweep, as a run's id and as its plugin has it. */
#define SWEEP "security.no_operation_reaches_another_tenant"

struct bench {
    const char *muster, *testbed, *work, *target, *plugin;
    json_t *operations; /* of the target file */
    int runs, problems;
};

static void problem(struct bench *b, const char *defect, const char *what, const char *which)
{
    printf("not ok: %s: %s: %s\n", defect ? defect : "no defect", which, what);
    b->problems++;
}

/* ---- the target file ---- */

static json_t *operations_of(const struct bench *b, const char *file)
{
    json_t *shown = child_json((const char *const[]){b->muster, "target", "show", file, NULL});
    json_t *operations = json_incref(json_object_get(shown, "operations"));
    json_decref(shown);
    return operations;
}

static int names_a_thing(json_t *operation)
{
    const char *name;
    json_t *taken;
    json_object_foreach(json_object_get(operation, "takes"), name, taken)
    {
        if (json_is_string(json_object_get(taken, "of")))
            return 1;
    }
    return 0;
}

/* The platform's route of the operation: "GET /v1/workloads/{}". */
static void route_of(const json_t *operation, char route[ROUTE_MAX])
{
    const json_t *request = json_array_get(json_object_get(operation, "requests"), 0);
    const char *path = json_string_value(json_object_get(request, "path"));
    const char *method = json_string_value(json_object_get(request, "method"));
    size_t n = (size_t)snprintf(route, ROUTE_MAX, "%s ", method ? method : "?");
    while (path && *path && n + 3 < ROUTE_MAX) {
        if (strncmp(path, "${", 2) == 0) {
            memcpy(route + n, "{}", 2);
            n += 2;
            path += strcspn(path, "}");
            path += *path != '\0';
        } else {
            route[n++] = *path++;
        }
    }
    route[n] = '\0';
}

/* ---- runs ---- */

static void run_muster(const struct bench *b, const struct server *s, const char *target, const char *out)
{
    static const char *const keys[] = {"url", "ws", "admin_user", "admin_password"};
    char console[4096], values[4][1024];
    const char *argv[24] = {b->muster, "run", b->plugin, "-k", SWEEP, "--target", target, "--out", out};
    int n = 9;
    for (int i = 0; i < 4; i++) {
        snprintf(values[i], sizeof values[i], "%s=%s", keys[i], server_value(s, keys[i]));
        argv[n++] = "--set";
        argv[n++] = values[i];
    }
    snprintf(console, sizeof console, "%s.console", out);
    child_run(argv, console);
}

/* What the sweep says of a platform with this defect: its case in results.json; NULL after a problem. */
static json_t *sweep_with(struct bench *b, const char *defect, const char *target)
{
    char out[2048], path[4096];
    struct server s;
    snprintf(out, sizeof out, "%s/%03d", b->work, b->runs++);
    if (mkdir(out, 0755) < 0 || server_start(b->testbed, defect, &s) < 0) {
        problem(b, defect, "could not be started", "the platform");
        return NULL;
    }
    run_muster(b, &s, target, out);
    if (server_stop(&s) < 0)
        problem(b, defect, "did not end as it should", "the platform");
    snprintf(path, sizeof path, "%s/latest/results.json", out);
    json_t *results = json_load_file(path, 0, NULL);
    json_t *scenarios = json_object_get(json_object_get(results, "testRun"), "scenarios");
    json_t *sweep = json_array_size(scenarios) == 1 ? json_incref(json_array_get(scenarios, 0)) : NULL;
    json_decref(results);
    if (!sweep)
        problem(b, defect, "has no result", SWEEP);
    return sweep;
}

static const json_t *failures_of(const json_t *sweep)
{
    return json_object_get(json_array_get(json_object_get(sweep, "attempts"), 0), "failures");
}

static int has_status(const json_t *sweep, const char *wanted)
{
    const char *status = json_string_value(json_object_get(sweep, "status"));
    return status && strcmp(status, wanted) == 0;
}

/* Whether a failed check's message begins with the operation and then `rest`. */
static int is_named(const json_t *sweep, const char *operation, const char *rest)
{
    const json_t *failures = failures_of(sweep);
    char beginning[512];
    snprintf(beginning, sizeof beginning, "%s %s", operation, rest);
    for (size_t i = 0; i < json_array_size(failures); i++) {
        const char *message = json_string_value(json_object_get(json_array_get(failures, i), "message"));
        if (message && strncmp(message, beginning, strlen(beginning)) == 0)
            return 1;
    }
    return 0;
}

/* Checks that an operation is refused which were red though its route is sound. */
static void check_no_other_is_named(struct bench *b, const json_t *sweep, const char *defect, const char *route)
{
    const json_t *failures = failures_of(sweep);
    for (size_t i = 0; i < json_array_size(failures); i++) {
        const char *message = json_string_value(json_object_get(json_array_get(failures, i), "message"));
        char name[128], own[ROUTE_MAX];
        snprintf(name, sizeof name, "%.*s", message ? (int)strcspn(message, " ") : 0, message ? message : "");
        json_t *operation = json_object_get(b->operations, name);
        if (!operation)
            continue; /* it is about what has become of the owner's things */
        route_of(operation, own);
        if (strcmp(own, route) != 0)
            problem(b, defect, "is named, and is sound", name);
    }
}

/* ---- what is proven ---- */

static void check_defect(struct bench *b, const char *kind, const char *who, const char *operation, const char *route)
{
    char defect[ROUTE_MAX + 16];
    snprintf(defect, sizeof defect, "%s %s", kind, route);
    json_t *sweep = sweep_with(b, defect, b->target);
    if (sweep && !has_status(sweep, "FAILED"))
        problem(b, defect, "the sweep has not failed", operation);
    else if (sweep && !is_named(sweep, operation, who))
        problem(b, defect, "is not named", operation);
    else if (sweep)
        printf("ok: %s: %s is named\n", defect, operation);
    check_no_other_is_named(b, sweep, defect, route);
    json_decref(sweep);
}

static void check_every_operation(struct bench *b)
{
    const char *name;
    json_t *operation;
    int n = 0;
    json_object_foreach(b->operations, name, operation)
    {
        char route[ROUTE_MAX];
        if (!names_a_thing(operation))
            continue;
        route_of(operation, route);
        check_defect(b, "foreign", "by another tenant's administrator is", name, route);
        check_defect(b, "open", "by nobody is", name, route);
        n++;
    }
    printf("# %d operations name a thing of a tenant\n", n);
    if (n == 0)
        problem(b, NULL, "names no thing of a tenant", "the target file");
}

static void check_sound(struct bench *b)
{
    json_t *sweep = sweep_with(b, NULL, b->target);
    if (sweep && !has_status(sweep, "PASSED"))
        problem(b, NULL, "has not passed", SWEEP);
    json_decref(sweep);
}

/* The target file with more operations at its end, which is inside `operations`. */
static int write_target(const struct bench *b, const char *path, const char *more)
{
    char buf[4096];
    size_t n;
    FILE *in = fopen(b->target, "re"), *out = fopen(path, "we");
    int bad = !in || !out;
    while (!bad && (n = fread(buf, 1, sizeof buf, in)) > 0)
        bad = fwrite(buf, 1, n, out) != n;
    bad = bad || fputs(more, out) < 0;
    if (in)
        bad |= fclose(in) != 0;
    if (out)
        bad |= fclose(out) != 0;
    return bad ? -1 : 0;
}

/* An operation is covered on the day on which it enters the target file; one about things that nothing makes is told.
 */
static void check_new_operations(struct bench *b)
{
    static const char more[] = "  workload.peek:\n"
                               "    takes: {id: {type: str, of: workload}}\n"
                               "    request: {path: \"/v1/workloads/${id}\"}\n"
                               "  gadget.peek:\n"
                               "    takes: {id: {type: str, of: gadget}}\n"
                               "    request: {path: \"/v1/gadgets/${id}\"}\n";
    static const char defect[] = "foreign GET /v1/workloads/{}";
    char path[2048];
    snprintf(path, sizeof path, "%s/more.target.yaml", b->work);
    if (write_target(b, path, more) < 0) {
        problem(b, NULL, "could not be written", path);
        return;
    }
    json_t *sweep = sweep_with(b, defect, path);
    if (!is_named(sweep, "workload.peek", "by another tenant's administrator is"))
        problem(b, defect, "is not named", "workload.peek, which is new");
    if (!is_named(sweep, "gadget.peek", "can't be tried: there is no gadget"))
        problem(b, defect, "is not named", "gadget.peek, of which there is nothing to try");
    json_decref(sweep);
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
    if (argc != 6) {
        fprintf(stderr, "usage: %s MUSTER TESTBED WORK_DIR TARGET_FILE SECURITY_PLUGIN\n", argv[0]);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct bench b = {.muster = argv[1], .testbed = argv[2], .work = argv[3], .target = argv[4], .plugin = argv[5]};
    nftw(b.work, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    if (mkdir(b.work, 0755) < 0) {
        perror(b.work);
        return 2;
    }
    b.operations = operations_of(&b, b.target);
    check_sound(&b);
    check_new_operations(&b);
    check_every_operation(&b);
    json_decref(b.operations);
    printf("%d problems in %d runs; consoles and results are in %s\n", b.problems, b.runs, b.work);
    return b.problems ? 1 : 0;
}

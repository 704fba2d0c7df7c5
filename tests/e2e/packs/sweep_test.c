/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep (security.no_operation_reaches_another_tenant) names each operation that lets somebody through. For each
 * operation of the platform's target file that names a tenant's thing, the platform is started with its route open to
 * other tenants, and again with it open to whoever comes: the sweep must fail, by that operation and by no other, and
 * for each role of a tenant. What is added to a copy of the target file must be tried, too.
 *
 * The trial of roles (security.every_role_may_do_what_the_target_file_says) names each operation and role on a platform
 * that looks at roles nowhere, and on one that lets the administrator alone do anything.
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
#define ROLES "security.every_role_may_do_what_the_target_file_says"

struct bench {
    const char *muster, *testbed, *work, *target, *plugin;
    json_t *operations, *roles; /* of the target file */
    int runs, problems;
};

static void problem(struct bench *b, const char *defect, const char *what, const char *which)
{
    printf("not ok: %s: %s: %s\n", defect ? defect : "no defect", which, what);
    b->problems++;
}

/* ---- the target file ---- */

static void read_target(struct bench *b)
{
    json_t *shown = child_json((const char *const[]){b->muster, "target", "show", b->target, NULL});
    b->operations = json_incref(json_object_get(shown, "operations"));
    b->roles = json_incref(json_object_get(shown, "roles"));
    json_decref(shown);
}

static int names_a_thing(json_t *operation)
{
    const char *name;
    json_t *taken;
    if (json_object_get(operation, "page"))
        return 0; /* of a browser, not of the sweep */
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

static void run_muster(const struct bench *b, const struct server *s, const char *scenario, const char *target,
                       const char *out)
{
    static const char *const keys[] = {"url", "ws", "admin_user", "admin_password"};
    char console[4096], values[4][1024];
    const char *argv[24] = {b->muster, "run", b->plugin, "-k", scenario, "--target", target, "--out", out};
    int n = 9;
    for (int i = 0; i < 4; i++) {
        snprintf(values[i], sizeof values[i], "%s=%s", keys[i], server_value(s, keys[i]));
        argv[n++] = "--set";
        argv[n++] = values[i];
    }
    snprintf(console, sizeof console, "%s.console", out);
    child_run(argv, console);
}

/* What the scenario says of a platform with this defect: its case in results.json; NULL after a problem. */
static json_t *case_with(struct bench *b, const char *scenario, const char *defect, const char *target)
{
    char out[2048], path[4096];
    struct server s;
    snprintf(out, sizeof out, "%s/%03d", b->work, b->runs++);
    if (mkdir(out, 0755) < 0 || server_start(b->testbed, defect, &s) < 0) {
        problem(b, defect, "could not be started", "the platform");
        return NULL;
    }
    run_muster(b, &s, scenario, target, out);
    if (server_stop(&s) < 0)
        problem(b, defect, "did not end as it should", "the platform");
    snprintf(path, sizeof path, "%s/latest/results.json", out);
    json_t *results = json_load_file(path, 0, NULL);
    json_t *scenarios = json_object_get(json_object_get(results, "testRun"), "scenarios");
    json_t *sweep = json_array_size(scenarios) == 1 ? json_incref(json_array_get(scenarios, 0)) : NULL;
    json_decref(results);
    if (!sweep)
        problem(b, defect, "has no result", scenario);
    return sweep;
}

static json_t *sweep_with(struct bench *b, const char *defect, const char *target)
{
    return case_with(b, SWEEP, defect, target);
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

static void check_defect(struct bench *b, const char *kind, const char *operation, const char *route,
                         void (*check_named)(struct bench *b, const json_t *sweep, const char *defect,
                                             const char *operation))
{
    char defect[ROUTE_MAX + 16];
    snprintf(defect, sizeof defect, "%s %s", kind, route);
    json_t *sweep = sweep_with(b, defect, b->target);
    if (sweep && !has_status(sweep, "FAILED"))
        problem(b, defect, "the sweep has not failed", operation);
    else if (sweep)
        check_named(b, sweep, defect, operation);
    check_no_other_is_named(b, sweep, defect, route);
    json_decref(sweep);
}

static void check_named_by(struct bench *b, const json_t *result, const char *defect, const char *operation,
                           const char *who)
{
    if (is_named(result, operation, who))
        printf("ok: %s: %s %s named\n", defect, operation, who);
    else
        problem(b, defect, "is not named", operation);
}

static void check_named_by_nobody(struct bench *b, const json_t *sweep, const char *defect, const char *operation)
{
    check_named_by(b, sweep, defect, operation, "by nobody is");
}

static void check_named_by_roles(struct bench *b, const json_t *sweep, const char *defect, const char *operation)
{
    const char *name;
    json_t *role;
    json_object_foreach(b->roles, name, role)
    {
        char who[256];
        snprintf(who, sizeof who, "by a %s of another tenant is", name);
        if (json_is_true(json_object_get(role, "tenant")))
            check_named_by(b, sweep, defect, operation, who);
    }
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
        check_defect(b, "foreign", name, route, check_named_by_roles);
        check_defect(b, "open", name, route, check_named_by_nobody);
        n++;
    }
    printf("# %d operations name a thing of a tenant\n", n);
    if (n == 0)
        problem(b, NULL, "names no thing of a tenant", "the target file");
}

static void check_sound(struct bench *b, const char *scenario)
{
    json_t *result = case_with(b, scenario, NULL, b->target);
    if (result && !has_status(result, "PASSED"))
        problem(b, NULL, "has not passed", scenario);
    json_decref(result);
}

/* ---- roles ---- */

static int is_allowed(const json_t *operation, const char *role)
{
    const json_t *allowed = json_object_get(operation, "allowed");
    for (size_t i = 0; i < json_array_size(allowed); i++)
        if (strcmp(json_string_value(json_array_get(allowed, i)), role) == 0)
            return 1;
    return 0;
}

/* What the two defects don't reach: what asks for more than a role, as whose own it is; what is refused to everyone,
 * whoever he is; and streams and pages, which are nobody's route. */
static int is_decided_elsewhere(const char *name, const json_t *operation, int strict)
{
    static const char *const names[] = {"token.revoke", "api_key.create", "api_key.delete", "user.get", "user.update"};
    for (size_t i = 0; !strict && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return 1;
    return json_is_true(json_object_get(operation, "anyone")) || json_object_get(operation, "websocket") ||
           json_object_get(operation, "page") || json_array_size(json_object_get(operation, "allowed")) == 0;
}

/* Each role that is not allowed is let through; `strict`: each that is allowed, other than the administrator, is not.
 */
static void check_roles(struct bench *b, const char *defect, int strict)
{
    json_t *result = case_with(b, ROLES, defect, b->target), *operation, *role;
    const char *name, *of;
    if (result && !has_status(result, "FAILED"))
        problem(b, defect, "has not failed", ROLES);
    json_object_foreach(b->operations, name, operation)
    {
        if (is_decided_elsewhere(name, operation, strict))
            continue;
        json_object_foreach(b->roles, of, role)
        {
            char who[256];
            snprintf(who, sizeof who, "by a %s is", of);
            if (is_allowed(operation, of) == strict && strcmp(of, "platform_admin") != 0)
                check_named_by(b, result, defect, name, who);
        }
    }
    json_decref(result);
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
    if (!is_named(sweep, "workload.peek", "by a tenant_admin of another tenant is"))
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
    read_target(&b);
    check_sound(&b, SWEEP);
    check_sound(&b, ROLES);
    check_roles(&b, "roles-unchecked", 0);
    check_roles(&b, "roles-too-strict", 1);
    check_new_operations(&b);
    check_every_operation(&b);
    json_decref(b.operations);
    json_decref(b.roles);
    printf("%d problems in %d runs; consoles and results are in %s\n", b.problems, b.runs, b.work);
    return b.problems ? 1 : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The smallest host: maps plugins, walks their tables, and with --run calls the scenarios. It shows what a plugin
 * brings without the runner's help, so that a lost scenario is seen to be lost by the linker and not by the runner.
 *
 *     loader [--run] [--global] PLUGIN.so ...
 *     plugin abi.every 1.0.0 minor 1
 *     needs 1.1                              when it uses what 1.0 did not have
 *     scenario every.c:32 every_field e2e priority_p0
 *     fixture tenant(str plan=free) scope 1
 *     step negated(i32 value=1) i32
 *     cleanup row.remove
 *     passed every_field                     (--run)
 *     passed every_row[plan=pro,seats=10]
 *     negated: -1
 *
 * Fixtures of every scope are made in the attempt; rows of files are not read; each step is called once, in a process
 * for all of them. --global maps them all into one name space, where one might see another's symbols. All plugins are
 * mapped before the first is asked. Exits with 3 when one has nothing in it, 1 when one can't be mapped or its table is
 * wrong; verdicts don't count. Each case runs in a process of its own.
 */
#include "loader.h"

#include <muster/ext/artifacts.h>
#include <muster/ext/attempt.h>
#include <muster/ext/ledger.h>
#include <muster/ext/metrics.h>
#include <muster/ext/steps.h>
#include <muster/ext/target.h>
#include <muster/plugin.h>

#include <dlfcn.h>
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum verdict { PASSED, FAILED, SKIPPED, ERRORED };
static const char *const verdict_names[] = {"passed", "failed", "skipped", "error"};

/* The attempt: one a process. */
struct attempt {
    struct muster_ctx ctx; /* first: the context that a plugin gets is this */
    const struct muster_plugin *plugin;
    const struct muster_scenario *scenario; /* NULL: the plugin's steps are called */
    struct user user;
    enum verdict verdict;
    size_t n_deferred;
    struct {
        const struct muster_cleanup *cleanup;
        char *payload;
    } deferred[16];
};

static struct attempt *attempt_of(struct muster_ctx *ctx)
{
    return (struct attempt *)ctx;
}

struct user *user_of(struct muster_ctx *t)
{
    return &attempt_of(t)->user;
}

static _Noreturn void end_attempt(struct attempt *a)
{
    if (a->scenario && a->scenario->teardown && !a->user.fixture)
        a->scenario->teardown(&a->ctx);
    tear_down_fixtures(&a->ctx);
    while (a->n_deferred > 0) {
        a->n_deferred--;
        a->deferred[a->n_deferred].cleanup->run(&a->ctx, a->deferred[a->n_deferred].payload);
        free(a->deferred[a->n_deferred].payload);
    }
    fflush(NULL);
    _exit(a->verdict);
}

static void host_log(struct muster_ctx *ctx, int32_t level, const char *file, uint32_t line, const char *text,
                     uint64_t length)
{
    (void)ctx, (void)file;
    fprintf(stderr, "  log %" PRId32 " line %" PRIu32 ": %.*s\n", level, line, (int)length, text);
}

static void host_check(struct muster_ctx *ctx, const struct muster_check *c)
{
    struct attempt *a = attempt_of(ctx);
    if (c->size != sizeof *c)
        errx(1, "a check of %" PRIu32 " bytes", c->size);
    if (c->flags & MUSTER_CHECK_PASSED)
        return;
    fprintf(stderr, "  %s:%" PRIu32 ": %s: %s, %s (%s)\n", c->file, c->line, c->expression, c->actual ? c->actual : "",
            c->expected ? c->expected : "", c->message ? c->message : "");
    a->verdict = FAILED;
    if (c->flags & MUSTER_CHECK_REQUIRED)
        end_attempt(a);
}

static void host_stop(struct muster_ctx *ctx, int32_t how, const char *file, uint32_t line, const char *reason)
{
    struct attempt *a = attempt_of(ctx);
    fprintf(stderr, "  stop %" PRId32 " at %s:%" PRIu32 ": %s\n", how, file ? file : "", line, reason ? reason : "");
    if (a->verdict == PASSED)
        a->verdict = how == MUSTER_STOP_SKIP ? SKIPPED : how == MUSTER_STOP_FAIL ? FAILED : ERRORED;
    end_attempt(a);
}

static const struct muster_attempt_info *attempt_info(struct muster_ctx *ctx)
{
    static const struct muster_attempt_info info = {.size = sizeof info,
                                                    .attempt = 1,
                                                    .run_id = "run",
                                                    .case_id = "case",
                                                    .temp_dir = "/tmp",
                                                    .artifacts_dir = "/tmp"};
    (void)ctx;
    return &info;
}

static uint64_t attempt_remaining(struct muster_ctx *ctx)
{
    (void)ctx;
    return UINT64_MAX;
}

static uint32_t steps_begin(struct muster_ctx *ctx, const char *name)
{
    static uint32_t number;
    (void)ctx;
    fprintf(stderr, "  step %s\n", name);
    return ++number;
}

static void steps_end(struct muster_ctx *ctx, uint32_t step)
{
    (void)ctx;
    fprintf(stderr, "  end of step %" PRIu32 "\n", step);
}

static int32_t attach(struct muster_ctx *ctx, const char *name, const char *media_type, const void *data,
                      uint64_t length)
{
    (void)ctx, (void)media_type, (void)data;
    fprintf(stderr, "  artifact %s of %" PRIu64 " bytes\n", name, length);
    return 0;
}

static int32_t attach_file(struct muster_ctx *ctx, const char *name, const char *media_type, const char *path)
{
    (void)ctx, (void)media_type;
    fprintf(stderr, "  artifact %s from %s\n", name, path);
    return 0;
}

static void metric(struct muster_ctx *ctx, const char *name, double value, const char *unit)
{
    (void)ctx;
    fprintf(stderr, "  metric %s %g %s\n", name, value, unit ? unit : "");
}

static const char *target_value(struct muster_ctx *ctx, const char *key)
{
    (void)ctx, (void)key;
    return NULL;
}

static void defer(struct muster_ctx *ctx, const char *cleanup, const char *payload)
{
    struct attempt *a = attempt_of(ctx);
    for (uint64_t i = 0; i < a->plugin->n_cleanups; i++) {
        const struct muster_cleanup *c = a->plugin->cleanups[i];
        if (!c || strcmp(c->name, cleanup) != 0)
            continue;
        if (a->n_deferred == sizeof a->deferred / sizeof a->deferred[0])
            errx(1, "more cleanups than this host keeps");
        a->deferred[a->n_deferred].cleanup = c;
        a->deferred[a->n_deferred++].payload = strdup(payload ? payload : "");
        return;
    }
    host_stop(ctx, MUSTER_STOP_ERROR, NULL, 0, "no such cleanup");
}

static const char *param_value(struct muster_ctx *ctx, const char *name)
{
    return values_get(user_of(ctx)->values, name);
}

static const void *host_extension(struct muster_ctx *ctx, const char *id, uint32_t wanted_size)
{
    static const struct muster_ext_attempt x_attempt = {sizeof x_attempt, 0, attempt_info, attempt_remaining};
    static const struct muster_ext_steps x_steps = {sizeof x_steps, 0, steps_begin, steps_end};
    static const struct muster_ext_artifacts x_artifacts = {sizeof x_artifacts, 0, attach, attach_file};
    static const struct muster_ext_metrics x_metrics = {sizeof x_metrics, 0, metric, NULL};
    static const struct muster_ext_target x_target = {sizeof x_target, 0, target_value, NULL, NULL};
    static const struct muster_ext_ledger x_ledger = {sizeof x_ledger, 0, defer};
    static const struct muster_ext_params x_params = {sizeof x_params, 0, param_value};
    const struct {
        const char *id;
        const void *table;
    } extensions[] = {{MUSTER_EXT_ATTEMPT, &x_attempt},     {MUSTER_EXT_STEPS, &x_steps},
                      {MUSTER_EXT_ARTIFACTS, &x_artifacts}, {MUSTER_EXT_METRICS, &x_metrics},
                      {MUSTER_EXT_TARGET, &x_target},       {MUSTER_EXT_LEDGER, &x_ledger},
                      {MUSTER_EXT_PARAMS, &x_params},       {MUSTER_EXT_FIXTURES, fixtures_extension()}};
    (void)ctx;
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++)
        if (strcmp(extensions[i].id, id) == 0)
            return *(const uint32_t *)extensions[i].table >= wanted_size ? extensions[i].table : NULL;
    return NULL;
}

static const struct muster_host host = {sizeof host, MUSTER_ABI_MINOR, host_extension, host_log, host_check, host_stop};

static _Noreturn void run_case(const struct muster_plugin *p, const struct muster_scenario *s, const struct values *v)
{
    struct attempt a = {.ctx = {&host}, .plugin = p, .scenario = s, .user = {v, NULL}};
    char nothing[1];
    if (!set_up_fixtures(p, &a.ctx, s->uses, v))
        host_stop(&a.ctx, MUSTER_STOP_ERROR, NULL, 0, "a fixture is missing or not ready");
    if (s->setup)
        s->setup(&a.ctx);
    if (s->run)
        s->run(&a.ctx);
    else
        call_typed(s->call, MUSTER_TYPE_NONE, &a.ctx, v, nothing, sizeof nothing);
    end_attempt(&a);
}

static _Noreturn void call_steps(const struct muster_plugin *p)
{
    struct attempt a = {.ctx = {&host}, .plugin = p};
    for (uint64_t i = 0; i < p->n_steps; i++) {
        const struct muster_step *s = p->steps[i];
        struct values v;
        char text[256];
        if (!s)
            continue;
        values_init(&v, s->params);
        a.user = (struct user){&v, NULL};
        call_typed(s->call, s->returns, &a.ctx, &v, text, sizeof text);
        printf("%s: %s\n", s->name, text);
    }
    end_attempt(&a);
}

/* In a process of its own: a case, or without a scenario the steps. */
static const char *verdict_on(const struct muster_plugin *p, const struct muster_scenario *s, const struct values *v)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0)
        err(1, "fork");
    if (pid == 0 && s)
        run_case(p, s, v);
    if (pid == 0)
        call_steps(p);
    int status;
    if (waitpid(pid, &status, 0) != pid)
        err(1, "waitpid");
    bool told = WIFEXITED(status) && WEXITSTATUS(status) <= ERRORED;
    return told ? verdict_names[WEXITSTATUS(status)] : "crashed";
}

static void run_cases(const struct muster_plugin *p, const struct muster_scenario *s)
{
    for (size_t i = 0; i < count_cases(s); i++) {
        struct values v;
        char id[512];
        describe_case(s, i, &v, id, sizeof id);
        printf("%s %s\n", verdict_on(p, s, &v), id);
    }
}

static void run_all(const struct muster_plugin *p, const struct muster_scenario *scenarios, size_t n)
{
    for (size_t i = 0; i < n; i++)
        run_cases(p, &scenarios[i]);
    if (p->n_steps == 0)
        return;
    const char *verdict = verdict_on(p, NULL, NULL);
    if (strcmp(verdict, "passed") != 0)
        printf("%s steps\n", verdict);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int by_place(const void *a, const void *b)
{
    const struct muster_scenario *l = a, *r = b;
    int order = strcmp(l->file, r->file);
    return order ? order : (l->line > r->line) - (l->line < r->line);
}

/* What the structs had in 1.0: sdk/abi/1.0/layout.txt. */
enum { SCENARIO_1_0 = 104, PLUGIN_1_0 = 72, PLUGIN_1_1 = 104 };

static bool any_byte_beyond(const void *table, size_t known, size_t size)
{
    const unsigned char *bytes = table;
    for (size_t i = known; i < size; i++)
        if (bytes[i])
            return true;
    return false;
}

/* A copy of our size, since one of 1.0 is shorter. */
static struct muster_scenario take_scenario(const struct muster_scenario *theirs)
{
    struct muster_scenario s = {0};
    if (theirs->size != sizeof s && theirs->size != SCENARIO_1_0)
        errx(1, "a scenario's table has %" PRIu32 " bytes", theirs->size);
    memcpy(&s, theirs, theirs->size);
    if (!s.id || !s.run == !s.call || s.reserved || s.reserved2)
        errx(1, "a scenario's table is wrong");
    return s;
}

static void print_scenario(const struct muster_scenario *s)
{
    printf("scenario %s:%" PRIu32 " %s", base_name(s->file), s->line, s->id);
    for (const char *const *m = s->markers; m && *m; m++)
        printf(" %s", *m);
    putchar('\n');
}

static size_t print_fixtures(const struct muster_plugin *p)
{
    size_t n = 0;
    for (uint64_t i = 0; i < p->n_fixtures; i++) {
        const struct muster_fixture *f = p->fixtures[i];
        if (!f)
            continue;
        if (f->size != sizeof *f || !f->name || !f->setup || f->scope < MUSTER_SCOPE_ATTEMPT ||
            f->scope > MUSTER_SCOPE_RUN || f->reserved)
            errx(1, "a fixture's table is wrong");
        printf("fixture %s", f->name);
        print_params(f->params);
        printf(" scope %" PRIu32 "\n", f->scope);
        n++;
    }
    return n;
}

static size_t print_steps(const struct muster_plugin *p)
{
    size_t n = 0;
    for (uint64_t i = 0; i < p->n_steps; i++) {
        const struct muster_step *s = p->steps[i];
        if (!s)
            continue;
        if (s->size != sizeof *s || !s->name || !s->call)
            errx(1, "a step's table is wrong");
        printf("step %s", s->name);
        print_params(s->params);
        printf(" %s\n", type_name(s->returns));
        n++;
    }
    return n;
}

static struct muster_plugin take_plugin(const struct muster_plugin *theirs)
{
    struct muster_plugin p = {0};
    if (!theirs || (theirs->size != sizeof p && theirs->size != PLUGIN_1_0 && theirs->size != PLUGIN_1_1))
        errx(1, "no table, or one of another size");
    memcpy(&p, theirs, theirs->size);
    return p;
}

/* Returns how much there is in it. */
static size_t walk(const struct muster_plugin *p, bool run)
{
    printf("plugin %s %s minor %" PRIu32 "\n", p->name, p->version, p->abi_minor);
    struct muster_scenario *sorted = calloc(p->n_scenarios + 1, sizeof *sorted);
    if (!sorted)
        err(1, "calloc");
    bool newer = any_byte_beyond(p, PLUGIN_1_0, sizeof *p);
    size_t n = 0;
    for (uint64_t i = 0; i < p->n_scenarios; i++) {
        if (!p->scenarios[i])
            continue;
        sorted[n] = take_scenario(p->scenarios[i]);
        newer |= any_byte_beyond(&sorted[n++], SCENARIO_1_0, sizeof *sorted);
    }
    if (newer)
        puts("needs 1.1");
    qsort(sorted, n, sizeof *sorted, by_place);
    for (size_t i = 0; i < n; i++)
        print_scenario(&sorted[i]);
    size_t others = print_fixtures(p) + print_steps(p);
    for (uint64_t i = 0; i < p->n_cleanups; i++)
        if (p->cleanups[i])
            printf("cleanup %s\n", p->cleanups[i]->name);
    if (run)
        run_all(p, sorted, n);
    free(sorted);
    return n + others;
}

int main(int argc, char **argv)
{
    bool run = false;
    int mode = RTLD_NOW | RTLD_LOCAL, first = 1, status = 0;
    for (; first < argc && argv[first][0] == '-'; first++) {
        if (strcmp(argv[first], "--run") == 0)
            run = true;
        else if (strcmp(argv[first], "--global") == 0)
            mode = RTLD_NOW | RTLD_GLOBAL;
        else
            errx(2, "%s: unknown option", argv[first]);
    }
    for (int i = first; i < argc; i++)
        if (!dlopen(argv[i], mode))
            errx(1, "%s", dlerror());
    for (int i = first; i < argc; i++) {
        void *handle = dlopen(argv[i], mode | RTLD_NOLOAD);
        const struct muster_plugin *(*entry)(uint32_t);
        *(void **)&entry = dlsym(handle, "muster_plugin_v1");
        if (!entry)
            errx(1, "%s", dlerror());
        struct muster_plugin p = take_plugin(entry(MUSTER_ABI_MINOR));
        if (walk(&p, run) == 0) {
            fprintf(stderr, "%s: no scenario, fixture or step\n", argv[i]);
            status = 3;
        }
    }
    return status;
}

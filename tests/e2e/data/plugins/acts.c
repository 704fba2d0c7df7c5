/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Step functions for the tests of scenarios as data, each good for one question. They meet the test through what they
 * print, and through files in the folder that `--set dir=` names. The tables are written out, without the SDK's macros:
 * so they test the interface itself.
 */
#include <muster/muster.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PARAM(id_, type_, fallback_)                                                                                   \
    (&(const struct muster_param){                                                                                     \
        .size = sizeof(struct muster_param), .type = MUSTER_TYPE_##type_, .name = #id_, .fallback = (fallback_)})
#define STEP_FUNCTION(id_, returns_, summary_, ...)                                                                    \
    static const struct muster_param *const id_##_params[] = {__VA_ARGS__ __VA_OPT__(, ) NULL};                        \
    static const struct muster_step step_##id_ = {.size = sizeof step_##id_,                                           \
                                                  .returns = MUSTER_TYPE_##returns_,                                   \
                                                  .name = #id_,                                                        \
                                                  .summary = (summary_),                                               \
                                                  .file = __FILE__,                                                    \
                                                  .line = __LINE__,                                                    \
                                                  .params = id_##_params,                                              \
                                                  .call = (void (*)(void))id_};

static void say(struct muster_ctx *t, const char *text)
{
    (void)t;
    printf("%s\n", text);
}
STEP_FUNCTION(say, NONE, "Prints a line", PARAM(text, STR, NULL))

static int64_t add(struct muster_ctx *t, int64_t a, int64_t b)
{
    (void)t;
    return a + b;
}
STEP_FUNCTION(add, I64, "The sum of two numbers", PARAM(a, I64, NULL), PARAM(b, I64, "1"))

static const char *echo(struct muster_ctx *t, const char *value)
{
    (void)t;
    return value;
}
STEP_FUNCTION(echo, JSON, "What it was given", PARAM(value, JSON, NULL))

/* Every type, as it arrived. */
static const char *all_types(struct muster_ctx *t, int32_t a, int64_t b, uint64_t c, double d, int32_t e, const char *f,
                             const char *g)
{
    (void)t;
    static _Thread_local char text[512];
    snprintf(text, sizeof text, "{\"a\":%d,\"b\":%lld,\"c\":\"%llu\",\"d\":%.17g,\"e\":%s,\"f\":\"%s\",\"g\":%s}", a,
             (long long)b, (unsigned long long)c, d, e ? "true" : "false", f, g);
    return text;
}
STEP_FUNCTION(all_types, JSON, "Every type, as it arrived", PARAM(a, I32, NULL), PARAM(b, I64, NULL),
              PARAM(c, U64, NULL), PARAM(d, F64, "1.5"), PARAM(e, BOOL, "false"), PARAM(f, STR, "text"),
              PARAM(g, JSON, "[]"))

static void check(struct muster_ctx *t, int32_t ok)
{
    CHECK(ok);
}
STEP_FUNCTION(check, NONE, "A check, that goes on", PARAM(ok, BOOL, NULL))

static void require(struct muster_ctx *t, int32_t ok)
{
    REQUIRE(ok);
}
STEP_FUNCTION(require, NONE, "A check that ends", PARAM(ok, BOOL, NULL))

static void stop(struct muster_ctx *t, const char *how)
{
    if (strcmp(how, "skip") == 0)
        SKIP("it does not apply here");
    if (strcmp(how, "fail") == 0)
        FAIL("the product is at fault");
    t->host->stop(t, MUSTER_STOP_ERROR, __FILE__, __LINE__, "the surroundings are at fault");
}
STEP_FUNCTION(stop, NONE, "Ends the attempt", PARAM(how, STR, NULL))

/* How often it was called, by name. */
static int32_t count(const char *name)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct {
        char name[32];
        int32_t n;
    } counts[16];
    int i = 0;
    pthread_mutex_lock(&lock);
    while (i < 15 && counts[i].n > 0 && strcmp(counts[i].name, name) != 0)
        i++;
    snprintf(counts[i].name, sizeof counts[i].name, "%s", name);
    int32_t n = ++counts[i].n;
    pthread_mutex_unlock(&lock);
    return n;
}

static int32_t calls(struct muster_ctx *t, const char *name)
{
    (void)t;
    return count(name);
}
STEP_FUNCTION(calls, I32, "How often it was called", PARAM(name, STR, NULL))

/* Fails until it was called often enough. */
static int32_t flaky(struct muster_ctx *t, const char *name, int32_t fails, int32_t required)
{
    int32_t n = count(name);
    if (required)
        REQUIRE_INT(n, >, fails);
    else
        CHECK_INT(n, >, fails);
    return n;
}
STEP_FUNCTION(flaky, I32, "Fails the first times", PARAM(name, STR, NULL), PARAM(fails, I32, "2"),
              PARAM(required, BOOL, "true"))

/* A workload that needs some looks before it runs. */
static const char *look(struct muster_ctx *t, const char *name, int32_t after)
{
    (void)t;
    static _Thread_local char text[128];
    int32_t n = count(name);
    snprintf(text, sizeof text, "{\"status\":\"%s\",\"looks\":%d}", n > after ? "running" : "starting", n);
    return text;
}
STEP_FUNCTION(look, JSON, "Running after some looks", PARAM(name, STR, NULL), PARAM(after, I32, "3"))

static void hang(struct muster_ctx *t)
{
    (void)t;
    for (;;)
        pause();
}
STEP_FUNCTION(hang, NONE, "Never comes back")

static void hang_inside(struct muster_ctx *t)
{
    STEP("inner")
    {
        hang(t);
    }
}
STEP_FUNCTION(hang_inside, NONE, "Never comes back, from a step of its own")

static void crash(struct muster_ctx *t)
{
    (void)t;
    abort();
}
STEP_FUNCTION(crash, NONE, "Aborts")

/* Two that call it at the same time both go on; one alone waits for good. */
static void meet(struct muster_ctx *t, int32_t others)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static pthread_cond_t came = PTHREAD_COND_INITIALIZER;
    static int32_t here;
    (void)t;
    pthread_mutex_lock(&lock);
    here++;
    pthread_cond_broadcast(&came);
    while (here < others)
        pthread_cond_wait(&came, &lock);
    pthread_mutex_unlock(&lock);
}
STEP_FUNCTION(meet, NONE, "Waits until as many are here", PARAM(others, I32, "2"))

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int released, went_on;
} lag_state = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0};

/* Comes back after it was given up: its check must not count, and it must not go on. */
static void lag(struct muster_ctx *t)
{
    pthread_mutex_lock(&lag_state.lock);
    while (!lag_state.released)
        pthread_cond_wait(&lag_state.changed, &lag_state.lock);
    pthread_mutex_unlock(&lag_state.lock);
    CHECK(0);
    pthread_mutex_lock(&lag_state.lock);
    lag_state.went_on = 1;
    pthread_cond_broadcast(&lag_state.changed);
    pthread_mutex_unlock(&lag_state.lock);
}
STEP_FUNCTION(lag, NONE, "Comes back when it is released")

static void release(struct muster_ctx *t)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    pthread_mutex_lock(&lag_state.lock);
    lag_state.released = 1;
    pthread_cond_broadcast(&lag_state.changed);
    while (!lag_state.went_on && pthread_cond_timedwait(&lag_state.changed, &lag_state.lock, &until) == 0)
        ;
    int went_on = lag_state.went_on;
    pthread_mutex_unlock(&lag_state.lock);
    REQUIRE(!went_on);
}
STEP_FUNCTION(release, NONE, "Lets the one that lags come back, and waits a second for it to go on")

/* Steps of its own, inside the step that it is. */
static void nested(struct muster_ctx *t, int32_t ok)
{
    STEP("inner")
    {
        REQUIRE(ok);
    }
}
STEP_FUNCTION(nested, NONE, "Has a step of its own", PARAM(ok, BOOL, "true"))

static void create(struct muster_ctx *t, const char *name)
{
    char path[4096];
    DEFER("file.remove", name);
    snprintf(path, sizeof path, "%s/%s", m_target(t, "dir"), name);
    FILE *f = fopen(path, "w");
    REQUIRE(f != NULL);
    fclose(f);
}
STEP_FUNCTION(create, NONE, "Makes a file, which a cleanup removes", PARAM(name, STR, NULL))

static const char *not_json(struct muster_ctx *t)
{
    (void)t;
    return "{not json";
}
STEP_FUNCTION(not_json, JSON, "Lies about what it returns")

static const char *too_large(struct muster_ctx *t)
{
    (void)t;
    return "{\"n\": 18446744073709551616}";
}
STEP_FUNCTION(too_large, JSON, "Returns an integer that takes more than 64 bits")

static const char *nothing(struct muster_ctx *t)
{
    (void)t;
    return NULL;
}
STEP_FUNCTION(nothing, STR, "Returns NULL, which it may not")

static void remove_file(struct muster_ctx *t, const char *payload)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", m_target(t, "dir"), payload);
    unlink(path);
}
static const struct muster_cleanup cleanup = {.size = sizeof cleanup, .name = "file.remove", .run = remove_file};

static const struct muster_step *const steps[] = {
    &step_say,    &step_add,   &step_echo,    &step_all_types, &step_check,       &step_require, &step_stop,
    &step_calls,  &step_flaky, &step_look,    &step_hang,      &step_hang_inside, &step_crash,   &step_meet,
    &step_nested, &step_lag,   &step_release, &step_create,    &step_not_json,    &step_nothing, &step_too_large};
static const struct muster_cleanup *const cleanups[] = {&cleanup};

static const struct muster_plugin plugin = {.size = sizeof plugin,
                                            .abi_minor = MUSTER_ABI_MINOR,
                                            .name = "e2e.acts",
                                            .version = "1.0.0",
                                            .steps = steps,
                                            .n_steps = sizeof steps / sizeof *steps,
                                            .cleanups = cleanups,
                                            .n_cleanups = 1};

MUSTER_EXPORT const struct muster_plugin *muster_plugin_v1(uint32_t host_minor)
{
    (void)host_minor;
    return &plugin;
}

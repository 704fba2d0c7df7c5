/* SPDX-License-Identifier: Apache-2.0 */
/* A host for the kit's tests: an attempt without a runner. */
#include "fake_host.h"

#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static struct fake_host *host_of(struct muster_ctx *t)
{
    return (struct fake_host *)t;
}

static const struct muster_attempt_info *info(struct muster_ctx *t)
{
    return &host_of(t)->info;
}

static uint64_t remaining_ms(struct muster_ctx *t)
{
    uint64_t end = host_of(t)->ends_at_ms, now = now_ms();
    if (!end)
        return UINT64_MAX;
    return end > now ? end - now : 0;
}

enum { MAX_VALUES = 8 };

static const char *find(const struct fake_value *values, const char *name)
{
    for (size_t i = 0; i < MAX_VALUES; i++)
        if (*values[i].name && strcmp(values[i].name, name) == 0)
            return values[i].text;
    return NULL;
}

/* The first of this name, or the first free one. */
static void keep(struct fake_value *values, const char *name, const char *text)
{
    size_t i = 0;
    while (i < MAX_VALUES && *values[i].name && strcmp(values[i].name, name) != 0)
        i++;
    if (i == MAX_VALUES)
        abort();
    snprintf(values[i].name, sizeof values[i].name, "%s", name);
    snprintf(values[i].text, sizeof values[i].text, "%s", text);
}

static const char *param_value(struct muster_ctx *t, const char *name)
{
    return find(host_of(t)->params, name);
}

static const char *target_value(struct muster_ctx *t, const char *key)
{
    return find(host_of(t)->given, key);
}

static const char *target_document(struct muster_ctx *t)
{
    return host_of(t)->document;
}

static const char *const *target_operations(struct muster_ctx *t)
{
    return host_of(t)->operations;
}

static const char *fixture_value(struct muster_ctx *t, const char *fixture, const char *key)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%s", fixture, key);
    return find(host_of(t)->fixtures, name);
}

static void *fixture_pointer(struct muster_ctx *t, const char *fixture)
{
    (void)fixture;
    return host_of(t)->pointer;
}

static void publish(struct muster_ctx *t, const char *key, const char *value)
{
    keep(host_of(t)->published, key, value);
}

static void hand_over(struct muster_ctx *t, void *pointer)
{
    host_of(t)->handed_over = pointer;
}

static void watch(struct muster_ctx *t, int32_t pid, const char *what)
{
    struct fake_host *h = host_of(t);
    h->watched = pid;
    snprintf(h->watched_as, sizeof h->watched_as, "%s", what);
}

static void add_line(char *text, size_t size, const char *line, size_t length, char end)
{
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%.*s%c", (int)length, line, end);
}

static uint32_t begin_step(struct muster_ctx *t, const char *name)
{
    struct fake_host *h = host_of(t);
    pthread_mutex_lock(&h->lock);
    add_line(h->steps, sizeof h->steps, name, strlen(name), ';');
    uint32_t number = (uint32_t)++h->steps_begun;
    pthread_mutex_unlock(&h->lock);
    return number;
}

static void end_step(struct muster_ctx *t, uint32_t step)
{
    struct fake_host *h = host_of(t);
    (void)step;
    pthread_mutex_lock(&h->lock);
    h->steps_ended++;
    pthread_mutex_unlock(&h->lock);
}

static void defer(struct muster_ctx *t, const char *cleanup, const char *payload)
{
    (void)payload;
    snprintf(host_of(t)->deferred, sizeof host_of(t)->deferred, "%s", cleanup);
}

static void record(struct muster_ctx *t, const char *name, double value, const char *unit)
{
    struct fake_host *h = host_of(t);
    (void)unit;
    snprintf(h->metric, sizeof h->metric, "%s", name);
    h->metric_value = value;
    add_line(h->metrics, sizeof h->metrics, name, strlen(name), ';');
}

static void threshold(struct muster_ctx *t, const char *text)
{
    struct fake_host *h = host_of(t);
    add_line(h->thresholds, sizeof h->thresholds, text, strlen(text), ';');
}

static int32_t attach(struct muster_ctx *t, const char *name, const char *media_type, const void *data, uint64_t length)
{
    struct fake_host *h = host_of(t);
    (void)media_type;
    snprintf(h->attached, sizeof h->attached, "%s", name);
    snprintf(h->evidence, sizeof h->evidence, "%.*s", (int)length, (const char *)data);
    return 0;
}

static const void *extension(struct muster_ctx *t, const char *id, uint32_t wanted_size)
{
    static const struct muster_ext_attempt attempt = {
        .size = sizeof attempt, .info = info, .remaining_ms = remaining_ms};
    static const struct muster_ext_params params = {.size = sizeof params, .value = param_value};
    static const struct muster_ext_fixtures fixtures = {.size = sizeof fixtures,
                                                        .value = fixture_value,
                                                        .pointer = fixture_pointer,
                                                        .publish = publish,
                                                        .hand_over = hand_over,
                                                        .watch = watch};
    static const struct muster_ext_steps steps = {.size = sizeof steps, .begin = begin_step, .end = end_step};
    static const struct muster_ext_metrics metrics = {.size = sizeof metrics, .record = record, .threshold = threshold};
    static const struct muster_ext_artifacts artifacts = {.size = sizeof artifacts, .attach = attach};
    static const struct muster_ext_ledger ledger = {.size = sizeof ledger, .defer = defer};
    static const struct muster_ext_target target = {
        .size = sizeof target, .value = target_value, .document = target_document, .operations = target_operations};
    static const struct {
        const char *id;
        const void *table;
        uint32_t size;
    } tables[] = {
        {MUSTER_EXT_ATTEMPT, &attempt, sizeof attempt},    {MUSTER_EXT_PARAMS, &params, sizeof params},
        {MUSTER_EXT_FIXTURES, &fixtures, sizeof fixtures}, {MUSTER_EXT_STEPS, &steps, sizeof steps},
        {MUSTER_EXT_LEDGER, &ledger, sizeof ledger},       {MUSTER_EXT_TARGET, &target, sizeof target},
        {MUSTER_EXT_METRICS, &metrics, sizeof metrics},    {MUSTER_EXT_ARTIFACTS, &artifacts, sizeof artifacts}};
    bool lacks = host_of(t)->lacks_thresholds && strcmp(id, MUSTER_EXT_METRICS) == 0;
    if (lacks && wanted_size > offsetof(struct muster_ext_metrics, threshold))
        return NULL;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if (strcmp(tables[i].id, id) == 0)
            return wanted_size <= tables[i].size ? tables[i].table : NULL;
    return NULL;
}

static void take_log(struct muster_ctx *t, int32_t level, const char *file, uint32_t line, const char *text,
                     uint64_t length)
{
    struct fake_host *h = host_of(t);
    (void)level;
    pthread_mutex_lock(&h->lock);
    snprintf(h->log_file, sizeof h->log_file, "%s", file);
    h->log_line = line;
    add_line(h->log, sizeof h->log, text, (size_t)length, '\n');
    pthread_mutex_unlock(&h->lock);
}

static void take_check(struct muster_ctx *t, const struct muster_check *c)
{
    struct fake_host *h = host_of(t);
    bool passed = c->flags & MUSTER_CHECK_PASSED;
    pthread_mutex_lock(&h->lock);
    h->checks++;
    if (!passed) {
        h->failed++;
        h->line = c->line;
        snprintf(h->expression, sizeof h->expression, "%s", c->expression);
        snprintf(h->file, sizeof h->file, "%s", c->file ? c->file : "");
        snprintf(h->actual, sizeof h->actual, "%s", c->actual ? c->actual : "");
        snprintf(h->expected, sizeof h->expected, "%s", c->expected ? c->expected : "");
        snprintf(h->message, sizeof h->message, "%s", c->message ? c->message : "");
    }
    pthread_mutex_unlock(&h->lock);
    if (!passed && c->flags & MUSTER_CHECK_REQUIRED) {
        h->stopped = -1;
        longjmp(h->back, 1);
    }
}

static void take_stop(struct muster_ctx *t, int32_t how, const char *file, uint32_t line, const char *reason)
{
    struct fake_host *h = host_of(t);
    h->stopped = how;
    h->line = line;
    snprintf(h->file, sizeof h->file, "%s", file ? file : "");
    snprintf(h->reason, sizeof h->reason, "%s", reason ? reason : "");
    longjmp(h->back, 1);
}

void fake_host_init(struct fake_host *h)
{
    static const struct muster_host table = {
        .size = sizeof table, .extension = extension, .log = take_log, .check = take_check, .stop = take_stop};
    memset(h, 0, sizeof *h);
    pthread_mutex_init(&h->lock, NULL);
    h->ctx.host = &table;
    h->info = (struct muster_attempt_info){.size = sizeof h->info,
                                           .attempt = 1,
                                           .run_id = "run",
                                           .case_id = "kit.case",
                                           .temp_dir = "/tmp",
                                           .artifacts_dir = "/nowhere" /* so that no evidence is written */};
}

void fake_host_deadline(struct fake_host *h, uint64_t ms)
{
    h->ends_at_ms = now_ms() + ms;
}

void fake_host_param(struct fake_host *h, const char *name, const char *text)
{
    keep(h->params, name, text);
}

void fake_host_set(struct fake_host *h, const char *key, const char *text)
{
    keep(h->given, key, text);
}

void fake_host_fixture(struct fake_host *h, const char *fixture, const char *key, const char *text)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%s", fixture, key);
    keep(h->fixtures, name, text);
}

const char *fake_host_published(const struct fake_host *h, const char *key)
{
    return find(h->published, key);
}

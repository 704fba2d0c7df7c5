/* SPDX-License-Identifier: Apache-2.0 */
/* Step functions that are called without libffi: by their names. */
#include "sample.h"

#include <exact.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PARAM(name_, type_, fallback_)                                                                                 \
    &(const struct muster_param)                                                                                       \
    {                                                                                                                  \
        sizeof(struct muster_param), MUSTER_TYPE_##type_, name_, fallback_, NULL                                       \
    }
#define PARAMS(...) ((const struct muster_param *const[]){__VA_ARGS__, NULL})
#define NO_PARAMS   ((const struct muster_param *const[]){NULL})

static const struct muster_step acme[] = {
    {.size = sizeof *acme,
     .name = "create",
     .returns = MUSTER_TYPE_JSON,
     .params = PARAMS(PARAM("name", STR, NULL), PARAM("image", STR, "web"), PARAM("ports", JSON, "[]"))},
    {.size = sizeof *acme,
     .name = "add",
     .returns = MUSTER_TYPE_I64,
     .params = PARAMS(PARAM("a", I64, NULL), PARAM("b", I64, "1"))},
    {.size = sizeof *acme, .name = "echo", .returns = MUSTER_TYPE_JSON, .params = PARAMS(PARAM("value", JSON, NULL))},
    {.size = sizeof *acme, .name = "say", .params = PARAMS(PARAM("text", STR, NULL))},
    {.size = sizeof *acme,
     .name = "types",
     .params = PARAMS(PARAM("i", I32, "0"), PARAM("u", U64, "0"), PARAM("f", F64, "0"), PARAM("b", BOOL, "false"),
                      PARAM("s", STR, ""))},
    {.size = sizeof *acme, .name = "tick", .returns = MUSTER_TYPE_I32, .params = NO_PARAMS},
    {.size = sizeof *acme, .name = "require", .params = PARAMS(PARAM("ok", BOOL, NULL))},
    {.size = sizeof *acme, .name = "greet", .returns = MUSTER_TYPE_STR, .params = PARAMS(PARAM("who", STR, "you"))},
    {.size = sizeof *acme, .name = "hang", .params = NO_PARAMS},
    {.size = sizeof *acme,
     .name = "stand",
     .params = NO_PARAMS,
     .uses = (const char *const[]){"db(15)", "bed", NULL},
     .needs = (const char *const[]){"operation:order.list", "operation:order.get", NULL}},
};
static const struct muster_fixture acme_fixtures[] = {{.size = sizeof *acme_fixtures, .name = "db"}};
static const struct muster_step other[] = {
    {.size = sizeof *other, .name = "say", .params = PARAMS(PARAM("text", STR, NULL))},
    {.size = sizeof *other, .name = "wait", .params = NO_PARAMS},
    {.size = sizeof *other,
     .name = "placed",
     .returns = MUSTER_TYPE_STR,
     .params = PARAMS(PARAM("name", STR, "one"), PARAM("at", STR, ""))},
};

static const struct muster_step operations[] = {
    {.size = sizeof *operations,
     .name = "operation",
     .returns = MUSTER_TYPE_JSON,
     .params = PARAMS(PARAM("name", STR, NULL), PARAM("by", JSON, "null"), PARAM("refused", STR, ""),
                      PARAM("wait", BOOL, "true"), PARAM("arguments", JSON, "{}"), PARAM("at", STR, ""))},
    {.size = sizeof *operations,
     .name = "log_in",
     .returns = MUSTER_TYPE_JSON,
     .params = PARAMS(PARAM("login", STR, NULL), PARAM("arguments", JSON, "{}"), PARAM("at", STR, ""))},
};
const char *sample_target;

int sample_check(struct sample *s, const char *yaml)
{
    *s = (struct sample){0};
    s->diagnostics.arena = &s->arena;
    library_add(&s->library, &(struct library_plugin){"acme", "/acme.so", acme, ARRAY_LEN(acme), acme_fixtures,
                                                      ARRAY_LEN(acme_fixtures), false});
    library_add(&s->library, &(struct library_plugin){
                                 .name = "other", .path = "/other.so", .steps = other, .n_steps = ARRAY_LEN(other)});
    library_add(&s->library, &(struct library_plugin){.name = "muster.target",
                                                      .path = "/target.so",
                                                      .steps = operations,
                                                      .n_steps = ARRAY_LEN(operations)});
    s->library.target = sample_target ? pool_keep(&s->file.pool, exact_loads(sample_target, 0, NULL)) : NULL;
    s->library.searched = "acme, other";
    const struct node *root = node_parse("x.yaml", yaml, strlen(yaml), &s->arena, &s->diagnostics);
    if (root)
        check_file("x.yaml", root, &s->library, &s->diagnostics, &s->file);
    return diagnostics_end(&s->diagnostics, &s->err);
}

void sample_free(struct sample *s)
{
    checked_file_free(&s->file);
    library_free(&s->library);
    diagnostics_free(&s->diagnostics);
    arena_free(&s->arena);
    err_free(&s->err);
}

static char said[4096];

const char *sample_said(void)
{
    static char copy[sizeof said];
    memcpy(copy, said, sizeof said);
    said[0] = '\0';
    return copy;
}

static void say(const char *text)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    size_t n = strlen(said);
    snprintf(said + n, sizeof said - n, "%s ", text);
    pthread_mutex_unlock(&lock);
}

static void require(struct muster_ctx *ctx, bool ok)
{
    const struct muster_check check = {
        .size = sizeof check, .flags = MUSTER_CHECK_REQUIRED | (ok ? MUSTER_CHECK_PASSED : 0), .expression = "ok"};
    ctx->host->check(ctx, &check);
}

int sample_call(struct muster_ctx *ctx, const struct muster_step *step, const char *const *texts, char **ret_text,
                struct err *err)
{
    static int ticks;
    (void)err;
    if (strcmp(step->name, "say") == 0)
        say(texts[0]);
    else if (strcmp(step->name, "add") == 0)
        *ret_text = xasprintf("%lld", atoll(texts[0]) + atoll(texts[1]));
    else if (strcmp(step->name, "echo") == 0)
        *ret_text = xstrdup(texts[0]);
    else if (strcmp(step->name, "create") == 0)
        *ret_text = xasprintf("{\"id\":\"id of %s\",\"image\":\"%s\",\"ports\":%s}", texts[0], texts[1], texts[2]);
    else if (strcmp(step->name, "tick") == 0)
        *ret_text = xasprintf("%d", ++ticks);
    else if (strcmp(step->name, "greet") == 0)
        *ret_text = xasprintf("hello %s", texts[0]);
    else if (strcmp(step->name, "require") == 0)
        require(ctx, strcmp(texts[0], "true") == 0);
    else if (strcmp(step->name, "operation") == 0)
        *ret_text =
            xasprintf("{\"name\":\"%s\",\"by\":%s,\"refused\":\"%s\",\"wait\":%s,\"arguments\":%s,\"at\":\"%s\"}",
                      texts[0], texts[1], texts[2], texts[3], texts[4], texts[5]);
    else if (strcmp(step->name, "placed") == 0)
        *ret_text = xasprintf("%s at %s", texts[0], texts[1]);
    else if (strcmp(step->name, "log_in") == 0)
        *ret_text = xasprintf("{\"session\":7,\"login\":\"%s\",\"arguments\":%s}", texts[0], texts[1]);
    else if (strcmp(step->name, "hang") == 0)
        for (;;)
            pause();
    return 0;
}

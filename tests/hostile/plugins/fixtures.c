/* SPDX-License-Identifier: Apache-2.0 */
/* Fixtures that misbehave, each with a scenario that uses it. */
#include <muster/muster.h>

#include <muster/ext/fixtures.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct muster_ext_fixtures *ext(struct muster_ctx *t)
{
    return (const struct muster_ext_fixtures *)t->host->extension(t, MUSTER_EXT_FIXTURES,
                                                                  sizeof(struct muster_ext_fixtures));
}

static _Noreturn void spin_deaf(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (volatile int i = 0;; i++)
        ;
}

static void nothing(struct muster_ctx *t)
{
    (void)t;
}

/* ---- in set-up --------------------------------------------------------------------------------------------------- */

static void crashes(struct muster_ctx *t)
{
    (void)t;
    int *volatile nowhere = NULL;
    *nowhere = 1;
}

static void exits(struct muster_ctx *t)
{
    (void)t;
    exit(0);
}

static void hangs(struct muster_ctx *t)
{
    (void)t;
    spin_deaf();
}

static void stops_itself(struct muster_ctx *t)
{
    (void)t;
    raise(SIGSTOP);
}

static void closes_all(struct muster_ctx *t)
{
    (void)t;
    close_range(0, ~0u, 0);
}

static void babbles(struct muster_ctx *t)
{
    char big[1024];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    for (int i = 0; i < 1000; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%d", i);
        ext(t)->publish(t, key, big);
    }
}

static void forks_and_returns(struct muster_ctx *t)
{
    (void)t;
    pid_t pid = fork();
    if (pid > 0)
        waitpid(pid, NULL, 0);
}

static void floods(struct muster_ctx *t)
{
    (void)t;
    static char lines[64 * 1024];
    memset(lines, 'y', sizeof lines);
    for (int i = 0; i < 1600; i++)
        if (write(i % 2 ? STDOUT_FILENO : STDERR_FILENO, lines, sizeof lines) < 0)
            return;
}

static void leaves_daemons(struct muster_ctx *t)
{
    (void)t;
    for (int i = 0; i < 5; i++) {
        if (fork() != 0)
            continue;
        setsid();
        if (fork() != 0)
            _exit(0);
        prctl(PR_SET_NAME, "lingers");
        signal(SIGTERM, SIG_IGN);
        for (;;)
            pause();
    }
}

/* ---- later ----------------------------------------------------------------------------------------------------------
 */

static pid_t child;

static char trigger[512];

static void tells_trigger(struct muster_ctx *t)
{
    char dir[400];
    snprintf(trigger, sizeof trigger, "%s/trigger", getcwd(dir, sizeof dir));
    ext(t)->publish(t, "trigger", trigger);
}

static int32_t crashes_later(struct muster_ctx *t)
{
    if (access(trigger, F_OK) == 0)
        crashes(t);
    return 1;
}

static pid_t child;

static void tells_trigger_with_child(struct muster_ctx *t)
{
    child = fork();
    if (child == 0)
        for (;;)
            pause();
    ext(t)->watch(t, child, "the child");
    tells_trigger(t);
}

static int32_t loses_child_later(struct muster_ctx *t)
{
    (void)t;
    if (access(trigger, F_OK) == 0)
        kill(child, SIGKILL);
    return 1;
}

static int32_t is_killed_later(struct muster_ctx *t)
{
    (void)t;
    if (access(trigger, F_OK) == 0)
        kill(getpid(), SIGKILL);
    return 1;
}

static int32_t hangs_later(struct muster_ctx *t)
{
    (void)t;
    if (access(trigger, F_OK) == 0)
        spin_deaf();
    return 1;
}

static int32_t hangs_at_once(struct muster_ctx *t)
{
    (void)t;
    spin_deaf();
}

static void *flood_for_ever(void *data)
{
    (void)data;
    for (;;)
        if (write(STDOUT_FILENO, "la la la la la la la la la la la la\n", 36) < 0)
            return NULL;
}

static void sings(struct muster_ctx *t)
{
    (void)t;
    pthread_t thread;
    pthread_create(&thread, NULL, flood_for_ever, NULL);
}

static void hangs_down(struct muster_ctx *t)
{
    (void)t;
    spin_deaf();
}

static void crashes_down(struct muster_ctx *t)
{
    crashes(t);
}

/* ---- users
 * ------------------------------------------------------------------------------------------------------------ */

static void waits(struct muster_ctx *t)
{
    (void)t;
    for (;;)
        pause();
}

static void pulls_trigger(struct muster_ctx *t)
{
    close(open(ext(t)->value(t, "f", "trigger"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    waits(t);
}

/* ---- all of them
 * -------------------------------------------------------------------------------------------------------- */

#define FIXTURE_OF(name_, ...)                                                                                         \
    static const struct muster_fixture fixture_##name_ = {.size = sizeof(struct muster_fixture),                       \
                                                          .scope = MUSTER_SCOPE_RUN,                                   \
                                                          .name = #name_,                                              \
                                                          .file = __FILE__,                                            \
                                                          .line = __LINE__,                                            \
                                                          __VA_ARGS__};                                                \
    static const char *const uses_##name_[] = {#name_ "(as=f)", NULL};

#define ALL(X)                                                                                                         \
    X(crashes, nothing, .setup = crashes)                                                                              \
    X(exits, nothing, .setup = exits)                                                                                  \
    X(hangs, nothing, .setup = hangs, .setup_timeout_ms = 300)                                                         \
    X(stops_itself, nothing, .setup = stops_itself, .setup_timeout_ms = 300)                                           \
    X(closes_all, nothing, .setup = closes_all)                                                                        \
    X(babbles, nothing, .setup = babbles)                                                                              \
    X(forks_and_returns, nothing, .setup = forks_and_returns)                                                          \
    X(floods, nothing, .setup = floods, .setup_timeout_ms = 30000)                                                     \
    X(leaves_daemons, nothing, .setup = leaves_daemons)                                                                \
    X(crashes_later, pulls_trigger, .setup = tells_trigger, .ready = crashes_later, .health_interval_ms = 10)          \
    X(hangs_later, pulls_trigger, .setup = tells_trigger, .ready = hangs_later, .health_interval_ms = 10,              \
      .ready_timeout_ms = 300)                                                                                         \
    X(hangs_at_once, nothing, .setup = nothing, .ready = hangs_at_once, .ready_timeout_ms = 300)                       \
    X(sings, nothing, .setup = sings)                                                                                  \
    X(hangs_down, nothing, .setup = nothing, .teardown = hangs_down, .teardown_timeout_ms = 300)                       \
    X(crashes_down, nothing, .setup = nothing, .teardown = crashes_down)                                               \
    X(loses_child, pulls_trigger, .setup = tells_trigger_with_child, .ready = loses_child_later,                       \
      .health_interval_ms = 10)                                                                                        \
    X(is_killed, pulls_trigger, .setup = tells_trigger_with_child, .ready = is_killed_later, .health_interval_ms = 10)

#define DEFINE(name_, user_, ...)                                                                                      \
    FIXTURE_OF(name_, __VA_ARGS__)                                                                                     \
    static const struct muster_scenario scenario_##name_ = {.size = sizeof(struct muster_scenario),                    \
                                                            .id = #name_,                                              \
                                                            .file = __FILE__,                                          \
                                                            .line = __LINE__,                                          \
                                                            .run = user_,                                              \
                                                            .timeout_ms = 20000,                                       \
                                                            .uses = uses_##name_};
ALL(DEFINE)

/* What bystanders.h gives to plugins whose tables the SDK makes. */
static void bystander_prints(struct muster_ctx *t)
{
    CHECK_INT(printf("an innocent line\n"), >, 0);
}

static void bystander_writes(struct muster_ctx *t)
{
    FILE *f = fopen("innocent.txt", "w");
    REQUIRE(f != NULL);
    CHECK_INT(fclose(f), ==, 0);
    CHECK_INT(unlink("innocent.txt"), ==, 0);
}

#define BYSTANDER(name_)                                                                                               \
    static const struct muster_scenario scenario_##name_ = {                                                           \
        .size = sizeof(struct muster_scenario), .id = #name_, .file = __FILE__, .line = __LINE__, .run = name_};
BYSTANDER(bystander_prints)
BYSTANDER(bystander_writes)

#define FIXTURE_POINTER(name_, ...)  &fixture_##name_,
#define SCENARIO_POINTER(name_, ...) &scenario_##name_,
static const struct muster_fixture *const fixtures[] = {ALL(FIXTURE_POINTER)};
static const struct muster_scenario *const scenarios[] = {ALL(SCENARIO_POINTER) & scenario_bystander_prints,
                                                          &scenario_bystander_writes};

const struct muster_plugin *muster_plugin_v1(uint32_t host_minor)
{
    static const struct muster_plugin plugin = {.size = sizeof plugin,
                                                .abi_minor = MUSTER_ABI_MINOR,
                                                .name = "hostile.fixtures",
                                                .version = "1.0",
                                                .scenarios = scenarios,
                                                .n_scenarios = sizeof scenarios / sizeof *scenarios,
                                                .fixtures = fixtures,
                                                .n_fixtures = sizeof fixtures / sizeof *fixtures};
    (void)host_minor;
    return &plugin;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* --shard auto: the variables of each CI server and scheduler, whole, half, and wrong. */
#include "sample.h"

#include "plan/shard_env.h"

#include <errno.h>
#include <string.h>

/* The environment is one line: "A=1 B=2". */
static const char *from_line(const char *name, void *data)
{
    static char values[8][64];
    static size_t next;
    size_t len = strlen(name);
    for (const char *p = data; *p; p += strcspn(p, " "), p += *p == ' ') {
        if (strncmp(p, name, len) != 0 || p[len] != '=')
            continue;
        char *value = values[next++ % ARRAY_LEN(values)];
        size_t n = strcspn(p + len + 1, " ");
        assert_true(n < sizeof values[0]);
        memcpy(value, p + len + 1, n);
        value[n] = '\0';
        return value;
    }
    return NULL;
}

struct row {
    const char *env;
    uint32_t index, total;
};

static void what_each_sets(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"MUSTER_SHARD_INDEX=2 MUSTER_SHARD_TOTAL=5", 2, 5},
        {"CI_NODE_INDEX=1 CI_NODE_TOTAL=3", 1, 3},
        {"CI_NODE_INDEX=3 CI_NODE_TOTAL=3", 3, 3},
        {"CI_NODE_TOTAL=1", 1, 1}, /* GitLab, in a job without `parallel` */
        {"CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=3", 1, 3},
        {"CIRCLE_NODE_INDEX=2 CIRCLE_NODE_TOTAL=3", 3, 3},
        {"BUILDKITE_PARALLEL_JOB=0 BUILDKITE_PARALLEL_JOB_COUNT=4", 1, 4},
        {"BUILDKITE_PARALLEL_JOB=3 BUILDKITE_PARALLEL_JOB_COUNT=4", 4, 4},
        {"BITBUCKET_PARALLEL_STEP=0 BITBUCKET_PARALLEL_STEP_COUNT=2", 1, 2},
        {"BITBUCKET_PARALLEL_STEP=1 BITBUCKET_PARALLEL_STEP_COUNT=2", 2, 2},
        {"SEMAPHORE_JOB_INDEX=1 SEMAPHORE_JOB_COUNT=2", 1, 2},
        {"SEMAPHORE_JOB_INDEX=2 SEMAPHORE_JOB_COUNT=2", 2, 2},
        {"SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_COUNT=4", 1, 4},
        {"SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=4 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=4 "
         "SLURM_ARRAY_TASK_STEP=1",
         4, 4},
        {"SLURM_ARRAY_TASK_ID=14 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_MAX=18 SLURM_ARRAY_TASK_COUNT=5 "
         "SLURM_ARRAY_TASK_STEP=2",
         3, 5},
        {"JOB_COMPLETION_INDEX=0 MUSTER_SHARD_TOTAL=5", 1, 5},
        {"JOB_COMPLETION_INDEX=4 MUSTER_SHARD_TOTAL=5", 5, 5},
        /* Muster's own come first; an empty one is not set. */
        {"CI_NODE_INDEX=1 CI_NODE_TOTAL=3 MUSTER_SHARD_INDEX=2 MUSTER_SHARD_TOTAL=5", 2, 5},
        {"JOB_COMPLETION_INDEX=4 MUSTER_SHARD_TOTAL=5 MUSTER_SHARD_INDEX=1", 1, 5},
        {"CI_NODE_INDEX= CI_NODE_TOTAL= CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=3", 1, 3},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        autoerr struct err err = {0};
        struct shard s = {0};
        if (shard_from_env(from_line, (void *)(uintptr_t)rows[i].env, &s, &err) < 0)
            fail_msg("%s: %s", rows[i].env, err_text(&err));
        if (s.index != rows[i].index || s.total != rows[i].total)
            fail_msg("%s: %u/%u", rows[i].env, s.index, s.total);
    }
}

static void what_makes_no_sense(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"CI_NODE_INDEX=1", "CI_NODE_INDEX is set (GitLab), but CI_NODE_TOTAL is not"},
        {"CI_NODE_TOTAL=2", "CI_NODE_TOTAL is set (GitLab), but CI_NODE_INDEX is not"},
        {"CIRCLE_NODE_TOTAL=1", "CIRCLE_NODE_TOTAL is set (CircleCI), but CIRCLE_NODE_INDEX is not"},
        {"MUSTER_SHARD_TOTAL=5", "MUSTER_SHARD_TOTAL is set (muster), but MUSTER_SHARD_INDEX is not"},
        {"CI_NODE_INDEX=0 CI_NODE_TOTAL=3", "CI_NODE_INDEX=0: it has to be a whole number from 1 on"},
        {"CI_NODE_INDEX=4 CI_NODE_TOTAL=3", "CI_NODE_INDEX makes this shard 4 of 3 (CI_NODE_TOTAL)"},
        {"CI_NODE_INDEX=one CI_NODE_TOTAL=3", "CI_NODE_INDEX=one: it has to be a whole number from 1 on"},
        {"CI_NODE_INDEX=1 CI_NODE_TOTAL=3x", "CI_NODE_TOTAL=3x: it has to be a whole number from 1 on"},
        {"CI_NODE_INDEX=1 CI_NODE_TOTAL=-3", "CI_NODE_TOTAL=-3: it has to be a whole number from 1 on"},
        {"CI_NODE_INDEX=1 CI_NODE_TOTAL=0", "CI_NODE_TOTAL=0: it has to be a whole number from 1 on"},
        {"CI_NODE_INDEX=1 CI_NODE_TOTAL=100001", "CI_NODE_TOTAL=100001: more than 100000 shards"},
        {"CI_NODE_INDEX=1 CI_NODE_TOTAL=18446744073709551617",
         "CI_NODE_TOTAL=18446744073709551617: it has to be a whole number from 1 on"},
        {"CIRCLE_NODE_INDEX=3 CIRCLE_NODE_TOTAL=3", "CIRCLE_NODE_INDEX makes this shard 4 of 3 (CIRCLE_NODE_TOTAL)"},
        /* One that makes no sense is not passed over for one that does. */
        {"CI_NODE_INDEX=9 CI_NODE_TOTAL=3 CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=3",
         "CI_NODE_INDEX makes this shard 9 of 3 (CI_NODE_TOTAL)"},
        {"SLURM_ARRAY_TASK_ID=3", "Slurm's array: SLURM_ARRAY_TASK_COUNT is not set"},
        {"SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=4", "Slurm's array: SLURM_ARRAY_TASK_MIN is not set"},
        {"SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_STEP=0",
         "Slurm's array: SLURM_ARRAY_TASK_STEP=0: it has to be a whole number from 1 on"},
        {"SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=9",
         "Slurm's array is not evenly spaced: SLURM_ARRAY_TASK_ID=5, with 3 tasks from 1 to 9 in steps of 1; use "
         "--array=1-N"},
        {"SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_STEP=2",
         "Slurm's array is not evenly spaced: SLURM_ARRAY_TASK_ID=2, with 3 tasks from 1 to 5 in steps of 2; use "
         "--array=1-N"},
        {"JOB_COMPLETION_INDEX=0",
         "JOB_COMPLETION_INDEX is set (Kubernetes), but MUSTER_SHARD_TOTAL is not: Kubernetes does not set the number "
         "of pods: give it the job's spec.completions"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        autoerr struct err err = {0};
        struct shard s = {77, 78};
        if (shard_from_env(from_line, (void *)(uintptr_t)rows[i][0], &s, &err) == 0)
            fail_msg("%s: taken for %u/%u", rows[i][0], s.index, s.total);
        assert_err(&err, -EINVAL, rows[i][1]);
        assert_int_equal(s.index, 77);
    }
}

static void nothing_set(void **state)
{
    (void)state;
    autoerr struct err err = {0};
    struct shard s;
    assert_int_equal(shard_from_env(from_line, (void *)(uintptr_t) "PATH=/bin CI=true", &s, &err), -ENOENT);
    assert_err(&err, -ENOENT,
               "nothing says which shard this is; looked for MUSTER_SHARD_INDEX and MUSTER_SHARD_TOTAL (muster), "
               "CI_NODE_INDEX and CI_NODE_TOTAL (GitLab), CIRCLE_NODE_INDEX and CIRCLE_NODE_TOTAL (CircleCI), "
               "BUILDKITE_PARALLEL_JOB and BUILDKITE_PARALLEL_JOB_COUNT (Buildkite), BITBUCKET_PARALLEL_STEP and "
               "BITBUCKET_PARALLEL_STEP_COUNT (Bitbucket), SEMAPHORE_JOB_INDEX and SEMAPHORE_JOB_COUNT (Semaphore), "
               "SLURM_ARRAY_TASK_ID, _COUNT and _MIN (Slurm), JOB_COMPLETION_INDEX and MUSTER_SHARD_TOTAL "
               "(Kubernetes)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_each_sets),
        cmocka_unit_test(what_makes_no_sense),
        cmocka_unit_test(nothing_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

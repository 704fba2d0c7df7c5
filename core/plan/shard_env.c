/* SPDX-License-Identifier: Apache-2.0 */
/* Which shard this is, from the variables of CI servers and job schedulers. */
#include "plan/shard_env.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

struct source {
    const char *who, *index, *total;
    int64_t first;     /* what the first job's index is */
    const char *hint;  /* what to do when the total is missing; NULL: nothing special */
    bool lonely_total; /* jobs that have no fellows have a total of 1, and no index */
};

/* Those whose index and total are a variable each. */
static const struct source sources[] = {
    {"muster", "MUSTER_SHARD_INDEX", "MUSTER_SHARD_TOTAL", 1, NULL, false},
    {"GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", 1, NULL, true},
    {"CircleCI", "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0, NULL, false},
    {"Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0, NULL, false},
    {"Bitbucket", "BITBUCKET_PARALLEL_STEP", "BITBUCKET_PARALLEL_STEP_COUNT", 0, NULL, false},
    {"Semaphore", "SEMAPHORE_JOB_INDEX", "SEMAPHORE_JOB_COUNT", 1, NULL, false},
};

/* Kubernetes numbers the pods of an indexed job, but doesn't tell them how many they are. */
static const struct source kubernetes = {
    "Kubernetes",
    "JOB_COMPLETION_INDEX",
    "MUSTER_SHARD_TOTAL",
    0,
    "Kubernetes does not set the number of pods: give it the job's spec.completions",
    false,
};

struct env {
    shard_getenv get;
    void *data;
};

static const char *get(const struct env *env, const char *name)
{
    const char *text = env->get(name, env->data);
    return text && *text ? text : NULL;
}

static int read_variable(const struct env *env, const char *name, int64_t min, int64_t *ret_number, struct err *err)
{
    enum { DIGITS_MAX = 9 }; /* so that a product of two can be counted */
    const char *text = get(env, name);
    if (!text)
        return err_set(err, -EINVAL, "%s is not set", name);
    size_t n = strspn(text, "0123456789");
    int64_t number = 0;
    for (size_t i = 0; i < n && n <= DIGITS_MAX; i++)
        number = number * 10 + (text[i] - '0');
    if (n == 0 || n > DIGITS_MAX || text[n] || number < min)
        return err_set(err, -EINVAL, "%s=%s: it has to be a whole number from %lld on", name, text, (long long)min);
    *ret_number = number;
    return 0;
}

static int make_shard(const char *index_name, int64_t index, const char *total_name, int64_t total,
                      struct shard *ret_shard, struct err *err)
{
    if (total > SHARDS_MAX)
        return err_set(err, -EINVAL, "%s=%lld: more than %d shards", total_name, (long long)total, SHARDS_MAX);
    if (index >= total)
        return err_set(err, -EINVAL, "%s makes this shard %lld of %lld (%s)", index_name, (long long)index + 1,
                       (long long)total, total_name);
    *ret_shard = (struct shard){(uint32_t)index + 1, (uint32_t)total};
    return 0;
}

static int missing(const struct source *s, const char *is_set, const char *is_not, struct err *err)
{
    return err_set(err, -EINVAL, "%s is set (%s), but %s is not%s%s", is_set, s->who, is_not, s->hint ? ": " : "",
                   s->hint ? s->hint : "");
}

static int read_source(const struct env *env, const struct source *s, struct shard *ret_shard, struct err *err)
{
    int64_t index, total;
    if (!get(env, s->index)) {
        if (!s->lonely_total || strcmp(get(env, s->total), "1") != 0)
            return missing(s, s->total, s->index, err);
        *ret_shard = (struct shard){1, 1};
        return 0;
    }
    if (!get(env, s->total))
        return missing(s, s->index, s->total, err);
    int r = read_variable(env, s->index, s->first, &index, err);
    if (r == 0)
        r = read_variable(env, s->total, 1, &total, err);
    return r < 0 ? r : make_shard(s->index, index - s->first, s->total, total, ret_shard, err);
}

struct slurm {
    int64_t id, min, max, count, step;
};

static int read_array(const struct env *env, struct slurm *s, struct err *err)
{
    int r = read_variable(env, "SLURM_ARRAY_TASK_ID", 0, &s->id, err);
    if (r == 0)
        r = read_variable(env, "SLURM_ARRAY_TASK_COUNT", 1, &s->count, err);
    if (r == 0)
        r = read_variable(env, "SLURM_ARRAY_TASK_MIN", 0, &s->min, err);
    if (r == 0 && get(env, "SLURM_ARRAY_TASK_STEP"))
        r = read_variable(env, "SLURM_ARRAY_TASK_STEP", 1, &s->step, err);
    s->max = s->min + (s->count - 1) * s->step;
    if (r == 0 && get(env, "SLURM_ARRAY_TASK_MAX"))
        r = read_variable(env, "SLURM_ARRAY_TASK_MAX", 0, &s->max, err);
    return r < 0 ? err_prefix(err, "Slurm's array") : 0;
}

/* The tasks of an array have any numbers: `--array=10-18:2`. They can be counted where they are evenly spaced. */
static int read_slurm(const struct env *env, struct shard *ret_shard, struct err *err)
{
    struct slurm s = {.step = 1};
    int r = read_array(env, &s, err);
    if (r < 0)
        return r;
    if (s.id < s.min || (s.id - s.min) % s.step != 0 || s.max != s.min + (s.count - 1) * s.step)
        return err_set(err, -EINVAL,
                       "Slurm's array is not evenly spaced: SLURM_ARRAY_TASK_ID=%lld, with %lld tasks from %lld to "
                       "%lld in steps of %lld; use --array=1-N",
                       (long long)s.id, (long long)s.count, (long long)s.min, (long long)s.max, (long long)s.step);
    return make_shard("SLURM_ARRAY_TASK_ID", (s.id - s.min) / s.step, "SLURM_ARRAY_TASK_COUNT", s.count, ret_shard,
                      err);
}

static int none_set(struct err *err)
{
    autobuf struct buf names = {0};
    for (size_t i = 0; i < ARRAY_LEN(sources); i++)
        buf_addf(&names, "%s and %s (%s), ", sources[i].index, sources[i].total, sources[i].who);
    return err_set(err, -ENOENT,
                   "nothing says which shard this is; looked for %sSLURM_ARRAY_TASK_ID, _COUNT and _MIN (Slurm), "
                   "%s and %s (%s)",
                   buf_str(&names), kubernetes.index, kubernetes.total, kubernetes.who);
}

int shard_from_env(shard_getenv getter, void *data, struct shard *ret_shard, struct err *err)
{
    const struct env env = {getter, data};
    bool in_pod = get(&env, kubernetes.index) != NULL;
    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        const struct source *s = &sources[i];
        bool total_is_the_pods = i == 0 && in_pod; /* MUSTER_SHARD_TOTAL alone belongs to Kubernetes' index */
        if (get(&env, s->index) || (get(&env, s->total) && !total_is_the_pods))
            return read_source(&env, s, ret_shard, err);
    }
    if (get(&env, "SLURM_ARRAY_TASK_ID"))
        return read_slurm(&env, ret_shard, err);
    return in_pod ? read_source(&env, &kubernetes, ret_shard, err) : none_set(err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "workloads/limits.h"

static const struct {
    const char *name;
    struct limit_range range;
} table[LIMIT_COUNT] = {
    [LIMIT_MEMORY] = {"memory_mb", {16, 1024, 256}},      [LIMIT_CPU] = {"cpu_percent", {5, 400, 100}},
    [LIMIT_OPEN_FILES] = {"nofile", {8, 1024, 64}},       [LIMIT_PROCESSES] = {"processes", {1, 256, 16}},
    [LIMIT_CONNECTIONS] = {"connections", {1, 1024, 64}}, [LIMIT_TRAFFIC] = {"bytes_per_second", {0, 1 << 30, 0}},
    [LIMIT_STORAGE] = {"storage_bytes", {0, 1 << 30, 0}},
};

const char *limit_name(enum limit limit)
{
    return table[limit].name;
}

struct limit_range limit_range(enum limit limit)
{
    return table[limit].range;
}

bool limit_of_replica(enum limit limit)
{
    return limit < LIMIT_CONNECTIONS;
}

struct limits limits_usual(void)
{
    struct limits usual;

    for (int i = 0; i < LIMIT_COUNT; i++)
        usual.of[i] = table[i].range.usual;
    return usual;
}

json_t *limits_to_json(const struct limits *limits)
{
    json_t *object = json_object();

    for (int i = 0; i < LIMIT_COUNT; i++)
        json_object_set_new(object, table[i].name, json_integer(limits->of[i]));
    return object;
}

void limits_from_json(struct limits *limits, const json_t *from)
{
    for (int i = 0; i < LIMIT_COUNT; i++) {
        const json_t *value = json_object_get(from, table[i].name);
        if (json_is_integer(value))
            limits->of[i] = (int)json_integer_value(value);
    }
}

bool limits_same_for_replica(const struct limits *a, const struct limits *b)
{
    for (int i = 0; i < LIMIT_COUNT; i++)
        if (limit_of_replica((enum limit)i) && a->of[i] != b->of[i])
            return false;
    return true;
}

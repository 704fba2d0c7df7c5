/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes target files. What is taken is JSON with a name, and with every operation and value that the runner is told
 * of; a mistake has a text that begins with the file's name.
 */
#include "target/target_file.h"

#include <exact.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_taken(const struct target_info *t)
{
    json_t *json = exact_loads(t->json, 0, NULL);
    const json_t *operations = json_object_get(json, "operations"), *values = json_object_get(json, "values");
    require(json && *t->name && t->n_operations > 0);
    require(strcmp(json_string_value(json_object_get(json, "target")), t->name) == 0);
    require(json_object_size(operations) == t->n_operations && json_object_size(values) == t->n_values);
    for (uint32_t i = 0; i < t->n_operations; i++) {
        const json_t *o = json_object_get(operations, t->operations[i].name);
        require(json_object_size(json_object_get(o, "takes")) == t->operations[i].n_takes);
        require(json_object_get(o, "websocket") || json_array_size(json_object_get(o, "requests")) > 0);
    }
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct err err = {0};
    struct target_info target;
    char *text = malloc(size + 1); /* as target_read() has it: with a NUL behind it */
    require(text);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    if (target_parse("target", text, size, &arena, &target, &err) < 0)
        require(err.text && strncmp(err.text, "target", 6) == 0);
    else
        check_taken(&target);
    err_free(&err);
    free(text);
    arena_free(&arena);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes muster.yaml. A setting has all of its parts, and a place in the file; a mistake's text begins with its name.
 */
#include "settings/settings_file.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check(const struct settings *settings)
{
    for (uint32_t i = 0; i < settings->n; i++) {
        const struct setting *s = &settings->items[i];
        require(strncmp(s->at, "muster.yaml:", 12) == 0);
        if (strcmp(s->section, "profiles") == 0)
            continue;
        require(strcmp(s->section, "run") == 0 || strcmp(s->section, "plugins") == 0);
        require(*s->value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct err err = {0};
    struct settings settings;
    char *text = malloc(size + 1); /* as settings_read() has it: with a NUL behind it */
    require(text);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    if (settings_parse("muster.yaml", text, size, &arena, &settings, &err) < 0)
        require(err.text && strncmp(err.text, "muster.yaml", 11) == 0);
    else
        check(&settings);
    err_free(&err);
    free(text);
    arena_free(&arena);
    return 0;
}

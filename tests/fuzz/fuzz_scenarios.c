/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes files of scenarios as data: the tree of YAML, and the check of it against some step functions. Every mistake
 * has its place, and a file without one gives programs that can be asked.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PARAM(name_, type_, fallback_)                                                                                 \
    (&(const struct muster_param){sizeof(struct muster_param), MUSTER_TYPE_##type_, name_, fallback_, NULL})

static const struct muster_param *const no_params[] = {NULL}, *const one_json[] = {PARAM("value", JSON, NULL), NULL},
                                        *const one_text[] = {PARAM("text", STR, NULL), NULL},
                                        *const numbers[] = {PARAM("a", I32, NULL), PARAM("b", U64, "1"),
                                                            PARAM("c", F64, "1"), PARAM("d", BOOL, "true"), NULL};
static const struct muster_step steps[] = {
    {.size = sizeof *steps, .name = "nested", .params = no_params},
    {.size = sizeof *steps, .name = "echo", .returns = MUSTER_TYPE_JSON, .params = one_json},
    {.size = sizeof *steps, .name = "say", .params = one_text},
    {.size = sizeof *steps, .name = "add", .returns = MUSTER_TYPE_I64, .params = numbers},
    {.size = sizeof *steps, .name = "greet", .returns = MUSTER_TYPE_STR, .params = one_text},
};

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_mistakes(const struct diagnostics *m)
{
    for (size_t i = 0; i < m->n; i++)
        require(m->items[i].at.line > 0 && m->items[i].at.column > 0 && *m->items[i].text);
}

static void check_scenarios(const struct checked_file *f)
{
    require(f->n > 0);
    for (size_t i = 0; i < f->n; i++) {
        const struct muster_scenario *s = &f->scenarios[i].scenario;
        require(f->scenarios[i].program && f->scenarios[i].program->steps.n > 0);
        for (const struct muster_table *const *t = s->tables; t && *t; t++)
            require((*t)->n_rows > 0 || *(*t)->file);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct checked_file file = {0};
    struct diagnostics diagnostics = {.arena = &file.arena};
    struct library library = {0};
    library_add(&library,
                &(struct library_plugin){
                    .name = "fuzz", .path = "/fuzz.so", .steps = steps, .n_steps = sizeof steps / sizeof *steps});
    static char folder[] = "/nowhere/x.yaml"; /* so that no file beside it is found */
    char *text = malloc(size + 1);
    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    const struct node *root = node_parse(folder, text, size, &file.arena, &diagnostics);
    require(root || diagnostics.n > 0);
    int r = root ? check_file(folder, root, &library, &diagnostics, &file) : -1;
    require((r == 0) == (diagnostics.n == 0));
    check_mistakes(&diagnostics);
    if (r == 0)
        check_scenarios(&file);
    free(text);
    diagnostics_free(&diagnostics);
    library_free(&library);
    checked_file_free(&file);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The command that runs something again. */
#include "cli/rerun_text.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "cli/run_options.h"
#include "evidence/rerun_command.h"
#include "plan/repeat.h"

#include <string.h>
#include <unistd.h>

static bool is_of_run(const struct run_model *model)
{
    return model->command.n > 0 && strcmp(model->command.items[0], "run") == 0;
}

/* argv is never written to. */
static char *const *words_of(const struct run_model *model)
{
    return (char *const *)(uintptr_t)model->command.items;
}

void rerun_text_add_command(struct buf *out, const struct run_model *model)
{
    if (model->command.n > 0)
        rerun_command_add_words(words_of(model), (int)model->command.n, out);
}

void rerun_text_add(struct buf *out, const struct run_model *model, const char *path)
{
    if (is_of_run(model) && (model_bad(model) > 0 || model_not_run(model) > 0))
        rerun_command_add(words_of(model), (int)model->command.n, path, out);
}

static bool is_path(const char *word)
{
    static const char *const ends[] = {".so", ".yaml", ".yml"};
    size_t len = strlen(word);
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        if (len > strlen(ends[i]) && strcmp(word + len - strlen(ends[i]), ends[i]) == 0)
            return true;
    return strchr(word, '/') || access(word, F_OK) == 0;
}

/* An operand of the command line, and no path. */
static bool is_id(void *data, const char *word)
{
    const struct option_list *operands = data;
    for (size_t i = 0; i < operands->n; i++)
        if (operands->items[i] == word)
            return !is_path(word);
    return false;
}

void rerun_text_add_case(struct buf *out, const struct run_model *model, const struct model_case *c)
{
    if (!is_of_run(model))
        return;
    struct option_values values = {0};
    struct option_list operands = {0};
    autoerr struct err err = {0};
    bool help;
    autofree char *id = xstrndup(c->id, repeat_base(c->id));
    int argc = (int)model->command.n;
    /* What another muster has written may have options that this one lacks: then the words stay as they are. */
    if (options_collect(run_options, argc, (char **)(uintptr_t)words_of(model), &values, &operands, &help, &err) < 0)
        operands.n = 0;
    rerun_command_add_case(words_of(model), argc, is_id, &operands, id, out);
    option_values_free(&values);
    option_list_free(&operands);
}

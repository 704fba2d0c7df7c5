/* SPDX-License-Identifier: Apache-2.0 */
/* The command that runs something again. */
#include "cli/rerun_text.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "cli/run_options.h"
#include "evidence/rerun_command.h"
#include "plan/names.h"
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

static bool is_data_path(const char *word, size_t len)
{
    static const char *const ends[] = {".yaml", ".yml"};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        if (len > strlen(ends[i]) && memcmp(word + len - strlen(ends[i]), ends[i], strlen(ends[i])) == 0)
            return true;
    return false;
}

/* As operands of `muster run` are taken; the file of FILE:LINE is one that is read, if it has scenarios as data. */
static size_t path_length(const char *word)
{
    uint32_t line;
    size_t len = strlen(word), file = names_place(word, &line);
    if (file > 0 && access(word, F_OK) < 0)
        return is_data_path(word, file) ? file : 0;
    bool is_path = strchr(word, '/') || is_data_path(word, len) || (len > 3 && strcmp(word + len - 3, ".so") == 0) ||
                   access(word, F_OK) == 0;
    return is_path ? len : 0;
}

/* Of an operand of the command line, what is a path; of any other word, all. */
static size_t kept(void *data, const char *word)
{
    const struct option_list *operands = data;
    for (size_t i = 0; i < operands->n; i++)
        if (operands->items[i] == word)
            return path_length(word);
    return *word ? strlen(word) : 1;
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
    rerun_command_add_case(words_of(model), argc, kept, &operands, id, out);
    option_values_free(&values);
    option_list_free(&operands);
}

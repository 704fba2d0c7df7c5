/* SPDX-License-Identifier: Apache-2.0 */
/* muster new: a project of scenarios to begin with. */
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "evidence/rerun_command.h"
#include "scaffold/scaffold.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

struct new_settings {
    int language;
    const char *folder;
};

/* As --lang has them, and the folders of their templates. */
static const struct {
    const char *word, *folder;
} languages[] = {{"c", "c"}, {"c++", "cpp"}, {"rust", "rust"}, {"yaml", "yaml"}};

static int choose_language(const char *text, int *ret_choice)
{
    for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
        if (strcmp(text, languages[i].word) != 0 && strcmp(text, languages[i].folder) != 0)
            continue;
        *ret_choice = (int)i;
        return 0;
    }
    return -EINVAL;
}

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_CHOICE, 0, "lang", "LANGUAGE", "c (the default), c++, rust, or yaml, which needs no compiler.",
     offsetof(struct new_settings, language), choose_language},
    {OPTION_STRING, 0, "dir", "DIR", "Where to; default: a folder NAME in the working directory.",
     offsetof(struct new_settings, folder), NULL},
    OPTIONS_END,
};

/* `cd shop && make`, for any shell and any folder. */
static void add_next(struct buf *out, const char *folder)
{
    autofree char *path = xasprintf("%s%s", folder[0] == '-' ? "./" : "", folder);
    buf_adds(out, "\nBuild it and run it:\n\n    cd");
    rerun_command_add_word(out, path);
    buf_adds(out, " && make\n");
}

static int make(const struct verb *verb, const struct new_settings *s, const char *name)
{
    autobuf struct buf files = {0};
    autoerr struct err err = {0};
    const struct scaffold scaffold = {
        .language = languages[s->language].folder, .name = name, .folder = s->folder ? s->folder : name};
    if (!scaffold_is_name(name))
        return cli_usage(verb, "\"%s\" is no name: small letters, digits and _, the first a letter, at most 40", name);
    if (scaffold_is_taken(name))
        return cli_usage(verb, "\"%s\" is taken, by CMake or by muster.yaml: another name, please", name);
    if (!*scaffold.folder)
        return cli_usage(verb, "--dir \"\" is no folder");
    signal(SIGXFSZ, SIG_IGN); /* an error of writing is told as one, and what was begun is removed */
    int r = scaffold_make(&scaffold, &files, &err);
    if (r < 0) {
        cli_complain("%s", err_text(&err));
        return r == -ENOTEMPTY ? EXIT_USAGE : cli_usage_unless_system(r);
    }
    autobuf struct buf shown = {0};
    add_next(&files, scaffold.folder);
    terminal_add(&shown, files.data, files.len);
    cli_print(&shown);
    return EXIT_OK;
}

static int main_new(const struct verb *verb, int argc, char **argv)
{
    struct new_settings s = {0};
    struct option_list operands = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status)) {
        if (operands.n < 1 || strcmp(operands.items[0], "plugin") != 0)
            status = cli_usage(verb, "it makes a plugin: muster new plugin NAME");
        else if (operands.n != 2)
            status = cli_usage(verb,
                               operands.n < 2 ? "what is it to be called? muster new plugin NAME"
                                              : "it takes one NAME: there are %zu",
                               operands.n - 1);
        else
            status = make(verb, &s, operands.items[1]);
    }
    option_list_free(&operands);
    return status;
}

static const char details[] = "Scenarios that pass, how to build and run them, muster.yaml, and what GitHub and\n"
                              "GitLab need to run them.\n";

const struct verb verb_new = {.name = "new",
                              .usage = "new plugin NAME [OPTION]...",
                              .summary = "Begin a project of scenarios: files that build, run and pass.",
                              .details = details,
                              .options = options,
                              .main = main_new};

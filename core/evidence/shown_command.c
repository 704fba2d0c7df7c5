/* SPDX-License-Identifier: Apache-2.0 */
/* A command line as it may be kept. */
#include "evidence/shown_command.h"

#include <string.h>

static const char set_option[] = "--set";

/* `at` stands behind "--set=", or is the word behind "--set". */
static const char *without_value(const char *word, const char *at, struct arena *arena)
{
    static const char dots[] = "...";
    const char *value = strchr(at, '=');
    if (!value || value[1] == '@')
        return word;
    size_t n = (size_t)(value + 1 - word);
    char *shown = arena_alloc(arena, n + sizeof dots);
    memcpy(shown, word, n);
    memcpy(shown + n, dots, sizeof dots);
    return shown;
}

struct string_list shown_command(char *const *argv, int argc, struct arena *arena)
{
    const size_t length = sizeof set_option - 1;
    const char **words = arena_alloc(arena, ((size_t)argc + 1) * sizeof *words);
    bool ended = false;
    for (int i = 0; i < argc; i++) {
        words[i] = argv[i];
        ended = ended || strcmp(argv[i], "--") == 0; /* operands follow */
        if (ended)
            continue;
        if (i > 0 && strcmp(argv[i - 1], set_option) == 0)
            words[i] = without_value(argv[i], argv[i], arena);
        else if (strncmp(argv[i], set_option, length) == 0 && argv[i][length] == '=')
            words[i] = without_value(argv[i], argv[i] + length + 1, arena);
    }
    return (struct string_list){words, (size_t)argc};
}

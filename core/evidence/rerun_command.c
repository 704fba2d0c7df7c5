/* SPDX-License-Identifier: Apache-2.0 */
/* The command that runs what a run still owes. */
#include "evidence/rerun_command.h"

#include "evidence/shown_command.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static const char rerun_option[] = "--rerun";

static bool is_plain(const char *word)
{
    if (!*word)
        return false;
    for (; *word; word++)
        if (!isalnum((unsigned char)*word) && !strchr("_-./:=,@%+", *word))
            return false;
    return true;
}

static void add_word(struct buf *out, const char *word)
{
    buf_addc(out, ' ');
    if (is_plain(word)) {
        buf_adds(out, word);
        return;
    }
    buf_addc(out, '\'');
    for (; *word; word++)
        if (*word == '\'')
            buf_adds(out, "'\\''");
        else
            buf_addc(out, *word);
    buf_addc(out, '\'');
}

static void add_rerun(struct buf *out, const char *path)
{
    add_word(out, rerun_option);
    add_word(out, path);
}

void rerun_command_add(char *const *argv, int argc, const char *path, struct buf *out)
{
    const size_t length = sizeof rerun_option - 1;
    struct arena arena = {0};
    const struct string_list words = shown_command(argv, argc, &arena);
    bool added = false;
    buf_adds(out, "muster");
    for (size_t i = 0; i < words.n; i++) {
        const char *word = words.items[i];
        bool was_rerun = !added && strncmp(word, rerun_option, length) == 0 && (!word[length] || word[length] == '=');
        if (!added && strcmp(word, "--") == 0) { /* options end here */
            add_rerun(out, path);
            added = true;
        }
        if (!was_rerun)
            add_word(out, word);
        else if (!word[length])
            i++;
    }
    if (!added)
        add_rerun(out, path);
    arena_free(&arena);
}

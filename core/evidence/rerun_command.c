/* SPDX-License-Identifier: Apache-2.0 */
/* The command that runs what a run still owes. */
#include "evidence/rerun_command.h"

#include "base/cleanup.h"
#include "base/mem.h"
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

void rerun_command_add_word(struct buf *out, const char *word)
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
    rerun_command_add_word(out, rerun_option);
    rerun_command_add_word(out, path);
}

/* How many of the words are an option that must not be there again: another rerun, and the division into shards, which
 * what is left of one would be divided by once more. */
static size_t count_dropped(const struct string_list *words, size_t at)
{
    static const char *const options[] = {rerun_option, "--shard"};
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        size_t length = strlen(options[i]);
        const char *word = words->items[at];
        if (strncmp(word, options[i], length) == 0 && (!word[length] || word[length] == '='))
            return word[length] ? 1 : 2;
    }
    return 0;
}

void rerun_command_add_words(char *const *argv, int argc, struct buf *out)
{
    struct arena arena = {0};
    const struct string_list words = shown_command(argv, argc, &arena);
    buf_adds(out, "muster");
    for (size_t i = 0; i < words.n; i++)
        rerun_command_add_word(out, words.items[i]);
    arena_free(&arena);
}

void rerun_command_add(char *const *argv, int argc, const char *path, struct buf *out)
{
    struct arena arena = {0};
    const struct string_list words = shown_command(argv, argc, &arena);
    bool added = false;
    buf_adds(out, "muster");
    for (size_t i = 0; i < words.n;) {
        if (!added && strcmp(words.items[i], "--") == 0) { /* options end here */
            add_rerun(out, path);
            added = true;
        }
        size_t dropped = added ? 0 : count_dropped(&words, i);
        if (dropped == 0)
            rerun_command_add_word(out, words.items[i]);
        i += dropped ? dropped : 1;
    }
    if (!added)
        add_rerun(out, path);
    arena_free(&arena);
}

void rerun_command_add_case(char *const *argv, int argc, size_t (*kept)(void *data, const char *word), void *data,
                            const char *id, struct buf *out)
{
    struct arena arena = {0};
    const struct string_list words = shown_command(argv, argc, &arena);
    bool ended = false;
    buf_adds(out, "muster");
    for (size_t i = 0; i < words.n;) {
        size_t dropped = ended ? 0 : count_dropped(&words, i);
        ended = ended || strcmp(words.items[i], "--") == 0;
        size_t stays = kept(data, argv[i]), whole = strlen(argv[i]);
        autofree char *part = stays < whole ? xstrndup(argv[i], stays) : NULL;
        if (dropped == 0 && stays > 0)
            rerun_command_add_word(out, part ? part : words.items[i]);
        i += dropped ? dropped : 1;
    }
    rerun_command_add_word(out, id);
    arena_free(&arena);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The automaton against a search that looks at every place. */
#include "../testing.h"
#include "secrets/matcher.h"

#include <stdlib.h>
#include <string.h>

static struct matcher *of(const char *const *texts, size_t n)
{
    struct pattern patterns[8];
    assert_true(n <= 8);
    for (size_t i = 0; i < n; i++)
        patterns[i] = (struct pattern){texts[i], strlen(texts[i]), (uint32_t)i};
    struct matcher *m = matcher_new(patterns, n);
    assert_non_null(m);
    return m;
}

static void the_longest_that_ends_is_told(void **state)
{
    (void)state;
    static const char *const texts[] = {"cd", "abcd", "bcde"};
    struct matcher *m = of(texts, 3);
    matcher_state at_state = 0;
    size_t at = 0;
    struct match match;
    assert_true(matcher_next(m, &at_state, "xabcdex", 7, &at, &match));
    assert_int_equal(match.end, 5);
    assert_int_equal(match.len, 4);
    assert_int_equal(match.owner, 1);
    assert_int_equal(matcher_pending(m, at_state), 4); /* itself a prefix, though nothing goes on from it but bcde */
    assert_true(matcher_next(m, &at_state, "xabcdex", 7, &at, &match));
    assert_int_equal(match.end, 6);
    assert_int_equal(match.owner, 2);
    assert_false(matcher_next(m, &at_state, "xabcdex", 7, &at, &match));
    assert_int_equal(matcher_pending(m, at_state), 0);
    matcher_free(m);
}

/* The longest pattern that ends behind the byte, or 0. */
static size_t slow(const char *text, size_t end, char patterns[][8], size_t n)
{
    size_t longest = 0;
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(patterns[i]);
        if (len <= end && len > longest && memcmp(text + end - len, patterns[i], len) == 0)
            longest = len;
    }
    return longest;
}

static void random_word(char *word, size_t least, size_t most)
{
    size_t len = least + (size_t)rand() % (most - least + 1);
    for (size_t i = 0; i < len; i++)
        word[i] = (char)('a' + rand() % 3);
    word[len] = '\0';
}

static void it_finds_what_a_slow_search_finds(void **state)
{
    (void)state;
    srand(7);
    for (int round = 0; round < 3000; round++) {
        char words[5][8], text[41];
        struct pattern patterns[5];
        for (size_t i = 0; i < 5; i++) {
            random_word(words[i], 1, 7);
            patterns[i] = (struct pattern){words[i], strlen(words[i]), (uint32_t)i};
        }
        random_word(text, 0, 40);
        struct matcher *m = matcher_new(patterns, 5);
        size_t len = strlen(text), cut = len ? (size_t)rand() % len : 0, from = 0;
        matcher_state at_state = 0;
        for (size_t piece = 0; piece < 2; piece++) { /* cut somewhere */
            const size_t n = piece == 0 ? cut : len - cut;
            struct match match;
            for (size_t at = 0, seen = 0; at < n || seen < n;) {
                bool found = matcher_next(m, &at_state, text + from, n, &at, &match);
                size_t end = found ? match.end : n;
                for (size_t i = seen + 1; i <= end; i++)
                    assert_int_equal(slow(text, from + i, words, 5), found && i == end ? match.len : 0);
                seen = end;
            }
            from += n;
        }
        matcher_free(m);
    }
}

static void bytes_of_all_values_are_sought(void **state)
{
    (void)state;
    char all[256], text[600];
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (char)i;
    memset(text, 'x', sizeof text);
    memcpy(text + 300, all, sizeof all);
    const struct pattern one = {all, sizeof all, 3};
    struct matcher *m = matcher_new(&one, 1);
    matcher_state at_state = 0;
    size_t at = 0;
    struct match match;
    assert_true(matcher_next(m, &at_state, text, sizeof text, &at, &match));
    assert_int_equal(match.end, 556);
    assert_int_equal(match.owner, 3);
    matcher_free(m);
}

static void too_many_are_refused(void **state)
{
    (void)state;
    char *big = malloc(MATCHER_BYTES_MAX);
    memset(big, 'a', MATCHER_BYTES_MAX);
    const struct pattern fits = {big, MATCHER_BYTES_MAX, 0}, both[] = {{big, MATCHER_BYTES_MAX, 0}, {"b", 1, 1}};
    struct matcher *m = matcher_new(&fits, 1);
    assert_non_null(m);
    matcher_free(m);
    assert_null(matcher_new(both, 2));
    free(big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_that_ends_is_told),
        cmocka_unit_test(it_finds_what_a_slow_search_finds),
        cmocka_unit_test(bytes_of_all_values_are_sought),
        cmocka_unit_test(too_many_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets at a thousand places, in each spelling, in streams that are cut anywhere: none of them may be seen. */
#include "../testing.h"
#include "base/cleanup.h"
#include "secrets/secret_stream.h"
#include "secrets/seek.h"
#include "secrets/spellings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct secrets *with(const char *name, const char *value)
{
    struct secrets *s = secrets_new();
    assert_int_equal(secrets_add(s, name, value, strlen(value), NULL), 0);
    return s;
}

static void shows(const struct secrets *s, const char *text, const char *expected)
{
    struct arena arena = {0};
    assert_string_equal(secrets_hide(s, text, &arena), expected);
    arena_free(&arena);
}

static void a_text_has_its_name_in_its_place(void **state)
{
    (void)state;
    struct secrets *s = with("db", "hunter2-hunter2");
    shows(s, "nothing", "nothing");
    shows(s, "password=hunter2-hunter2;", "password=[secret db];");
    shows(s, "hunter2-hunter2 hunter2-hunter2", "[secret db] [secret db]");
    shows(s, "hunter2-hunter", "hunter2-hunter");
    shows(s, "hunter2-hunter2-hunter2", "[secret db]"); /* one that overlaps with itself is one place */
    shows(s, "", "");
    secrets_free(s);
    shows(NULL, "hunter2-hunter2", "hunter2-hunter2");
}

static void each_spelling_is_known(void **state)
{
    (void)state;
    struct secrets *s = with("k", "a\"b/c d&e<f>'g\\h\n1");
    shows(s, "{\"x\":\"a\\\"b/c d&e<f>'g\\\\h\\n1\"}", "{\"x\":\"[secret k]\"}");
    shows(s, "{\"x\":\"a\\\"b\\/c d&e<f>'g\\\\h\\n1\"}", "{\"x\":\"[secret k]\"}");
    shows(s, "<p>a\"b/c d&amp;e&lt;f&gt;'g\\h\n1</p>", "<p>[secret k]</p>");
    shows(s, "<p a='a&quot;b/c d&amp;e&lt;f&gt;&#39;g\\h\n1'>", "<p a='[secret k]'>");
    shows(s, "?q=a%22b%2Fc%20d%26e%3Cf%3E%27g%5Ch%0A1&", "?q=[secret k]&");
    shows(s, "?q=a%22b%2fc%20d%26e%3cf%3e%27g%5ch%0a1&", "?q=[secret k]&");
    shows(s, "?q=a%22b%2Fc+d%26e%3Cf%3E%27g%5Ch%0A1&", "?q=[secret k]&");
    shows(s, "[6122622f63206426653c663e27675c680a31]", "[[secret k]]");
    shows(s, "[6122622F63206426653C663E27675C680A31]", "[[secret k]]");
    secrets_free(s);
}

/* By coreutils' base64(1): printf 'xhunter2-hunter2' | base64 and so on. */
static void base64_is_known_at_each_offset(void **state)
{
    (void)state;
    struct secrets *s = with("k", "hunter2-hunter2");
    shows(s, "aHVudGVyMi1odW50ZXIy", "[secret k]");
    shows(s, "eGh1bnRlcjItaHVudGVyMg==", "eG[secret k]g==");
    shows(s, "eHhodW50ZXIyLWh1bnRlcjI=", "eHh[secret k]I=");
    secrets_free(s);
}

static void short_ones_are_refused(void **state)
{
    (void)state;
    struct secrets *s = secrets_new();
    autoerr struct err err = {0};
    assert_int_equal(secrets_add(s, "pin", "1234567", 7, &err), -ERANGE);
    assert_non_null(strstr(err_text(&err), "the secret pin has 7 bytes"));
    assert_false(secrets_any(s));
    char *big = calloc(1, SECRET_MOST + 1);
    memset(big, 'x', SECRET_MOST + 1);
    assert_int_equal(secrets_add(s, "big", big, SECRET_MOST + 1, NULL), -E2BIG);
    assert_int_equal(secrets_add(s, "big", big, SECRET_MOST, NULL), 0);
    assert_int_equal(secrets_add(s, "big", big, SECRET_MOST, NULL), 0); /* known */
    free(big);
    secrets_free(s);
}

static void one_that_is_too_much_leaves_the_others(void **state)
{
    (void)state;
    struct secrets *s = with("first", "the-first-one");
    char *big = malloc(SECRET_MOST);
    int r = 0;
    for (int i = 0; r == 0 && i < 64; i++) {
        memset(big, 'A' + i, SECRET_MOST);
        r = secrets_add(s, "big", big, SECRET_MOST, NULL);
    }
    assert_int_equal(r, -E2BIG);
    shows(s, "the-first-one", "[secret first]");
    free(big);
    secrets_free(s);
}

/* ---- a thousand places ---- */

struct spelled {
    char *items[32];
    size_t n;
};

static void keep_spelling(void *data, const char *bytes, size_t len)
{
    struct spelled *all = data;
    assert_true(all->n < 32);
    all->items[all->n] = calloc(1, len + 1);
    memcpy(all->items[all->n++], bytes, len);
}

/* Noise without the letters of the secret's beginnings would be too easy: it is made of pieces of the spellings. */
static void add_noise(struct buf *out, const struct spelled *all)
{
    const char *from = all->items[(size_t)rand() % all->n];
    size_t len = strlen(from);
    buf_add(out, from, (size_t)rand() % (len - 1));
    buf_addc(out, '|');
}

static void a_thousand_placements_are_hidden(void **state)
{
    (void)state;
    static const char value[] = "s3cr3t/of \"the\" <house>&co";
    struct secrets *s = with("k", value);
    struct spelled all = {0};
    spellings_each(value, strlen(value), keep_spelling, &all);
    srand(11);
    for (int i = 0; i < 1000; i++) {
        autobuf struct buf text = {0}, shown = {0}, expected = {0};
        add_noise(&text, &all);
        buf_add(&expected, text.data, text.len);
        buf_adds(&text, all.items[(size_t)i % all.n]);
        buf_adds(&expected, "[secret k]");
        buf_adds(&text, "|and more");
        buf_adds(&expected, "|and more");
        struct secret_stream f = {.secrets = s};
        for (size_t at = 0; at < text.len;) { /* written in pieces of any size */
            size_t n = 1 + (size_t)rand() % 9;
            n = n < text.len - at ? n : text.len - at;
            secret_stream_add(&f, text.data + at, n, &shown);
            at += n;
        }
        secret_stream_end(&f, &shown);
        secret_stream_free(&f);
        assert_string_equal(buf_str(&shown), buf_str(&expected));
    }
    for (size_t i = 0; i < all.n; i++)
        free(all.items[i]);
    secrets_free(s);
}

static void one_that_comes_late_is_hidden_from_then_on(void **state)
{
    (void)state;
    struct secrets *s = with("first", "the-first-one");
    struct secret_stream f = {.secrets = s};
    autobuf struct buf out = {0};
    secret_stream_add(&f, "a second-one, the-fir", 21, &out);
    assert_string_equal(buf_str(&out), "a second-one, "); /* the rest may be the beginning */
    assert_int_equal(secrets_add(s, "second", "the-firm-two", 12, NULL), 0);
    secret_stream_add(&f, "m-two, the-first-one", 20, &out);
    secret_stream_end(&f, &out);
    assert_string_equal(buf_str(&out), "a second-one, [secret second], [secret first]");
    secret_stream_free(&f);
    secrets_free(s);
}

struct places {
    int64_t start[4], end[4];
    size_t n;
};

static void keep_place(void *data, int64_t start, int64_t end, const char *name)
{
    struct places *p = data;
    assert_string_equal(name, "k");
    p->start[p->n] = start;
    p->end[p->n++] = end;
}

static void a_file_is_looked_through(void **state)
{
    (void)state;
    enum { FAR = 256 * 1024 - 5 }; /* it stands across the pieces that are read */
    struct secrets *s = with("k", "hunter2-hunter2");
    FILE *f = tmpfile();
    assert_non_null(f);
    for (int i = 0; i < FAR; i++)
        fputc('h', f);
    fputs("hunter2-hunter2 and hunter2-hunter2", f);
    fflush(f);
    struct places p = {0};
    assert_int_equal(secrets_find(s, fileno(f), keep_place, &p), 0);
    assert_int_equal(p.n, 2);
    assert_int_equal(p.start[0], FAR);
    assert_int_equal(p.end[0], FAR + 15);
    assert_int_equal(p.start[1], FAR + 20);
    fclose(f);
    secrets_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_has_its_name_in_its_place),
        cmocka_unit_test(each_spelling_is_known),
        cmocka_unit_test(base64_is_known_at_each_offset),
        cmocka_unit_test(short_ones_are_refused),
        cmocka_unit_test(one_that_is_too_much_leaves_the_others),
        cmocka_unit_test(a_thousand_placements_are_hidden),
        cmocka_unit_test(one_that_comes_late_is_hidden_from_then_on),
        cmocka_unit_test(a_file_is_looked_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes what users and authors write for selecting: markers, the expressions of -m and -k, id globs.
 * The input is two strings, parted by the first newline: an expression or pattern, and a line of markers
 * with ';' between. What is parsed is also asked, and an error must have a text.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/suggest.h"
#include "plan/expr.h"
#include "plan/glob.h"
#include "plan/marker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_MARKERS = 8 };

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_error(int code, struct err *err)
{
    require(code < 0 && err->code == code && err->text && strncmp(err->text, "column ", 7) == 0);
    err_free(err);
}

static uint32_t parse_markers(char *line, struct arena *arena, struct marker *markers)
{
    uint32_t n = 0;
    for (char *text; n < MOST_MARKERS && (text = strsep(&line, ";"));) {
        struct err err = {0};
        int e = marker_parse(text, arena, &markers[n], &err);
        if (e < 0)
            check_error(e, &err);
        else
            n++;
    }
    return n;
}

static void ask(const char *text, const struct marker *markers, uint32_t n)
{
    struct err err = {0};
    struct expr *e = NULL;
    int code = expr_parse(text, &e, &err);
    if (code < 0)
        check_error(code, &err);
    else
        expr_match_markers(e, markers, n);
    expr_free(e);

    const char *names[MOST_MARKERS];
    for (uint32_t i = 0; i < n; i++) {
        names[i] = markers[i].name;
        glob_match_id(text, names[i]);
    }
    e = NULL;
    code = expr_parse_keyword(text, &e, &err);
    if (code < 0)
        check_error(code, &err);
    else
        expr_match_names(e, names, n);
    expr_free(e);
}

/* Whatever can name a marker selects it. */
static void names_select(const struct marker *m)
{
    struct err err = {0};
    struct expr *e = NULL;
    require(expr_parse(m->name, &e, &err) == 0 && expr_match_markers(e, m, 1));
    expr_free(e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xmalloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    char *line = text;
    strsep(&line, "\n");
    struct arena arena = {0};
    struct marker markers[MOST_MARKERS];
    uint32_t n = line ? parse_markers(line, &arena, markers) : 0;
    ask(text, markers, n);
    struct suggestion s = suggest_start(text);
    for (uint32_t i = 0; i < n; i++) {
        names_select(&markers[i]);
        suggest_offer(&s, markers[i].text);
    }
    arena_free(&arena);
    free(text);
    return 0;
}

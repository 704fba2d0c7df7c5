/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of fixtures: from what was written to one text for each value. */
#include "plan/argument.h"

#include "base/text.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int refuse(const struct param_info *param, const char *text, const char *wants, struct err *err)
{
    return err_set(err, -EINVAL, "%s=%s: it takes %s", param->name, text, wants);
}

static bool whole(const char *text, int64_t *ret_number)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    *ret_number = n;
    return *text && !strchr(" \t\n+", *text) && !*end && errno == 0;
}

static bool natural(const char *text, uint64_t *ret_number)
{
    char *end;
    bool hex = strncmp(text, "0x", 2) == 0;
    errno = 0;
    unsigned long long n = strtoull(text, &end, hex ? 16 : 10);
    *ret_number = n;
    return *text >= '0' && *text <= '9' && (!hex || text[2]) && !*end && errno == 0;
}

/* The user's locale must not turn "1.5" into 1. */
static bool real(const char *text, double *ret_number)
{
    static locale_t c_locale;
    if (!c_locale)
        c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    char *end;
    *ret_number = strtod_l(text, &end, c_locale);
    return *text && !strchr(" \t\n", *text) && !*end && isfinite(*ret_number);
}

static int check_whole(const struct param_info *param, const char *text, struct arena *arena, const char **ret_text,
                       struct err *err)
{
    int64_t n;
    bool narrow = param->type == TYPE_I32;
    if (!whole(text, &n) || (narrow && (n < INT32_MIN || n > INT32_MAX)))
        return refuse(param, text, narrow ? "a whole number of 32 bits" : "a whole number of 64 bits", err);
    char out[24];
    snprintf(out, sizeof out, "%lld", (long long)n);
    *ret_text = arena_strdup(arena, out);
    return 0;
}

static int check_natural(const struct param_info *param, const char *text, struct arena *arena, const char **ret_text,
                         struct err *err)
{
    uint64_t n;
    if (!natural(text, &n))
        return refuse(param, text, "a whole number from 0, of 64 bits", err);
    char out[24];
    snprintf(out, sizeof out, "%llu", (unsigned long long)n);
    *ret_text = arena_strdup(arena, out);
    return 0;
}

static int check_bool(const struct param_info *param, const char *text, const char **ret_text, struct err *err)
{
    bool yes = strcmp(text, "true") == 0 || strcmp(text, "True") == 0;
    if (!yes && strcmp(text, "false") != 0 && strcmp(text, "False") != 0)
        return refuse(param, text, "true or false", err);
    *ret_text = yes ? "true" : "false";
    return 0;
}

static int check_text(const struct param_info *param, const char *text, struct arena *arena, const char **ret_text,
                      struct err *err)
{
    if (!utf8_valid(text, strlen(text)))
        return refuse(param, text, "UTF-8", err);
    *ret_text = arena_strdup(arena, text);
    return 0;
}

int argument_check(const struct param_info *param, const char *text, struct arena *arena, const char **ret_text,
                   struct err *err)
{
    double number;
    switch (param->type) {
    case TYPE_I32:
    case TYPE_I64:
        return check_whole(param, text, arena, ret_text, err);
    case TYPE_U64:
        return check_natural(param, text, arena, ret_text, err);
    case TYPE_F64:
        if (!real(text, &number))
            return refuse(param, text, "a finite number", err);
        *ret_text = arena_strdup(arena, text);
        return 0;
    case TYPE_BOOL:
        return check_bool(param, text, ret_text, err);
    default:
        return check_text(param, text, arena, ret_text, err);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters, the cases of tables, and calls with native arguments. */
#include "loader.h"

#include <err.h>
#include <ffi.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct muster_param *const no_params[] = {NULL};

void values_init(struct values *v, const struct muster_param *const *params)
{
    memset(v, 0, sizeof *v);
    v->params = params ? params : no_params;
    for (size_t i = 0; v->params[i]; i++) {
        if (i == MAX_PARAMS || v->params[i]->size != sizeof(struct muster_param) || !v->params[i]->name)
            errx(1, "a parameter's table is wrong");
        v->texts[i] = v->params[i]->fallback;
    }
}

static size_t index_of(const struct values *v, const char *name)
{
    size_t i = 0;
    while (v->params[i] && strcmp(v->params[i]->name, name) != 0)
        i++;
    return i;
}

void values_set(struct values *v, const char *name, const char *text)
{
    size_t i = index_of(v, name);
    if (!v->params[i])
        errx(1, "there is no parameter %s", name);
    v->texts[i] = text;
}

const char *values_get(const struct values *v, const char *name)
{
    size_t i = index_of(v, name);
    return v->params[i] ? v->texts[i] : NULL;
}

static size_t rows_of(const struct muster_table *table)
{
    if (table->size != sizeof *table || table->reserved || (table->n_rows && (!table->columns || !table->cells)) ||
        (!table->n_rows && !table->file))
        errx(1, "a table is wrong");
    return table->n_rows ? table->n_rows : 1;
}

size_t count_cases(const struct muster_scenario *s)
{
    size_t n = 1;
    for (size_t i = 0; s->tables && s->tables[i]; i++)
        n *= rows_of(s->tables[i]);
    return n;
}

static void take_row(const struct muster_table *table, size_t row, struct values *v, bool *in_id)
{
    size_t n = 0;
    while (table->columns[n])
        n++;
    for (size_t i = 0; i < n; i++) {
        const char *cell = table->cells[row * n + i];
        if (cell)
            values_set(v, table->columns[i], cell);
        in_id[index_of(v, table->columns[i])] = true;
    }
}

void describe_case(const struct muster_scenario *s, size_t number, struct values *ret_values, char *ret_id, size_t size)
{
    bool in_id[MAX_PARAMS] = {false};
    size_t n = 0;
    values_init(ret_values, s->params);
    while (s->tables && s->tables[n])
        n++;
    while (n-- > 0) { /* the last table's rows vary fastest */
        size_t rows = rows_of(s->tables[n]);
        if (s->tables[n]->n_rows)
            take_row(s->tables[n], number % rows, ret_values, in_id);
        number /= rows;
    }
    snprintf(ret_id, size, "%s", s->id);
    bool any = false;
    for (size_t i = 0; ret_values->params[i]; i++) {
        if (!in_id[i])
            continue;
        size_t used = strlen(ret_id);
        snprintf(ret_id + used, size - used, "%s%s=%s", any ? "," : "[", ret_values->params[i]->name,
                 ret_values->texts[i] ? ret_values->texts[i] : "");
        any = true;
    }
    size_t used = strlen(ret_id);
    snprintf(ret_id + used, size - used, "%s", any ? "]" : "");
}

/* A value as it is passed. */
union native {
    int32_t i32;
    int64_t i64;
    uint64_t u64;
    double f64;
    const char *text;
    ffi_arg result; /* what libffi widens a small result to */
};

static ffi_type *ffi_type_of(uint32_t type)
{
    static ffi_type *const types[] = {[MUSTER_TYPE_NONE] = &ffi_type_void,   [MUSTER_TYPE_I32] = &ffi_type_sint32,
                                      [MUSTER_TYPE_I64] = &ffi_type_sint64,  [MUSTER_TYPE_U64] = &ffi_type_uint64,
                                      [MUSTER_TYPE_F64] = &ffi_type_double,  [MUSTER_TYPE_BOOL] = &ffi_type_sint32,
                                      [MUSTER_TYPE_STR] = &ffi_type_pointer, [MUSTER_TYPE_JSON] = &ffi_type_pointer};
    if (type >= sizeof types / sizeof types[0])
        errx(1, "there is no type %" PRIu32, type);
    return types[type];
}

static union native native_of(uint32_t type, const char *text)
{
    union native n = {0};
    if (type == MUSTER_TYPE_STR || type == MUSTER_TYPE_JSON)
        n.text = text;
    else if (type == MUSTER_TYPE_I64)
        n.i64 = strtoll(text, NULL, 10);
    else if (type == MUSTER_TYPE_U64)
        n.u64 = strtoull(text, NULL, 0);
    else if (type == MUSTER_TYPE_F64)
        n.f64 = strtod(text, NULL);
    else if (type == MUSTER_TYPE_BOOL)
        n.i32 = strcmp(text, "true") == 0;
    else
        n.i32 = (int32_t)strtol(text, NULL, 10);
    return n;
}

static void print_native(uint32_t type, const union native *n, char *ret_text, size_t size)
{
    *ret_text = '\0';
    if (type == MUSTER_TYPE_STR || type == MUSTER_TYPE_JSON)
        snprintf(ret_text, size, "%s", n->text);
    else if (type == MUSTER_TYPE_I64)
        snprintf(ret_text, size, "%" PRId64, n->i64);
    else if (type == MUSTER_TYPE_U64)
        snprintf(ret_text, size, "%" PRIu64, n->u64);
    else if (type == MUSTER_TYPE_F64)
        snprintf(ret_text, size, "%g", n->f64);
    else if (type == MUSTER_TYPE_BOOL)
        snprintf(ret_text, size, "%s", (int32_t)n->result ? "true" : "false");
    else if (type == MUSTER_TYPE_I32)
        snprintf(ret_text, size, "%" PRId32, (int32_t)n->result);
}

void call_typed(void (*call)(void), uint32_t returns, struct muster_ctx *t, const struct values *v, char *ret_text,
                size_t size)
{
    static const char *const samples[] = {
        [MUSTER_TYPE_I32] = "1",     [MUSTER_TYPE_I64] = "1",    [MUSTER_TYPE_U64] = "1",  [MUSTER_TYPE_F64] = "1.5",
        [MUSTER_TYPE_BOOL] = "true", [MUSTER_TYPE_STR] = "text", [MUSTER_TYPE_JSON] = "[]"};
    ffi_type *types[MAX_PARAMS + 1] = {&ffi_type_pointer};
    union native natives[MAX_PARAMS], result = {0};
    void *arguments[MAX_PARAMS + 1] = {&t};
    unsigned n = 0;
    for (; v->params[n]; n++) {
        uint32_t type = v->params[n]->type;
        types[n + 1] = ffi_type_of(type);
        natives[n] = native_of(type, v->texts[n] ? v->texts[n] : samples[type]);
        arguments[n + 1] = &natives[n];
    }
    ffi_cif cif;
    if (ffi_prep_cif(&cif, FFI_DEFAULT_ABI, n + 1, ffi_type_of(returns), types) != FFI_OK)
        errx(1, "libffi refuses the signature");
    ffi_call(&cif, call, &result, arguments);
    print_native(returns, &result, ret_text, size);
}

const char *type_name(uint32_t type)
{
    static const char *const names[] = {"none", "i32", "i64", "u64", "f64", "bool", "str", "json"};
    ffi_type_of(type); /* complains of a wrong one */
    return names[type];
}

void print_params(const struct muster_param *const *params)
{
    struct values v;
    values_init(&v, params);
    putchar('(');
    for (size_t i = 0; v.params[i]; i++)
        printf("%s%s %s%s%s", i ? ", " : "", type_name(v.params[i]->type), v.params[i]->name, v.texts[i] ? "=" : "",
               v.texts[i] ? v.texts[i] : "");
    putchar(')');
}

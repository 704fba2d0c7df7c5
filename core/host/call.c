/* SPDX-License-Identifier: Apache-2.0 */
/* Typed calls, through libffi. */
#include "host/call.h"

#include "base/cleanup.h"
#include "base/dynlib.h"
#include "base/mem.h"
#include "base/number.h"

#include <errno.h>
#include <ffi.h>
#include <inttypes.h>
#include <pthread.h>

#define LIBRARY "libffi.so.8"

static struct {
    void *library;
    __typeof__(ffi_prep_cif) *prep_cif;
    __typeof__(ffi_call) *call;
    ffi_type *types[TYPE_N];
    struct err failure; /* why it can't be had */
} ffi;

static void load(void)
{
    static const struct library_symbol symbols[] = {
        {"ffi_prep_cif", &ffi.prep_cif},
        {"ffi_call", &ffi.call},
        {"ffi_type_void", &ffi.types[TYPE_NONE]},
        {"ffi_type_sint32", &ffi.types[TYPE_I32]},
        {"ffi_type_sint32", &ffi.types[TYPE_BOOL]},
        {"ffi_type_sint64", &ffi.types[TYPE_I64]},
        {"ffi_type_uint64", &ffi.types[TYPE_U64]},
        {"ffi_type_double", &ffi.types[TYPE_F64]},
        {"ffi_type_pointer", &ffi.types[TYPE_STR]},
        {"ffi_type_pointer", &ffi.types[TYPE_JSON]},
    };
    library_load(LIBRARY, symbols, ARRAY_LEN(symbols), &ffi.library, &ffi.failure);
}

static int load_once(struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return ffi.library ? 0 : err_set(err, -ENOSYS, "%s", err_text(&ffi.failure));
}

void call_prepare(const struct plugin *p)
{
    for (uint32_t i = 0; i < p->n_scenarios; i++) {
        if (p->entries[i].call || p->entries[i].run_data) {
            load_once(NULL); /* a failure is told by the attempts */
            return;
        }
    }
}

static int take_values(const struct plugin_params *params, const char *const *texts, union value *values,
                       struct err *err)
{
    for (uint32_t i = 0; i < params->n; i++) {
        int e = value_parse((enum value_type)params->items[i].type, texts[i], &values[i], err);
        if (e < 0)
            return err_prefix(err, "parameter %s", params->items[i].name);
    }
    return 0;
}

/* What came back: whole numbers narrower than a register are widened by the ABI of libffi. */
union returned {
    ffi_arg widened;
    int64_t i64;
    uint64_t u64;
    double f64;
    const char *text;
};

static int take_returned(uint32_t type, const union returned *from, union value *ret_value, struct err *err)
{
    union value v = {0};
    switch (type) {
    case TYPE_I32:
        v.i32 = (int32_t)from->widened;
        break;
    case TYPE_BOOL:
        v.i32 = (int32_t)from->widened != 0;
        break;
    case TYPE_I64:
        v.i64 = from->i64;
        break;
    case TYPE_U64:
        v.u64 = from->u64;
        break;
    case TYPE_F64:
        v.f64 = from->f64;
        break;
    case TYPE_STR:
    case TYPE_JSON:
        if (!from->text)
            return err_set(err, -EINVAL, "it returned NULL, and no text");
        if (value_parse((enum value_type)type, from->text, &v, err) < 0)
            return err_prefix(err, "what it returned");
        break;
    default:
        break;
    }
    *ret_value = v;
    return 0;
}

int call_function(void (*function)(void), struct muster_ctx *ctx, const struct plugin_params *params,
                  const char *const *values, uint32_t returns, union value *ret_value, struct err *err)
{
    const size_t n = (size_t)params->n + 1;
    autofree union value *native = xcalloc(n, sizeof *native);
    autofree ffi_type **types = xcalloc(n, sizeof *types);
    autofree void **arguments = xcalloc(n, sizeof *arguments);
    int e = returns < TYPE_N ? load_once(err) : err_set(err, -EINVAL, "type %u is not known", returns);
    if (e == 0)
        e = take_values(params, values, native + 1, err);
    if (e < 0)
        return e;
    types[0] = ffi.types[TYPE_STR];
    arguments[0] = &ctx;
    for (size_t i = 1; i < n; i++) {
        types[i] = ffi.types[params->items[i - 1].type];
        arguments[i] = &native[i]; /* all members of the union begin where it does */
    }
    ffi_cif cif;
    if (ffi.prep_cif(&cif, FFI_DEFAULT_ABI, (unsigned)n, ffi.types[returns], types) != FFI_OK)
        return err_set(err, -EINVAL, "libffi takes no call with these types");
    union returned returned = {0};
    ffi.call(&cif, function, &returned, arguments);
    return take_returned(returns, &returned, ret_value, err);
}

void call_value_text(uint32_t type, const union value *value, struct buf *out)
{
    switch (type) {
    case TYPE_I32:
        buf_addf(out, "%" PRId32, value->i32);
        break;
    case TYPE_BOOL:
        buf_adds(out, value->i32 ? "true" : "false");
        break;
    case TYPE_I64:
        buf_addf(out, "%" PRId64, value->i64);
        break;
    case TYPE_U64:
        buf_addu(out, value->u64);
        break;
    case TYPE_F64:
        number_add(out, value->f64);
        break;
    case TYPE_STR:
    case TYPE_JSON:
        buf_adds(out, value->text);
        break;
    default:
        break;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of step functions, through libffi. */
#include "host/step_call.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <dlfcn.h>
#include <errno.h>
#include <ffi.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

union native {
    int32_t i32;
    int64_t i64;
    uint64_t u64;
    double f64;
    const char *text;
    ffi_arg widened;
};

static ffi_type *type_for(uint32_t type)
{
    switch (type) {
    case MUSTER_TYPE_NONE:
        return &ffi_type_void;
    case MUSTER_TYPE_I32:
    case MUSTER_TYPE_BOOL:
        return &ffi_type_sint32;
    case MUSTER_TYPE_I64:
        return &ffi_type_sint64;
    case MUSTER_TYPE_U64:
        return &ffi_type_uint64;
    case MUSTER_TYPE_F64:
        return &ffi_type_double;
    default:
        return &ffi_type_pointer;
    }
}

static union native parse(uint32_t type, const char *text)
{
    union native v = {.text = text};
    if (type == MUSTER_TYPE_I32)
        v.i32 = (int32_t)strtol(text, NULL, 10);
    else if (type == MUSTER_TYPE_BOOL)
        v.i32 = strcmp(text, "true") == 0;
    else if (type == MUSTER_TYPE_I64)
        v.i64 = strtoll(text, NULL, 10);
    else if (type == MUSTER_TYPE_U64)
        v.u64 = strtoull(text, NULL, strncmp(text, "0x", 2) == 0 ? 16 : 10);
    else if (type == MUSTER_TYPE_F64)
        v.f64 = strtod(text, NULL);
    return v;
}

static char *format(uint32_t type, const union native *v)
{
    switch (type) {
    case MUSTER_TYPE_I32:
        return xasprintf("%" PRId32, (int32_t)v->widened);
    case MUSTER_TYPE_BOOL:
        return xstrdup((int32_t)v->widened ? "true" : "false");
    case MUSTER_TYPE_I64:
        return xasprintf("%" PRId64, v->i64);
    case MUSTER_TYPE_U64:
        return xasprintf("%" PRIu64, v->u64);
    case MUSTER_TYPE_F64:
        return xasprintf("%.17g", v->f64);
    case MUSTER_TYPE_NONE:
        return NULL;
    default:
        return v->text ? xstrdup(v->text) : NULL;
    }
}

int step_call(struct muster_ctx *ctx, const struct muster_step *step, const char *const *texts, char **ret_text,
              struct err *err)
{
    unsigned n = 1;
    while (step->params[n - 1])
        n++;
    autofree union native *values = xcalloc(n, sizeof *values);
    autofree ffi_type **types = xcalloc(n, sizeof *types);
    autofree void **arguments = xcalloc(n, sizeof *arguments);
    ffi_cif cif;
    types[0] = &ffi_type_pointer;
    arguments[0] = &ctx;
    for (unsigned i = 1; i < n; i++) {
        types[i] = type_for(step->params[i - 1]->type);
        values[i] = parse(step->params[i - 1]->type, texts[i - 1]);
        arguments[i] = &values[i];
    }
    if (ffi_prep_cif(&cif, FFI_DEFAULT_ABI, n, type_for(step->returns), types) != FFI_OK)
        return err_set(err, -EINVAL, "libffi takes no call with these types");
    union native returned = {0};
    ffi_call(&cif, step->call, &returned, arguments);
    *ret_text = format(step->returns, &returned);
    return 0;
}

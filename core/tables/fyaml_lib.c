/* SPDX-License-Identifier: Apache-2.0 */
/* libfyaml, loaded when it is first needed. */
#include "tables/fyaml_lib.h"

#include "base/dynlib.h"
#include "base/mem.h"

#define LIBRARY "libfyaml.so.0"

static struct fyaml_lib lib;

int fyaml_load(const struct fyaml_lib **ret_lib, struct err *err)
{
    *ret_lib = &lib;
#define SYMBOL(name) {#name, &lib.name},
    static const struct library_symbol symbols[] = {FYAML_CALLS(SYMBOL)};
    return library_load(LIBRARY, symbols, ARRAY_LEN(symbols), &lib.library, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite, loaded when it is first needed. */
#include "record/sqlite_lib.h"

#include "base/dynlib.h"
#include "base/mem.h"

#define LIBRARY "libsqlite3.so.0"

static struct sqlite_lib lib;

int sqlite_load(const struct sqlite_lib **ret_lib, struct err *err)
{
    *ret_lib = &lib;
#define SYMBOL(name) {#name, &lib.name},
    static const struct library_symbol symbols[] = {SQLITE_CALLS(SYMBOL)};
    return library_load(LIBRARY, symbols, ARRAY_LEN(symbols), &lib.library, err);
}

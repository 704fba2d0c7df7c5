/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite, loaded when it is first asked for. */
#include "libsqlite3.h"

#include "library.h"

#include <pthread.h>

static struct libsqlite3 lite;
static int loaded;
static char why_not[256];

static void load(void)
{
#define SYMBOL(name_) {"sqlite3_" #name_, &lite.name_},
    static const struct lazy_symbol symbols[] = {LIBSQLITE3_CALLS(SYMBOL)};
    loaded = lazy_load("libsqlite3.so.0", "libsqlite3-0", symbols, sizeof symbols / sizeof symbols[0], why_not,
                       sizeof why_not) == 0;
}

const struct libsqlite3 *lazy_libsqlite3(const char **ret_why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (loaded)
        return &lite;
    *ret_why = why_not;
    return NULL;
}

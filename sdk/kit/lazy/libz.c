/* SPDX-License-Identifier: Apache-2.0 */
/* zlib, loaded when it is first asked for. */
#include "libz.h"

#include "library.h"

#include <pthread.h>

static struct libz z;
static int loaded;
static char why_not[256];

static void load(void)
{
#define SYMBOL(name_) {#name_, &z.name_},
    static const struct lazy_symbol symbols[] = {LIBZ_CALLS(SYMBOL)};
    loaded =
        lazy_load("libz.so.1", "zlib1g", symbols, sizeof symbols / sizeof symbols[0], why_not, sizeof why_not) == 0;
}

const struct libz *lazy_libz(const char **ret_why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (loaded)
        return &z;
    *ret_why = why_not;
    return NULL;
}

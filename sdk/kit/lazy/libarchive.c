/* SPDX-License-Identifier: Apache-2.0 */
/* libarchive, loaded when it is first asked for. */
#include "libarchive.h"

#include "library.h"

#include <pthread.h>

static struct libarchive archive;
static int loaded;
static char why_not[256];

static void load(void)
{
#define SYMBOL(name_) {"archive_" #name_, &archive.name_},
    static const struct lazy_symbol symbols[] = {LIBARCHIVE_CALLS(SYMBOL)};
    loaded = lazy_load("libarchive.so.13", "libarchive13", symbols, sizeof symbols / sizeof symbols[0], why_not,
                       sizeof why_not) == 0;
}

const struct libarchive *lazy_libarchive(const char **ret_why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (loaded)
        return &archive;
    *ret_why = why_not;
    return NULL;
}

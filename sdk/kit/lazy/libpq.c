/* SPDX-License-Identifier: Apache-2.0 */
/* libpq, loaded when it is first asked for. */
#include "libpq.h"

#include "library.h"

#include <pthread.h>

static struct libpq pq;
static int loaded;
static char why_not[256];

static void load(void)
{
#define SYMBOL(name_) {"PQ" #name_, &pq.name_},
    static const struct lazy_symbol symbols[] = {LIBPQ_CALLS(SYMBOL)};
    loaded =
        lazy_load("libpq.so.5", "libpq5", symbols, sizeof symbols / sizeof symbols[0], why_not, sizeof why_not) == 0;
}

const struct libpq *lazy_libpq(const char **ret_why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (loaded)
        return &pq;
    *ret_why = why_not;
    return NULL;
}

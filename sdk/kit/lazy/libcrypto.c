/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's libcrypto, loaded when it is first asked for. */
#include "libcrypto.h"

#include "library.h"

#include <pthread.h>

static struct libcrypto crypto;
static int loaded;
static char why_not[256];

static void load(void)
{
#define SYMBOL(name_) {#name_, &crypto.name_},
    static const struct lazy_symbol symbols[] = {LIBCRYPTO_CALLS(SYMBOL)};
    loaded = lazy_load("libcrypto.so.3", "libssl3", symbols, sizeof symbols / sizeof symbols[0], why_not,
                       sizeof why_not) == 0;
}

const struct libcrypto *lazy_libcrypto(const char **ret_why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (loaded)
        return &crypto;
    *ret_why = why_not;
    return NULL;
}

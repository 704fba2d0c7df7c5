/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl, loaded when it is first asked for. */
#include "libcurl.h"

#include "library.h"

#include <pthread.h>
#include <stdio.h>

static struct libcurl curl;
static int loaded;
static char why_not[256];

static void load(void)
{
#define SYMBOL(name_) {"curl_" #name_, &curl.name_},
    static const struct lazy_symbol symbols[] = {LIBCURL_CALLS(SYMBOL)};
    if (lazy_load("libcurl.so.4", "libcurl4", symbols, sizeof symbols / sizeof symbols[0], why_not, sizeof why_not) < 0)
        return;
    CURLcode code = curl.global_init(CURL_GLOBAL_DEFAULT);
    if (code)
        snprintf(why_not, sizeof why_not, "libcurl.so.4 cannot be used: %s", curl.easy_strerror(code));
    loaded = !code;
}

const struct libcurl *lazy_libcurl(const char **ret_why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (loaded)
        return &curl;
    *ret_why = why_not;
    return NULL;
}

void lazy_libcurl_prepare(const struct libcurl *lib, CURL *client, const struct libcurl_trust *trust)
{
    lib->easy_setopt(client, CURLOPT_NOSIGNAL, 1L);
    lib->easy_setopt(client, CURLOPT_PROXY, "");
    if (trust->ca_file)
        lib->easy_setopt(client, CURLOPT_CAINFO, trust->ca_file);
    if (trust->cert_file)
        lib->easy_setopt(client, CURLOPT_SSLCERT, trust->cert_file);
    if (trust->key_file)
        lib->easy_setopt(client, CURLOPT_SSLKEY, trust->key_file);
    lib->easy_setopt(client, CURLOPT_SSL_VERIFYPEER, trust->insecure ? 0L : 1L);
    lib->easy_setopt(client, CURLOPT_SSL_VERIFYHOST, trust->insecure ? 0L : 2L);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl, loaded when it is first asked for (library.h). `curl->easy_init` is curl_easy_init, and so on. */
#ifndef MUSTER_KIT_LAZY_LIBCURL_H
#define MUSTER_KIT_LAZY_LIBCURL_H

#include <curl/curl.h>

/* Said of a URL that is NULL: what it is from says so where the value is missing, too. `%s` is its scheme. */
#define URL_IS_NULL                                                                                                    \
    "the URL is NULL. One that is m_target(t, \"NAME\") is given by `--set NAME=%s://...`; one that is "               \
    "m_fixture(t, \"FIXTURE\", \"KEY\") is what that fixture says by m_publish(t, \"KEY\", ...)"

/* Without "curl_", since curl's header has macros of some of these names. */
#define LIBCURL_CALLS(X_)                                                                                              \
    X_(easy_cleanup)                                                                                                   \
    X_(easy_getinfo)                                                                                                   \
    X_(easy_init)                                                                                                      \
    X_(easy_perform)                                                                                                   \
    X_(easy_recv)                                                                                                      \
    X_(easy_reset)                                                                                                     \
    X_(easy_send)                                                                                                      \
    X_(easy_setopt)                                                                                                    \
    X_(easy_strerror)                                                                                                  \
    X_(free)                                                                                                           \
    X_(global_init)                                                                                                    \
    X_(slist_append)                                                                                                   \
    X_(slist_free_all)                                                                                                 \
    X_(url)                                                                                                            \
    X_(url_cleanup)                                                                                                    \
    X_(url_get)                                                                                                        \
    X_(url_set)                                                                                                        \
    X_(url_strerror)

struct libcurl {
#define LIBCURL_MEMBER_(name_) __typeof__(curl_##name_) *name_;
    LIBCURL_CALLS(LIBCURL_MEMBER_)
#undef LIBCURL_MEMBER_
};

/* Loaded and initialised. NULL when it can't be had; *ret_why, which stays, says why. From any thread. */
const struct libcurl *lazy_libcurl(const char **ret_why);

/* Whom a client trusts, and by what it is known: paths, NULL for curl's default, or for none. */
struct libcurl_trust {
    const char *ca_file, *cert_file, *key_file;
    int insecure; /* whoever the server says it is */
};

/* What every client of the kit is: one that speaks to the server itself, by these files, and whose time is kept without
 * a signal, since other threads run. */
void lazy_libcurl_prepare(const struct libcurl *lib, CURL *client, const struct libcurl_trust *trust);

#endif

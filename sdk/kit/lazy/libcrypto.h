/* SPDX-License-Identifier: Apache-2.0 */
/* What a WebSocket's handshake, a signed request and a browser's pictures take of OpenSSL's libcrypto, loaded when it
 * is first asked for (library.h). */
#ifndef MUSTER_KIT_LAZY_LIBCRYPTO_H
#define MUSTER_KIT_LAZY_LIBCRYPTO_H

#include <openssl/evp.h>
#include <openssl/hmac.h>

#define LIBCRYPTO_CALLS(X_)                                                                                            \
    X_(EVP_DecodeBlock)                                                                                                \
    X_(EVP_Digest)                                                                                                     \
    X_(EVP_EncodeBlock)                                                                                                \
    X_(EVP_sha1)                                                                                                       \
    X_(EVP_sha256)                                                                                                     \
    X_(EVP_sha512)                                                                                                     \
    X_(HMAC)

struct libcrypto {
#define LIBCRYPTO_MEMBER_(name_) __typeof__(name_) *name_;
    LIBCRYPTO_CALLS(LIBCRYPTO_MEMBER_)
#undef LIBCRYPTO_MEMBER_
};

/* NULL when it can't be had; *ret_why, which stays, says why. From any thread. */
const struct libcrypto *libcrypto(const char **ret_why);

#endif

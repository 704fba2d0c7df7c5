/* SPDX-License-Identifier: Apache-2.0 */
/* What a WebSocket's handshake, a signed request, a token and a browser's pictures take of OpenSSL's libcrypto, loaded
 * when it is first asked for (library.h). */
#ifndef MUSTER_KIT_LAZY_LIBCRYPTO_H
#define MUSTER_KIT_LAZY_LIBCRYPTO_H

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#define LIBCRYPTO_CALLS(X_)                                                                                            \
    X_(BIO_ctrl)                                                                                                       \
    X_(BIO_free)                                                                                                       \
    X_(BIO_new)                                                                                                        \
    X_(BIO_new_mem_buf)                                                                                                \
    X_(BIO_s_mem)                                                                                                      \
    X_(BN_bin2bn)                                                                                                      \
    X_(BN_bn2binpad)                                                                                                   \
    X_(BN_free)                                                                                                        \
    X_(BN_num_bits)                                                                                                    \
    X_(ECDSA_SIG_free)                                                                                                 \
    X_(ECDSA_SIG_get0)                                                                                                 \
    X_(ECDSA_SIG_new)                                                                                                  \
    X_(ECDSA_SIG_set0)                                                                                                 \
    X_(ERR_clear_error)                                                                                                \
    X_(EVP_DecodeBlock)                                                                                                \
    X_(EVP_Digest)                                                                                                     \
    X_(EVP_DigestSign)                                                                                                 \
    X_(EVP_DigestSignInit)                                                                                             \
    X_(EVP_DigestVerify)                                                                                               \
    X_(EVP_DigestVerifyInit)                                                                                           \
    X_(EVP_EncodeBlock)                                                                                                \
    X_(EVP_MD_CTX_free)                                                                                                \
    X_(EVP_MD_CTX_new)                                                                                                 \
    X_(EVP_PKEY_CTX_free)                                                                                              \
    X_(EVP_PKEY_CTX_new_from_name)                                                                                     \
    X_(EVP_PKEY_Q_keygen)                                                                                              \
    X_(EVP_PKEY_free)                                                                                                  \
    X_(EVP_PKEY_fromdata)                                                                                              \
    X_(EVP_PKEY_fromdata_init)                                                                                         \
    X_(EVP_PKEY_get_base_id)                                                                                           \
    X_(EVP_PKEY_get_bits)                                                                                              \
    X_(EVP_PKEY_get_bn_param)                                                                                          \
    X_(EVP_PKEY_get_raw_public_key)                                                                                    \
    X_(EVP_PKEY_new_raw_private_key)                                                                                   \
    X_(EVP_PKEY_new_raw_public_key)                                                                                    \
    X_(EVP_sha1)                                                                                                       \
    X_(EVP_sha256)                                                                                                     \
    X_(EVP_sha384)                                                                                                     \
    X_(EVP_sha512)                                                                                                     \
    X_(HMAC)                                                                                                           \
    X_(OSSL_PARAM_BLD_free)                                                                                            \
    X_(OSSL_PARAM_BLD_new)                                                                                             \
    X_(OSSL_PARAM_BLD_push_BN)                                                                                         \
    X_(OSSL_PARAM_BLD_push_octet_string)                                                                               \
    X_(OSSL_PARAM_BLD_push_utf8_string)                                                                                \
    X_(OSSL_PARAM_BLD_to_param)                                                                                        \
    X_(OSSL_PARAM_free)                                                                                                \
    X_(PEM_read_bio_PUBKEY)                                                                                            \
    X_(PEM_read_bio_PrivateKey)                                                                                        \
    X_(PEM_write_bio_PUBKEY)                                                                                           \
    X_(d2i_ECDSA_SIG)                                                                                                  \
    X_(i2d_ECDSA_SIG)

struct libcrypto {
#define LIBCRYPTO_MEMBER_(name_) __typeof__(name_) *name_;
    LIBCRYPTO_CALLS(LIBCRYPTO_MEMBER_)
#undef LIBCRYPTO_MEMBER_
};

/* NULL when it can't be had; *ret_why, which stays, says why. From any thread. */
const struct libcrypto *lazy_libcrypto(const char **ret_why);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The audit chain, read through the target and recomputed with OpenSSL. */
#include "audit/chain.h"

#include <openssl/evp.h>

int64_t audit_only(struct muster_ctx *t, const struct m_json *found)
{
    if (!CHECK_INT(m_json_int(found, "/total"), ==, 1))
        return 0;
    return m_json_int(found, "/entries/0/seq");
}

int64_t audit_newest(struct m_session *reader)
{
    return m_json_int(DO(reader, "audit.list", ARG("order", "desc"), ARG("limit", 1)), "/entries/0/seq");
}

static const char *field(const struct m_json *entry, const char *pointer)
{
    const char *text = m_json_str(entry, pointer);
    return text ? text : "";
}

static const char *hash_of(struct muster_ctx *t, const struct m_json *e)
{
    const char *text =
        m_fmt(t, "%" PRId64 "\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s", m_json_int(e, "/seq"), field(e, "/at"),
              field(e, "/actor"), field(e, "/action"), field(e, "/entity_type"), field(e, "/entity_id"),
              field(e, "/tenant"), field(e, "/outcome"), field(e, "/detail"), field(e, "/prev"));
    unsigned char digest[EVP_MAX_MD_SIZE];
    char hex[2 * EVP_MAX_MD_SIZE + 1] = "";
    unsigned n = 0;
    if (!EVP_Digest(text, strlen(text), digest, &n, EVP_sha256(), NULL))
        ERROR("SHA-256 is not to be had");
    for (unsigned i = 0; i < n; i++)
        snprintf(hex + 2 * (size_t)i, 3, "%02x", digest[i]);
    return m_fmt(t, "%s", hex);
}

void chain_check(struct muster_ctx *t, const struct m_json *entries)
{
    const struct m_json *list = m_json_at(entries, "/entries"), *before = NULL;
    for (int64_t i = 0; i < m_json_count(list, ""); i++) {
        const struct m_json *e = m_json_item(list, (uint64_t)i);
        CHECK_STR(m_json_str(e, "/hash"), ==, hash_of(t, e));
        if (before) {
            CHECK_INT(m_json_int(e, "/seq"), ==, m_json_int(before, "/seq") + 1);
            CHECK_STR(m_json_str(e, "/prev"), ==, m_json_str(before, "/hash"));
        }
        before = e;
    }
}

void chain_tells(struct muster_ctx *t, const struct m_json *entries)
{
    static const char *const fields[] = {"/at",        "/actor",  "/action",  "/entity_type",
                                         "/entity_id", "/tenant", "/outcome", "/detail"};
    const struct m_json *list = m_json_at(entries, "/entries"), *first = m_json_item(list, 0);
    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
        int others = 0;
        for (int64_t i = 1; i < m_json_count(list, ""); i++)
            others += strcmp(field(m_json_item(list, (uint64_t)i), fields[f]), field(first, fields[f])) != 0;
        CHECK_INT(others, >, 0, "all entries say the same in %s", fields[f]);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Requests signed with an API key: once, now, and as they were signed. */
#include "common/tenancy.h"

#include <time.h>

#define LATER_MS 1500u /* while a signature still is in its time */

/* The SHA-256 of an empty body, which no order has. */
#define DIGEST_OF_NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static int64_t unix_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Who signs with this key, all requests at this time, with a nonce that nobody has used, and over `digest` in place of
 * the body's, unless that is NULL. */
static struct m_session *signer(struct muster_ctx *t, const struct m_json *key, int64_t at_ms, const char *digest)
{
    return LOGIN(t, "api_key", ARG("key_id", m_json_str(key, "/id")), ARG("secret", m_json_str(key, "/secret")),
                 ARG("timestamp", at_ms), ARG("nonce", m_unique(t, "nonce")), ARG("body_sha256", digest));
}

static int is_taken(struct m_session *signer, const struct tenancy *tenant)
{
    struct m_tried again =
        TRY(signer, "customer.create", ARG("tenant", tenant->id), ARG("name", "Ada"), ARG("email", "ada@example.test"));
    int refused = again.refused && strcmp(again.refused, "replayed") == 0;
    m_json_free(again.result);
    m_json_free(again.details);
    return !refused;
}

SCENARIO(signed_request_counts_once, .summary = "A signed request is taken once, unchanged and in its time",
         .markers = MARKERS("e2e", "priority_p1", "security", "catches(defect='replay-accepted')",
                            "catches(defect='nonce-forgotten')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "api_key.create", "customer.create", "customer.list"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct m_json *key;
    STEP("make an API key")
    {
        key = DO(tenant.admin, "api_key.create", ARG("name", m_unique(t, "key")));
    }
    struct m_session *first = signer(t, key, unix_ms(), NULL);
    STEP("a signed request is taken")
    {
        DO(first, "customer.create", ARG("tenant", tenant.id), ARG("name", "Ada"), ARG("email", "ada@example.test"));
    }
    STEP("the same again is not")
    {
        REFUSED("replayed", first, "customer.create", ARG("tenant", tenant.id), ARG("name", "Ada"),
                ARG("email", "ada@example.test"));
        struct m_json *all = DO(tenant.admin, "customer.list", ARG("tenant", tenant.id));
        CHECK_INT(m_json_int(all, "/total"), ==, 1);
    }
    STEP("nor is it a moment later")
    {
        CHECK(!M_UNTIL(t, LATER_MS, 100, is_taken(first, &tenant)));
    }
    STEP("another body under the signature is not")
    {
        REFUSED("bad_signature", signer(t, key, unix_ms(), DIGEST_OF_NOTHING), "customer.create",
                ARG("tenant", tenant.id), ARG("name", "Eve"), ARG("email", "eve@example.test"));
    }
    STEP("one from ten minutes ago is not")
    {
        REFUSED("stale_signature", signer(t, key, unix_ms() - 600000, NULL), "customer.create",
                ARG("tenant", tenant.id), ARG("name", "Old"), ARG("email", "old@example.test"));
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Requests signed with an API key: once, now, and as they were signed. */
#include "common/tenant.h"
#include "security/signing.h"

SCENARIO(signed_request_counts_once, .summary = "A signed request is taken once, unchanged and in its time",
         .markers = MARKERS("e2e", "priority_p1", "security", "catches(defect='replay-accepted')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "starter");
    struct m_http *api = platform_open(t);
    const char *path = tenant_path(t, &tenant, "customers");
    const char *body = "{\"name\":\"Ada\",\"email\":\"ada@example.test\"}";
    struct api_key key;
    STEP("make an API key")
    {
        struct m_json *made =
            ANSWER(201, m_post(tenant.admin.api, "/v1/api-keys", m_json_pack(t, "{s:s}", "name", m_unique(t, "key"))));
        key = (struct api_key){m_json_str(made, "/id"), m_json_str(made, "/secret")};
        REQUIRE(key.id && key.secret);
    }
    struct signed_request first = {
        .method = "POST", .path = path, .body = body, .at_ms = signing_now_ms(), .nonce = m_unique(t, "nonce")};
    STEP("a signed request is taken")
    {
        ANSWER(201, signed_send(t, api, &key, &first));
    }
    STEP("the same again is not")
    {
        CHECK_REFUSED(401, "replayed_request", signed_send(t, api, &key, &first));
        CHECK_JSON(m_get(tenant.admin.api, path).body, "/total", "1");
    }
    STEP("another body under the signature is not")
    {
        struct signed_request changed = first;
        changed.nonce = m_unique(t, "nonce");
        changed.sent_body = "{\"name\":\"Eve\",\"email\":\"eve@example.test\"}";
        CHECK_REFUSED(401, "bad_signature", signed_send(t, api, &key, &changed));
    }
    STEP("one from ten minutes ago is not")
    {
        struct signed_request old = first;
        old.nonce = m_unique(t, "nonce");
        old.at_ms -= 600000;
        CHECK_REFUSED(401, "timestamp_skew", signed_send(t, api, &key, &old));
    }
}

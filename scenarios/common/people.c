/* SPDX-License-Identifier: Apache-2.0 */
/* A user of each role. */
#include "common/people.h"

/* The platform's own users have no tenant that they would go with. */
static void remove_everywhere(struct muster_ctx *t, struct m_session *platform, const char *username)
{
    uint64_t n;
    const struct m_role *roles = m_target_roles(t, &n);
    for (uint64_t i = 0; i < n; i++) {
        if (roles[i].of_tenant)
            continue;
        struct m_json *found = DO(platform, "user.list", ARG("role", roles[i].name));
        for (int64_t k = 0; k < m_json_count(found, "/users"); k++)
            if (strcmp(m_json_str(found, m_fmt(t, "/users/%d/username", (int)k)), username) == 0)
                DO(platform, "user.delete", ARG("id", m_json_str(found, m_fmt(t, "/users/%d/id", (int)k))));
        m_json_free(found);
    }
}

CLEANUP(people_end, "people.end", .timeout_ms = 30000)
{
    if (m_target_is_there(t))
        remove_everywhere(t, m_login(t, "admin"), payload);
}

struct member people_one(struct muster_ctx *t, struct m_session *platform, const struct tenancy *tenant,
                         const struct m_role *role)
{
    struct member m = {.username = m_unique(t, "user")};
    if (!role->of_tenant)
        DEFER("people.end", m.username);
    struct m_json *made = DO(platform, "user.create", ARG("username", m.username), ARG("password", TENANT_PASSWORD),
                             ARG("role", role->name), ARG("tenant", role->of_tenant ? tenant->id : NULL));
    m.id = m_json_str(made, "/id");
    m.session = people_again(t, &m);
    return m;
}

struct m_session *people_again(struct muster_ctx *t, const struct member *who)
{
    return LOGIN(t, "password", ARG("username", who->username), ARG("password", TENANT_PASSWORD));
}

struct people people_begin(struct muster_ctx *t, struct m_session *platform, const struct tenancy *tenant)
{
    struct people p = {0};
    p.roles = m_target_roles(t, &p.n);
    REQUIRE_UINT(p.n, <=, PEOPLE_MOST);
    for (uint64_t i = 0; i < p.n; i++)
        p.all[i] = people_one(t, platform, tenant, &p.roles[i]);
    return p;
}

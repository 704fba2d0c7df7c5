/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants, people and clients as fixtures. An attempt has one of each name, but for `tenant`, of which it may use
 * several
 * (`as`): those are kept apart. */
#include "common/fixtures.h"

#include <stdlib.h>

FIXTURE(admin, MUSTER_SCOPE_ATTEMPT, .uses = USES("target"), .summary = "The platform's administrator")
{
    m_hand_over(t, m_login(t, "admin"));
}

struct m_session *admin_of(struct muster_ctx *t)
{
    return m_fixture_pointer(t, "admin");
}

const char *admin_token_of(struct muster_ctx *t)
{
    return m_session_value(admin_of(t), "token");
}

FIXTURE(tenant, MUSTER_SCOPE_ATTEMPT, PARAMS((str, plan, "professional")), .uses = USES("admin"),
        .summary = "A tenant, with its administrator logged in")
{
    enum { MOST = 16 };
    static struct tenancy tenants[MOST];
    static int n;
    REQUIRE_INT(n, <, MOST);
    tenants[n] = tenancy_begin(t, admin_of(t), m_param(t, "plan"));
    m_hand_over(t, &tenants[n++]);
}

const struct tenancy *tenant_of(struct muster_ctx *t)
{
    return m_fixture_pointer(t, "tenant");
}

FIXTURE(two_tenants, MUSTER_SCOPE_ATTEMPT, PARAMS((str, plan, "professional")), .uses = USES("admin"),
        .summary = "Two tenants, for what one must not see of the other")
{
    static struct two_tenants two;
    two.ours = tenancy_begin(t, admin_of(t), m_param(t, "plan"));
    two.theirs = tenancy_begin(t, admin_of(t), m_param(t, "plan"));
    m_hand_over(t, &two);
}

const struct two_tenants *two_tenants_of(struct muster_ctx *t)
{
    return m_fixture_pointer(t, "two_tenants");
}

FIXTURE(people, MUSTER_SCOPE_ATTEMPT, PARAMS((str, plan, "professional")), .uses = USES("admin"),
        .summary = "A tenant, and a user of each role that the target names")
{
    static struct people_of_tenant p;
    p.tenant = tenancy_begin(t, admin_of(t), m_param(t, "plan"));
    p.people = people_begin(t, admin_of(t), &p.tenant);
    m_hand_over(t, &p);
}

const struct people_of_tenant *people_of(struct muster_ctx *t)
{
    return m_fixture_pointer(t, "people");
}

const struct member *people_with_role(struct muster_ctx *t, const char *role)
{
    const struct people *p = &people_of(t)->people;
    for (uint64_t i = 0; i < p->n; i++)
        if (strcmp(p->roles[i].name, role) == 0)
            return &p->all[i];
    return NULL;
}

FIXTURE(clients, MUSTER_SCOPE_ATTEMPT, PARAMS((str, plan, "professional"), (i32, count, "4")), .uses = USES("admin"),
        .summary = "A tenant, and several sessions of its administrator")
{
    static struct clients c;
    c.n = strtol(m_param(t, "count"), NULL, 10);
    REQUIRE_INT(c.n, >=, 1);
    REQUIRE_INT(c.n, <=, CLIENTS_MOST);
    c.tenant = tenancy_begin(t, admin_of(t), m_param(t, "plan"));
    for (int64_t i = 0; i < c.n; i++)
        c.all[i] = LOGIN(t, "password", ARG("username", c.tenant.admin_name), ARG("password", TENANT_PASSWORD));
    m_hand_over(t, &c);
}

const struct clients *clients_of(struct muster_ctx *t)
{
    return m_fixture_pointer(t, "clients");
}

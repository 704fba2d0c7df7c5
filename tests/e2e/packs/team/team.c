/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that just use what is there. */
#include "common/fixtures.h"

#include <muster/kit/load_of.h>
#include <muster/kit/parallel.h>

SCENARIO(an_admin_has_a_token, .uses = USES("admin"), .needs = OPERATIONS("tenant.list"))
{
    CHECK_STR(admin_token_of(t), !=, NULL);
    CHECK_INT(m_json_int(DO(admin_of(t), "tenant.list"), "/total"), >=, 0);
}

SCENARIO(a_tenant_has_its_plan, .uses = USES("tenant(plan=starter)", "tenant(plan=enterprise, as=large)"),
         .needs = OPERATIONS(TENANCY_OPERATIONS))
{
    const struct tenancy *large = m_fixture_pointer(t, "large");
    CHECK_STR(tenant_of(t)->id, !=, large->id);
    CHECK_STR(m_json_str(DO(tenant_of(t)->admin, "tenant.get", ARG("id", tenant_of(t)->id)), "/plan"), ==, "starter");
    CHECK_STR(m_json_str(DO(large->admin, "tenant.get", ARG("id", large->id)), "/plan"), ==, "enterprise");
}

SCENARIO(two_tenants_do_not_meet, .uses = USES("two_tenants"), .needs = OPERATIONS(TENANCY_OPERATIONS))
{
    const struct two_tenants *two = two_tenants_of(t);
    REFUSED("not_found", two->ours.admin, "tenant.get", ARG("id", two->theirs.id));
}

SCENARIO(each_role_has_a_user, .uses = USES("people"), .needs = OPERATIONS(TENANCY_OPERATIONS, PEOPLE_OPERATIONS))
{
    const struct people *p = &people_of(t)->people;
    REQUIRE_UINT(p->n, >, 0);
    for (uint64_t i = 0; i < p->n; i++)
        CHECK_STR(people_with_role(t, p->roles[i].name)->id, ==, p->all[i].id);
    CHECK(!people_with_role(t, "nobody"), "a user of a role that is none");
}

static void ask(struct muster_ctx *t, unsigned i, void *data)
{
    const struct clients *c = data;
    CHECK_STR(m_json_str(DO(c->all[i], "tenant.get", ARG("id", c->tenant.id)), "/id"), ==, c->tenant.id);
}

SCENARIO(clients_ask_side_by_side, .uses = USES("clients(count=6)"), .needs = OPERATIONS(TENANCY_OPERATIONS))
{
    const struct clients *c = clients_of(t);
    REQUIRE_INT(c->n, ==, 6);
    m_parallel(t, (unsigned)c->n, ask, (void *)c);
}

SCENARIO(readers_go_on, .uses = USES("tenant"), .needs = OPERATIONS(TENANCY_OPERATIONS))
{
    LOAD_OPERATION(readers, NULL, "tenant.get", m_json_pack(t, "{s:s}", "id", tenant_of(t)->id), .clients = 2);
    LOAD_URL(pages, m_fmt(t, "%s/health", m_fixture(t, "target", "url")), .rate = M_LOAD_FLAT_OUT);
    LOAD_URL(nowhere, m_fmt(t, "%s/no/such/page", m_fixture(t, "target", "url")));
    REQUIRE(M_UNTIL(t, 10000, 1, m_load_now(readers).sent >= 3 && m_load_now(pages).sent >= 3));
    REQUIRE(M_UNTIL(t, 10000, 1, m_load_now(nowhere).failed >= 1));
    LOAD_END(readers);
    LOAD_END(pages);
    CHECK(m_load_stop(nowhere).done < 1);
}

MUSTER_PLUGIN("acme.team", "1.0.0")

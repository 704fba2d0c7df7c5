/* SPDX-License-Identifier: Apache-2.0 */
/* Records, on any platform that keeps some: made, read, changed, deleted. */
#include "common/place.h"

static struct m_json *read_one(const struct place *place, const char *id)
{
    return DO(place->by, "customer.get", ARG("tenant", place->tenant), ARG("id", id));
}

SCENARIO(records_are_what_was_written,
         .summary = "A record is read as it was written last, and not at all once deleted",
         .markers = MARKERS("e2e", "priority_p1", "data_integrity", "catches(defect='patch-forgets')"),
         .uses = USES("place"),
         .needs = OPERATIONS("customer.create", "customer.get", "customer.list", "customer.replace", "customer.update",
                             "customer.delete"),
         .timeout_ms = 30000)
{
    const struct place *place = place_of(t);
    const char *email = m_fmt(t, "%s@example.test", m_unique(t, "ada")), *id;
    STEP("written")
    {
        struct m_json *made =
            DO(place->by, "customer.create", ARG("tenant", place->tenant), ARG("name", "Ada"), ARG("email", email));
        id = m_json_str(made, "/id");
        REQUIRE_STR(id, !=, NULL);
        CHECK_STR(m_json_str(read_one(place, id), "/name"), ==, "Ada");
    }
    STEP("found")
    {
        struct m_json *found = DO(place->by, "customer.list", ARG("tenant", place->tenant), ARG("q", email));
        CHECK_INT(m_json_int(found, "/total"), ==, 1);
        CHECK_STR(m_json_str(found, "/customers/0/id"), ==, id);
    }
    STEP("changed in part")
    {
        DO(place->by, "customer.update", ARG("tenant", place->tenant), ARG("id", id), ARG("name", "Ada L."));
        struct m_json *now = read_one(place, id);
        CHECK_STR(m_json_str(now, "/name"), ==, "Ada L.");
        CHECK_STR(m_json_str(now, "/email"), ==, email);
    }
    STEP("replaced")
    {
        DO(place->by, "customer.replace", ARG("tenant", place->tenant), ARG("id", id), ARG("name", "Grace"),
           ARG("email", email));
        CHECK_STR(m_json_str(read_one(place, id), "/name"), ==, "Grace");
    }
    STEP("deleted")
    {
        DO(place->by, "customer.delete", ARG("tenant", place->tenant), ARG("id", id));
        REFUSED("not_found", place->by, "customer.get", ARG("tenant", place->tenant), ARG("id", id));
    }
}

/* ---- of a tenant ------------------------------------------------------------------------------------------------- */

static const char *new_customer(struct muster_ctx *t, const struct tenancy *tenant, const char *name, const char *email)
{
    (void)t;
    return m_json_str(
        DO(tenant->admin, "customer.create", ARG("tenant", tenant->id), ARG("name", name), ARG("email", email)), "/id");
}

static void check_attributes(struct muster_ctx *t, const struct tenancy *tenant, const char *id, const char *wanted)
{
    struct m_json *now = DO(tenant->admin, "customer.get", ARG("tenant", tenant->id), ARG("id", id));
    CHECK_JSON(m_json_text(t, now, ""), "/attributes", wanted);
}

SCENARIO(replaced_records_forget_the_rest,
         .summary = "What a change in part does not name stays, what a replacement does not name goes",
         .markers = MARKERS("e2e", "priority_p1", "data_integrity", "catches(defect='replace-keeps')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "customer.create(attributes)", "customer.get", "customer.replace",
                             "customer.update(attributes)"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *attributes = "{\"vip\": true, \"since\": 2019, \"tags\": [\"a\", \"b\"]}", *id;
    STEP("written with attributes")
    {
        struct m_json *made = DO(tenant.admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "Ada"),
                                 ARG("email", "ada@example.test"), ARG("attributes", m_json_parse(t, attributes)));
        id = m_json_str(made, "/id");
        check_attributes(t, &tenant, id, attributes);
    }
    STEP("a change of the name leaves them")
    {
        struct m_json *changed =
            DO(tenant.admin, "customer.update", ARG("tenant", tenant.id), ARG("id", id), ARG("name", "Ada L."));
        CHECK_STR(m_json_str(changed, "/id"), ==, id);
        CHECK_STR(m_json_str(changed, "/name"), ==, "Ada L.");
        check_attributes(t, &tenant, id, attributes);
    }
    STEP("new ones take the place of all that there were")
    {
        DO(tenant.admin, "customer.update", ARG("tenant", tenant.id), ARG("id", id),
           ARG("attributes", m_json_parse(t, "{\"vip\": false}")));
        check_attributes(t, &tenant, id, "{\"vip\": false}");
    }
    STEP("a replacement without any has none")
    {
        struct m_json *replaced = DO(tenant.admin, "customer.replace", ARG("tenant", tenant.id), ARG("id", id),
                                     ARG("name", "Grace"), ARG("email", "grace@example.test"));
        CHECK_STR(m_json_str(replaced, "/id"), ==, id);
        CHECK_STR(m_json_str(replaced, "/name"), ==, "Grace");
        check_attributes(t, &tenant, id, "{}");
    }
}

static int64_t found(const struct tenancy *tenant, const char *words)
{
    return m_json_int(DO(tenant->admin, "customer.list", ARG("tenant", tenant->id), ARG("q", words)), "/total");
}

SCENARIO(customers_are_told_apart,
         .summary = "By words as they are written, by addresses in whatever case: each is one customer's",
         .markers = MARKERS("e2e", "priority_p1", "data_integrity", "catches(defect='search-wildcards')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "customer.create", "customer.list(q)", "customer.update",
                             "customer.delete"),
         .timeout_ms = 30000)
{
    static const struct {
        const char *words;
        int64_t found;
    } cases[] = {{"100% w", 1},
                 {"WOOL", 1},
                 {"100", 2},
                 {"%", 2},
                 {"c++ & co=50%41", 1},
                 {"c   & co", 0},
                 {"=50a", 0},
                 {"_", 1},
                 {"1%s", 0},
                 {"a_b", 1},
                 {"a?b", 0},
                 {"a.*b", 0},
                 {"' OR 1=1", 0},
                 {"@EXAMPLE.test", 4},
                 {"\\", 0}};
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter"), other = tenancy_begin(t, platform, "starter");
    const char *wool = new_customer(t, &tenant, "100% Wool", "wool@example.test"),
               *sheep = new_customer(t, &tenant, "1000 Sheep", "sheep@example.test");
    new_customer(t, &tenant, "a_b", "first@example.test");
    new_customer(t, &tenant, "axb C++ & Co=50%41", "second@example.test");
    STEP("a search finds what has these very characters, whatever their case")
    {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            CHECK_INT(found(&tenant, cases[i].words), ==, cases[i].found, "the search for %s", cases[i].words);
    }
    STEP("no second customer has an address, new or changed, in whatever case")
    {
        REFUSED("taken", tenant.admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "Eve"),
                ARG("email", "wool@example.test"));
        REFUSED("taken", tenant.admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "Eve"),
                ARG("email", "Wool@Example.test"));
        REFUSED("taken", tenant.admin, "customer.update", ARG("tenant", tenant.id), ARG("id", sheep),
                ARG("email", "WOOL@example.test"));
        CHECK_INT(found(&tenant, NULL), ==, 4);
        CHECK_INT(found(&tenant, "sheep@example.test"), ==, 1);
    }
    STEP("another tenant's customer may")
    {
        new_customer(t, &other, "Wool", "wool@example.test");
    }
    STEP("and so may the next one, when it is free")
    {
        DO(tenant.admin, "customer.delete", ARG("tenant", tenant.id), ARG("id", wool));
        DO(tenant.admin, "customer.update", ARG("tenant", tenant.id), ARG("id", sheep),
           ARG("email", "wool@example.test"));
    }
}

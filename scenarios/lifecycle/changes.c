/* SPDX-License-Identifier: Apache-2.0 */
/* Things of every kind that can be changed: by the target file alone, so that a new kind is tried from its first day
 * on. */
#include "common/operations.h"
#include "common/things.h"

/* What is put there: another value each time. NULL: a text alone doesn't say what would do. */
static struct m_json *another(struct muster_ctx *t, const struct m_taken *a)
{
    const char *text = m_unique(t, "changed");
    if (strcmp(a->type, "str") != 0 || a->of || a->secret || !a->optional)
        return NULL;
    if (strcmp(a->name, "email") == 0)
        text = m_fmt(t, "%s@example.test", text);
    return m_json_parse(t, m_json_pack(t, "{s:s}", a->name, text));
}

/* Changes one value of the thing by KIND.update; 1 when it was taken, and KIND.get shows such a value at all. */
static int check_change(struct muster_ctx *t, struct m_session *platform, const struct things *things,
                        const struct m_operation *update, const struct m_operation *get, const struct m_taken *a)
{
    struct m_json *change = another(t, a), *which = things_arguments(t, things, get, NULL, -1);
    const char *pointer = m_fmt(t, "/%s", a->name);
    if (!change || !m_json_at(DO(platform, get->name, ARGS(which)), pointer))
        return 0;
    struct m_tried tried = TRY(platform, update->name, ARGS(which), ARGS(change));
    if (tried.refused)
        return 0;
    struct m_json *now = DO(platform, get->name, ARGS(which));
    CHECK_STR(m_json_str(now, pointer), ==, m_json_str(change, pointer), "%s took another %s", update->name, a->name);
    return 1;
}

SCENARIO(changes_are_what_is_read_then,
         .summary = "Whatever an operation KIND.update takes and KIND.get shows is read as it was changed",
         .markers = MARKERS("e2e", "priority_p1", "data_integrity", "catches(defect='email-stays')",
                            "catches(defect='patch-forgets')"),
         .needs = OPERATIONS("*", TENANCY_OPERATIONS), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    struct things things = {.n = 0};
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    int changed = 0;
    for (uint64_t i = 0; i < n; i++) {
        const char *verb = operation_verb(&all[i]);
        const struct m_operation *get =
            m_target_operation(t, m_fmt(t, "%.*sget", (int)(verb - all[i].name), all[i].name));
        if (strcmp(verb, "update") != 0 || !get)
            continue;
        things_for(t, platform, &tenant, &things, &all[i]);
        for (uint64_t k = 0; k < all[i].n_takes && !things_missing(&things, &all[i]); k++)
            STEP(m_fmt(t, "%s: %s", all[i].name, all[i].takes[k].name))
            {
                changed += check_change(t, platform, &things, &all[i], get, &all[i].takes[k]);
            }
    }
    CHECK_INT(changed, >, 0, "nothing that the target's operations change can be read");
}

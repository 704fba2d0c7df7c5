/* SPDX-License-Identifier: Apache-2.0 */
/* Running the provisioning workflow, forward and back. */
#include "provisioning/provisioning.h"

#include "audit/audit.h"
#include "common/clock.h"
#include "events/events.h"
#include "store/store.h"
#include "tenants/tenants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_MAX_MS 10000

static void advance(lws_sorted_usec_list_t *timer);

int provisioning_step_number(const char *name)
{
    for (int i = 0; i < PROVISIONING_STEPS; i++)
        if (strcmp(provisioning_steps[i].name, name) == 0)
            return i + 1;
    return 0;
}

json_t *provisioning_view(struct testbed *tb, const char *tenant_id)
{
    json_t *view = store_one(tb->db, "SELECT * FROM provisioning WHERE tenant_id = ?", "s", tenant_id);

    if (view)
        json_object_set_new(
            view, "steps",
            store_all(tb->db,
                      "SELECT number, name, state, started_at, finished_at, error FROM provisioning_steps"
                      " WHERE tenant_id = ? ORDER BY number",
                      "s", tenant_id));
    return view;
}

static void set_step(struct provisioning_run *p, const char *state, const char *error)
{
    const char *name = provisioning_steps[p->step - 1].name;
    bool begins = strcmp(state, "running") == 0;
    char now[TIME_TEXT_MAX];

    clock_now_text(now);
    store_run(p->tb->db,
              begins ? "UPDATE provisioning_steps SET state = ?1, error = ?2, started_at = ?3 WHERE tenant_id = ?4 AND "
                       "number = ?5"
                     : "UPDATE provisioning_steps SET state = ?1, error = ?2, finished_at = ?3 WHERE tenant_id = ?4 "
                       "AND number = ?5",
              "ssssi", state, error, now, p->tenant_id, p->step);
    event_publish(p->tb, "tenant", p->tenant_id, "step", p->tenant_id,
                  json_pack("{s:i, s:s, s:s}", "number", p->step, "name", name, "state", state));
}

static void set_state(struct provisioning_run *p, const char *state, bool finished)
{
    char now[TIME_TEXT_MAX];

    store_run(
        p->tb->db,
        "UPDATE provisioning SET state = ?1, current_step = ?2, error = ?3, finished_at = ?4 WHERE tenant_id = ?5",
        "sssss", state, finished ? NULL : provisioning_steps[p->step - 1].name, p->error[0] ? p->error : NULL,
        finished ? clock_now_text(now) : NULL, p->tenant_id);
}

static void set_tenant(struct provisioning_run *p, const char *status)
{
    char now[TIME_TEXT_MAX];

    store_run(p->tb->db, "UPDATE tenants SET status = ?, version = version + 1, updated_at = ? WHERE id = ?", "sss",
              status, clock_now_text(now), p->tenant_id);
}

static void schedule(struct provisioning_run *p, int64_t delay_ms)
{
    lws_sul_schedule(p->tb->lws, 0, &p->timer, advance, delay_ms > 0 ? delay_ms * 1000 : 1);
}

static void release(struct provisioning_run *p)
{
    lws_sul_cancel(&p->timer);
    json_decref(p->request);
    free(p);
}

static void free_run(struct provisioning_run *p)
{
    for (struct provisioning_run **at = &p->tb->provisioning; *at; at = &(*at)->next) {
        if (*at == p) {
            *at = p->next;
            break;
        }
    }
    release(p);
}

static void finish(struct provisioning_run *p)
{
    static const struct {
        const char *status, *action, *event, *outcome;
    } ends[] = {
        [FORWARD] = {"active", "tenant.provisioned", "active", "ok"},
        [ROLLBACK] = {"failed", "tenant.provision_failed", "failed", "failed"},
        [DEPROVISION] = {"deprovisioned", "tenant.deprovisioned", "deprovisioned", "ok"},
    };

    if (p->direction == FORWARD)
        p->tb->metrics.provisioning_done++;
    if (p->direction == ROLLBACK)
        p->tb->metrics.provisioning_failed++;
    set_tenant(p, ends[p->direction].status);
    if (p->direction != DEPROVISION)
        set_state(p, p->direction == FORWARD ? "done" : "rolled_back", true);
    audit_system(p->tb, ends[p->direction].action, "tenant", p->tenant_id, p->tenant_id, ends[p->direction].outcome,
                 p->error);
    event_publish(p->tb, "tenant", p->tenant_id, ends[p->direction].event, p->tenant_id,
                  p->error[0] ? json_pack("{s:s}", "error", p->error) : NULL);
    free_run(p);
}

/* Marks the step as running; it is done after the requested delay. */
static void begin_step(struct provisioning_run *p)
{
    /* The seeded bug: one step is passed over as if it did not exist. */
    if (defect(p->tb, D_STEP_SKIPPED) && p->step == provisioning_step_number("seed_reference_data"))
        p->step++;
    set_step(p, "running", NULL);
    set_state(p, "running", false);
    schedule(p, p->step_delay_ms);
}

static void turn_back(struct provisioning_run *p)
{
    set_step(p, "failed", p->error);
    p->direction = ROLLBACK;
    set_state(p, "failed", false);
    /* What the failed step did half-way is undone as well; it stays `failed`. */
    schedule(p, 0);
}

static enum step_result run_step(struct provisioning_run *p)
{
    if (p->fail_at == p->step) {
        snprintf(p->error, sizeof p->error, "%s failed as requested", provisioning_steps[p->step - 1].name);
        return STEP_FAILED;
    }
    enum step_result result = provisioning_steps[p->step - 1].run(p);
    if (result == STEP_FAILED && !p->error[0])
        snprintf(p->error, sizeof p->error, "%s failed", provisioning_steps[p->step - 1].name);
    return result;
}

/* False while the step has to wait, and time is left for it. */
static bool settled(struct provisioning_run *p, enum step_result *result)
{
    int64_t now = clock_mono_ms();

    if (*result != STEP_WAIT) {
        p->waiting = false;
        return true;
    }
    if (!p->waiting)
        p->wait_until_ms = now + WAIT_MAX_MS;
    p->waiting = now < p->wait_until_ms;
    if (p->waiting) {
        schedule(p, p->wait_until_ms - now);
        return false;
    }
    snprintf(p->error, sizeof p->error, "%s took too long", provisioning_steps[p->step - 1].name);
    *result = STEP_FAILED;
    return true;
}

static void advance_forward(struct provisioning_run *p)
{
    enum step_result result = run_step(p);

    if (!settled(p, &result))
        return;
    if (result == STEP_FAILED) {
        turn_back(p);
        return;
    }
    set_step(p, "done", NULL);
    if (p->step == PROVISIONING_STEPS) {
        finish(p);
        return;
    }
    p->step++;
    begin_step(p);
}

static void advance_back(struct provisioning_run *p)
{
    const struct step *s = &provisioning_steps[p->step - 1];
    enum step_result result = s->undo ? s->undo(p) : STEP_DONE;

    if (!settled(p, &result))
        return;
    bool was_done =
        store_number(p->tb->db,
                     "SELECT count(*) FROM provisioning_steps WHERE tenant_id = ? AND number = ? AND state = 'done'",
                     "si", p->tenant_id, p->step) > 0;
    if (p->direction == ROLLBACK && was_done)
        set_step(p, "rolled_back", NULL);
    if (p->step == 1) {
        finish(p);
        return;
    }
    p->step--;
    schedule(p, 0);
}

static void advance(lws_sorted_usec_list_t *timer)
{
    struct provisioning_run *p = lws_container_of(timer, struct provisioning_run, timer);

    if (p->direction == FORWARD)
        advance_forward(p);
    else
        advance_back(p);
}

static struct provisioning_run *new_run(struct testbed *tb, const char *tenant_id, enum direction direction, int step)
{
    json_t *row = store_one(tb->db, "SELECT request AS \"request:json\", subdomain, plan FROM tenants WHERE id = ?",
                            "s", tenant_id);
    struct provisioning_run *p = row ? calloc(1, sizeof *p) : NULL;

    if (!p) {
        json_decref(row);
        return NULL;
    }
    p->tb = tb;
    snprintf(p->tenant_id, sizeof p->tenant_id, "%s", tenant_id);
    p->direction = direction;
    p->step = step;
    p->request = json_incref(json_object_get(row, "request"));
    json_object_set(p->request, "subdomain", json_object_get(row, "subdomain"));
    json_object_set(p->request, "plan", json_object_get(row, "plan"));
    json_decref(row);
    p->step_delay_ms = json_integer_value(json_object_get(p->request, "step_delay_ms"));
    p->fail_at = (int)json_integer_value(json_object_get(p->request, "fail_at"));
    p->next = tb->provisioning;
    tb->provisioning = p;
    return p;
}

int provisioning_start(struct testbed *tb, const char *tenant_id)
{
    struct provisioning_run *p = new_run(tb, tenant_id, FORWARD, 1);
    char now[TIME_TEXT_MAX];

    if (!p)
        return -1;
    store_run(tb->db, "INSERT INTO provisioning (tenant_id, state, started_at) VALUES (?, 'pending', ?)", "ss",
              tenant_id, clock_now_text(now));
    for (int i = 0; i < PROVISIONING_STEPS; i++)
        store_run(tb->db, "INSERT INTO provisioning_steps (tenant_id, number, name, state) VALUES (?, ?, ?, 'pending')",
                  "sis", tenant_id, i + 1, provisioning_steps[i].name);
    tb->metrics.provisioning_started++;
    begin_step(p);
    return 0;
}

int provisioning_undo(struct testbed *tb, const char *tenant_id)
{
    struct provisioning_run *p = new_run(tb, tenant_id, DEPROVISION, PROVISIONING_STEPS);

    if (!p)
        return -1;
    set_tenant(p, "deprovisioning");
    schedule(p, 0);
    return 0;
}

void provisioning_poke(struct testbed *tb, const char *tenant_id)
{
    for (struct provisioning_run *p = tb->provisioning; p; p = p->next)
        if (p->waiting && strcmp(p->tenant_id, tenant_id) == 0)
            schedule(p, 0);
}

void provisioning_recover(struct testbed *tb)
{
    json_t *rows =
        store_all(tb->db, "SELECT id, status FROM tenants WHERE status IN ('provisioning', 'deprovisioning')", "");
    size_t i;
    json_t *row;

    json_array_foreach(rows, i, row)
    {
        bool half_made = strcmp(json_string_value(json_object_get(row, "status")), "provisioning") == 0;
        struct provisioning_run *p = new_run(tb, json_string_value(json_object_get(row, "id")),
                                             half_made ? ROLLBACK : DEPROVISION, PROVISIONING_STEPS);
        if (!p)
            continue;
        if (half_made)
            snprintf(p->error, sizeof p->error, "interrupted by a restart of the platform");
        schedule(p, 0);
    }
    json_decref(rows);
}

void provisioning_resync(struct testbed *tb)
{
    struct provisioning_run *next;
    char status[TENANT_STATUS_MAX];

    for (struct provisioning_run *p = tb->provisioning; p; p = next) {
        next = p->next;
        if (!tenant_status(tb, p->tenant_id, status) ||
            (p->direction == DEPROVISION && strcmp(status, "deprovisioning") != 0))
            free_run(p);
    }
}

void provisioning_stop(struct testbed *tb)
{
    while (tb->provisioning) {
        struct provisioning_run *p = tb->provisioning;
        tb->provisioning = p->next;
        release(p);
    }
}

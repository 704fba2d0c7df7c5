/* SPDX-License-Identifier: Apache-2.0 */
#include "provisioning/record.h"

#include "audit/audit.h"
#include "common/clock.h"
#include "events/events.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>

static bool is_failure(const char *state)
{
    return strcmp(state, "failed") == 0 || strcmp(state, "undo_failed") == 0;
}

static void publish(struct provisioning_run *p, const char *name, const char *state, int64_t took_ms)
{
    bool running = strcmp(state, "running") == 0;
    json_t *data = json_pack("{s:i, s:s, s:s}", "number", p->step, "name", name, "state", state);

    /* The seeded bug: whoever follows the events never hears how a failed step ended. */
    if (is_failure(state) && defect(p->tb, D_STEP_OUTCOME_UNTOLD)) {
        json_decref(data);
        return;
    }
    if (!running)
        json_object_set_new(data, "duration_ms", json_integer((json_int_t)took_ms));
    if (is_failure(state))
        json_object_set_new(data, "error", json_string(p->why));
    event_publish(p->tb, "tenant", p->tenant_id, "step", p->tenant_id, data);
}

static void audit(struct provisioning_run *p, const char *name, const char *state, int64_t took_ms)
{
    char detail[RUN_WHY_MAX + 120];

    snprintf(detail, sizeof detail, "%d %s: %s after %lld ms%s%s", p->step, name, state, (long long)took_ms,
             is_failure(state) ? ": " : "", is_failure(state) ? p->why : "");
    audit_system(p->tb, "tenant.step", "tenant", p->tenant_id, p->tenant_id, is_failure(state) ? "failed" : "ok",
                 detail);
}

void record_step(struct provisioning_run *p, const char *name, const char *state)
{
    int64_t took_ms = clock_mono_ms() - p->began_ms;
    char now[TIME_TEXT_MAX];

    clock_now_text(now);
    if (strcmp(state, "running") == 0) {
        p->began_ms = clock_mono_ms();
        store_run(p->tb->db,
                  "UPDATE provisioning_steps SET state = ?1, error = NULL, started_at = ?2, finished_at = NULL"
                  " WHERE tenant_id = ?3 AND number = ?4",
                  "sssi", state, now, p->tenant_id, p->step);
        publish(p, name, state, 0);
        return;
    }
    store_run(p->tb->db,
              "UPDATE provisioning_steps SET state = ?1, error = ?2, finished_at = ?3 WHERE tenant_id = ?4"
              " AND number = ?5",
              "ssssi", state, is_failure(state) ? p->why : NULL, now, p->tenant_id, p->step);
    audit(p, name, state, took_ms);
    publish(p, name, state, took_ms);
}

bool record_step_was_done(struct provisioning_run *p)
{
    return store_number(p->tb->db,
                        "SELECT count(*) FROM provisioning_steps WHERE tenant_id = ? AND number = ? AND state = 'done'",
                        "si", p->tenant_id, p->step) > 0;
}

void record_run(struct provisioning_run *p, const char *state, const char *step)
{
    char now[TIME_TEXT_MAX];

    store_run(
        p->tb->db,
        "UPDATE provisioning SET state = ?1, current_step = ?2, error = ?3, finished_at = ?4 WHERE tenant_id = ?5",
        "sssss", state, step, p->error[0] ? p->error : NULL, step ? NULL : clock_now_text(now), p->tenant_id);
}

void record_tenant(struct provisioning_run *p, const char *status)
{
    char now[TIME_TEXT_MAX];

    store_run(p->tb->db, "UPDATE tenants SET status = ?, version = version + 1, updated_at = ? WHERE id = ?", "sss",
              status, clock_now_text(now), p->tenant_id);
}

void record_begin(struct provisioning_run *p, const char *(*step_name)(int number))
{
    char now[TIME_TEXT_MAX];

    store_run(p->tb->db, "INSERT INTO provisioning (tenant_id, state, started_at) VALUES (?, 'pending', ?)", "ss",
              p->tenant_id, clock_now_text(now));
    for (int i = 1; i <= PROVISIONING_STEPS; i++)
        store_run(p->tb->db,
                  "INSERT INTO provisioning_steps (tenant_id, number, name, state) VALUES (?, ?, ?, 'pending')", "sis",
                  p->tenant_id, i, step_name(i));
}

void record_again(struct provisioning_run *p)
{
    char now[TIME_TEXT_MAX];

    store_run(p->tb->db,
              "UPDATE provisioning SET state = 'pending', current_step = NULL, error = NULL, started_at = ?1,"
              " finished_at = NULL, attempt = attempt + 1 WHERE tenant_id = ?2",
              "ss", clock_now_text(now), p->tenant_id);
    store_run(p->tb->db,
              "UPDATE provisioning_steps SET state = 'pending', error = NULL, started_at = NULL, finished_at = NULL"
              " WHERE tenant_id = ?",
              "s", p->tenant_id);
    record_tenant(p, "provisioning");
}

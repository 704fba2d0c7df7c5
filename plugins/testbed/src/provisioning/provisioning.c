/* SPDX-License-Identifier: Apache-2.0 */
/* Running the provisioning workflow, forward and back. */
#include "provisioning/provisioning.h"

#include "audit/audit.h"
#include "common/clock.h"
#include "events/events.h"
#include "provisioning/ask.h"
#include "provisioning/naming.h"
#include "provisioning/record.h"
#include "provisioning/steps.h"
#include "store/store.h"
#include "tenants/tenants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_MAX_MS   10000
#define UNDO_TRIES    3
#define UNDO_PAUSE_MS 100 /* longer each time */

static void advance(lws_sorted_usec_list_t *timer);

static const char *name_of(int number)
{
    return provisioning_steps[number - 1]->name;
}

int provisioning_step_number(const char *name)
{
    for (int i = 1; i <= PROVISIONING_STEPS; i++)
        if (strcmp(name_of(i), name) == 0)
            return i;
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

json_t *provisioning_things(struct testbed *tb, const char *tenant_id)
{
    json_t *found = json_array();

    for (int i = 0; i < PROVISIONING_STEPS; i++)
        if (provisioning_steps[i]->things)
            provisioning_steps[i]->things(tb, tenant_id, found);
    return found;
}

/* ---- runs -------------------------------------------------------------------------------------------------------- */

static void schedule(struct provisioning_run *p, int64_t delay_ms)
{
    lws_sul_schedule(p->tb->lws, 0, &p->timer, advance, delay_ms > 0 ? delay_ms * 1000 : 1);
}

static void wake(struct provisioning_run *p)
{
    schedule(p, 0);
}

static void release(struct provisioning_run *p)
{
    lws_sul_cancel(&p->timer);
    ask_forget(p);
    naming_forget(p);
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

static struct provisioning_run *new_run(struct testbed *tb, const char *tenant_id, enum direction direction, int step)
{
    static const char *const columns[] = {"name", "subdomain", "plan", "region"};
    json_t *row = store_one(tb->db,
                            "SELECT request AS \"request:json\", name, subdomain, plan, region, quotas AS"
                            " \"quotas:json\" FROM tenants WHERE id = ?",
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
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        json_object_set(p->request, columns[i], json_object_get(row, columns[i]));
    json_object_set(p->request, "quotas", json_object_get(row, "quotas"));
    json_decref(row);
    p->step_delay_ms = json_integer_value(json_object_get(p->request, "step_delay_ms"));
    p->fail_at = (int)json_integer_value(json_object_get(p->request, "fail_at"));
    p->wake = wake;
    p->began_ms = clock_mono_ms();
    p->next = tb->provisioning;
    tb->provisioning = p;
    return p;
}

/* ---- ends -------------------------------------------------------------------------------------------------------- */

struct ending {
    const char *status, *action, *event, *outcome;
    const char *state; /* of the workflow; NULL: as it was */
};

static const struct ending *ending_of(const struct provisioning_run *p)
{
    static const struct ending whole[] = {
        [FORWARD] = {"active", "tenant.provisioned", "active", "ok", "done"},
        [ROLLBACK] = {"failed", "tenant.provision_failed", "failed", "failed", "rolled_back"},
        [DEPROVISION] = {"deprovisioned", "tenant.deprovisioned", "deprovisioned", "ok", NULL},
    };
    static const struct ending incomplete[] = {
        [ROLLBACK] = {"failed", "tenant.provision_failed", "failed", "failed", "rollback_incomplete"},
        [DEPROVISION] = {"failed", "tenant.deprovision_failed", "failed", "failed", NULL},
    };

    return p->incomplete ? &incomplete[p->direction] : &whole[p->direction];
}

static void finish(struct provisioning_run *p)
{
    const struct ending *end = ending_of(p);

    if (p->direction == FORWARD)
        p->tb->metrics.provisioning_done++;
    if (p->direction == ROLLBACK)
        p->tb->metrics.provisioning_failed++;
    record_tenant(p, end->status);
    if (end->state)
        record_run(p, end->state, NULL);
    audit_system(p->tb, end->action, "tenant", p->tenant_id, p->tenant_id, end->outcome, p->error);
    event_publish(p->tb, "tenant", p->tenant_id, end->event, p->tenant_id,
                  p->error[0] ? json_pack("{s:s}", "error", p->error) : NULL);
    free_run(p);
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
        int64_t left = p->wait_until_ms - now;
        schedule(p, p->pause_ms > 0 && p->pause_ms < left ? p->pause_ms : left);
        p->pause_ms = 0;
        return false;
    }
    ask_forget(p);
    naming_forget(p);
    *result = run_failed(p, "%s took too long", name_of(p->step));
    return true;
}

/* ---- forward ----------------------------------------------------------------------------------------------------- */

/* Marks the step as running; it is done after the requested delay. */
static void begin_step(struct provisioning_run *p)
{
    /* The seeded bug: one step is passed over as if it did not exist. */
    if (defect(p->tb, D_STEP_SKIPPED) && p->step == provisioning_step_number("seed_reference_data"))
        p->step++;
    p->phase = 0;
    record_step(p, name_of(p->step), "running");
    record_run(p, "running", name_of(p->step));
    schedule(p, p->step_delay_ms);
}

/* What the failed step did half-way is undone as well; it stays `failed`. */
static void turn_back(struct provisioning_run *p)
{
    snprintf(p->error, sizeof p->error, "%s", p->why);
    record_step(p, name_of(p->step), "failed");
    p->direction = ROLLBACK;
    record_run(p, "failed", name_of(p->step));
    ask_forget(p);
    naming_forget(p);
    schedule(p, 0);
}

static enum step_result run_step(struct provisioning_run *p)
{
    const struct step *s = provisioning_steps[p->step - 1];

    if (p->fail_at == p->step)
        return run_failed(p, "%s failed as requested", s->name);
    p->why[0] = '\0';
    enum step_result result = s->run(p);
    if (result == STEP_FAILED && !p->why[0])
        run_failed(p, "%s failed", s->name);
    return result;
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
    record_step(p, name_of(p->step), "done");
    if (p->step == PROVISIONING_STEPS) {
        finish(p);
        return;
    }
    p->step++;
    begin_step(p);
}

/* ---- back -------------------------------------------------------------------------------------------------------- */

static enum step_result undo_step(struct provisioning_run *p)
{
    const struct step *s = provisioning_steps[p->step - 1];

    if (!s->undo)
        return STEP_DONE;
    p->why[0] = '\0';
    enum step_result result = s->undo(p);
    if (result == STEP_FAILED && !p->why[0])
        run_failed(p, "%s could not be undone", s->name);
    return result;
}

/* True when it is to be tried once more. */
static bool tries_again(struct provisioning_run *p)
{
    if (++p->tries >= UNDO_TRIES)
        return false;
    schedule(p, (int64_t)UNDO_PAUSE_MS * p->tries);
    return true;
}

/* What cannot be undone is said, and keeps the rest from staying no longer. */
static void leave_behind(struct provisioning_run *p)
{
    size_t used = strlen(p->error);

    p->incomplete = true;
    snprintf(p->error + used, sizeof p->error - used, "%snot undone: %s", used ? "; " : "", p->why);
    record_step(p, name_of(p->step), "undo_failed");
}

/* Without an archive nothing may go, unless somebody says so: by force. */
static bool is_vital(const struct provisioning_run *p)
{
    return p->direction == DEPROVISION && !p->force && p->step == PROVISIONING_STEPS;
}

static void advance_back(struct provisioning_run *p)
{
    enum step_result result = undo_step(p);

    if (!settled(p, &result))
        return;
    if (result == STEP_FAILED && tries_again(p))
        return;
    if (result == STEP_FAILED)
        leave_behind(p);
    if (result == STEP_FAILED && is_vital(p)) {
        finish(p);
        return;
    }
    if (result != STEP_FAILED && record_step_was_done(p))
        record_step(p, name_of(p->step), p->direction == ROLLBACK ? "rolled_back" : "removed");
    if (p->step == 1) {
        finish(p);
        return;
    }
    p->step--;
    p->tries = 0;
    p->phase = 0;
    p->began_ms = clock_mono_ms();
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

/* ---- begins ------------------------------------------------------------------------------------------------------ */

int provisioning_start(struct testbed *tb, const char *tenant_id)
{
    struct provisioning_run *p = new_run(tb, tenant_id, FORWARD, 1);

    if (!p)
        return -1;
    record_begin(p, name_of);
    tb->metrics.provisioning_started++;
    begin_step(p);
    return 0;
}

int provisioning_retry(struct testbed *tb, const char *tenant_id)
{
    struct provisioning_run *p = new_run(tb, tenant_id, FORWARD, 1);

    if (!p)
        return -1;
    p->again = true;
    p->fail_at = 0; /* that was asked of the first run */
    record_again(p);
    tb->metrics.provisioning_started++;
    begin_step(p);
    return 0;
}

static void drop_run(struct testbed *tb, const char *tenant_id)
{
    for (struct provisioning_run *p = tb->provisioning; p; p = p->next) {
        if (strcmp(p->tenant_id, tenant_id) == 0) {
            free_run(p);
            return;
        }
    }
}

int provisioning_undo(struct testbed *tb, const char *tenant_id, bool force)
{
    if (force)
        drop_run(tb, tenant_id); /* however far it is */
    struct provisioning_run *p = new_run(tb, tenant_id, DEPROVISION, PROVISIONING_STEPS);

    if (!p)
        return -1;
    p->force = force;
    record_tenant(p, "deprovisioning");
    store_shut(tb->db, tenant_id); /* what its own sessions hold would be in the way */
    schedule(p, 0);
    return 0;
}

void provisioning_poke(struct testbed *tb, const char *tenant_id)
{
    for (struct provisioning_run *p = tb->provisioning; p; p = p->next)
        if (p->waiting && strcmp(p->tenant_id, tenant_id) == 0)
            schedule(p, 0);
}

/* The step that was under way has failed by it. */
static void interrupted(struct provisioning_run *p)
{
    int step =
        (int)store_number(p->tb->db, "SELECT number FROM provisioning_steps WHERE tenant_id = ? AND state = 'running'",
                          "s", p->tenant_id);

    snprintf(p->error, sizeof p->error, "interrupted by a restart of the platform");
    snprintf(p->why, sizeof p->why, "%s", p->error);
    if (step > 0) {
        p->step = step;
        record_step(p, name_of(step), "failed");
        p->step = PROVISIONING_STEPS;
    }
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
        if (defect(tb, half_made ? D_INTERRUPTED_STAYS : D_REMOVAL_STAYS))
            continue;
        struct provisioning_run *p = new_run(tb, json_string_value(json_object_get(row, "id")),
                                             half_made ? ROLLBACK : DEPROVISION, PROVISIONING_STEPS);
        if (!p)
            continue;
        if (half_made)
            interrupted(p);
        schedule(p, 0);
    }
    json_decref(rows);
}

void provisioning_resync(struct testbed *tb)
{
    struct provisioning_run *next;
    char status[TENANT_STATUS_MAX];

    for (struct provisioning_run *p = tb->provisioning; p; p = next) {
        const char *wanted = p->direction == DEPROVISION ? "deprovisioning" : "provisioning";
        next = p->next;
        if (!tenant_status(tb, p->tenant_id, status) || strcmp(status, wanted) != 0)
            free_run(p);
    }
}

void provisioning_stop(struct testbed *tb)
{
    while (tb->provisioning) {
        struct provisioning_run *p = tb->provisioning;
        tb->provisioning = p->next;
        if (p->direction == DEPROVISION && defect(tb, D_REMOVAL_GIVEN_UP))
            record_tenant(p, "failed");
        release(p);
    }
}

void provisioning_mail_ended(struct testbed *tb, const struct outbox_news *news)
{
    audit_system(tb, news->error ? "mail.failed" : "mail.sent", "mail", news->id, news->tenant_id,
                 news->error ? "failed" : "ok", news->error ? news->error : "");
    event_publish(tb, "mail", news->id, news->state, news->tenant_id,
                  news->error ? json_pack("{s:s}", "error", news->error) : NULL);
}

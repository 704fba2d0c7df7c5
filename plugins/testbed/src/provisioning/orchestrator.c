/* SPDX-License-Identifier: Apache-2.0 */
#include "provisioning/orchestrator.h"

#include "provisioning/ask.h"
#include "store/store.h"
#include "tenants/directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAUSE_MS 50
#define UUID_MAX 64
#define KIND     "application" /* in the table of resources: what the orchestrator calls it */

/* How far a deployment is. */
enum phase { TO_CREATE, CREATING, TO_DEPLOY, DEPLOYING, TO_LOOK, LOOKING };

bool orchestrator_is_used(const struct testbed *tb)
{
    return tb->opt.orchestrator != NULL;
}

static enum step_result request(struct provisioning_run *p, const char *method, const char *path, json_t *body)
{
    char url[512], credentials[320];
    const char *headers[] = {"Content-Type: application/json", "Accept: application/json", credentials, NULL};
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;

    snprintf(url, sizeof url, "%.250s%s", p->tb->opt.orchestrator, path);
    snprintf(credentials, sizeof credentials, "Authorization: Bearer %s", p->tb->opt.orchestrator_token);
    enum step_result result =
        ask(p, &(struct outbound_request){
                   .method = method, .url = url, .headers = headers, .body = text, .len = text ? strlen(text) : 0});
    free(text);
    json_decref(body);
    return result;
}

/* What a wrong answer, or none, is to a run. */
static enum step_result refused(struct provisioning_run *p, const char *what, int status, json_t *said)
{
    const char *message = json_string_value(json_object_get(said, "message"));
    char heard[RUN_WHY_MAX];

    snprintf(heard, sizeof heard, "%s", p->why);
    if (status == 0)
        run_failed(p, "the orchestrator did not %s: %.120s", what, heard);
    else
        run_failed(p, "the orchestrator did not %s: %d %.100s", what, status, message ? message : "");
    json_decref(said);
    return STEP_FAILED;
}

/* The tenant's application there; false: there is none. */
static bool find(struct testbed *tb, const char *tenant_id, char ret_uuid[UUID_MAX])
{
    json_t *row =
        store_one(tb->db, "SELECT name FROM resources WHERE tenant_id = ? AND kind = '" KIND "'", "s", tenant_id);

    if (row)
        snprintf(ret_uuid, UUID_MAX, "%s", json_string_value(json_object_get(row, "name")));
    json_decref(row);
    return row != NULL;
}

static enum step_result keep(struct provisioning_run *p, const char *uuid)
{
    int rc = store_run(p->tb->db, "INSERT INTO resources (tenant_id, kind, name) VALUES (?, '" KIND "', ?)", "ss",
                       p->tenant_id, uuid);

    return rc < 0 ? STEP_FAILED : STEP_DONE;
}

/* Only what is part of a path as it is. */
static const char *name_in(const json_t *said, const char *member)
{
    const char *name = json_string_value(json_object_get(said, member));
    size_t len = name ? strlen(name) : 0;
    bool fine = len > 0 && len < UUID_MAX &&
                strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") == len;

    return fine ? name : NULL;
}

static enum step_result create(struct provisioning_run *p)
{
    const char *image = run_asked(p, "image");
    char host[HOST_MAX], url[HOST_MAX + 8];

    p->phase = CREATING;
    snprintf(url, sizeof url, "http://%s", directory_host(run_asked(p, "subdomain"), host));
    return request(p, "POST", "/api/v1/applications/dockerimage",
                   json_pack("{s:s, s:s, s:s}", "name", p->tenant_id, "docker_registry_image_name",
                             image[0] ? image : "web", "domains", url));
}

static enum step_result created(struct provisioning_run *p)
{
    json_t *said;
    int status = ask_answer(p, &said);
    const char *uuid = name_in(said, "uuid");

    if (status != 201 || !uuid)
        return refused(p, "make the application", status, said);
    enum step_result kept = keep(p, uuid);
    json_decref(said);
    p->phase = TO_DEPLOY;
    return kept;
}

static enum step_result deploy(struct provisioning_run *p)
{
    char uuid[UUID_MAX], path[UUID_MAX + 40];

    if (!find(p->tb, p->tenant_id, uuid))
        return run_failed(p, "there is no application to deploy");
    p->phase = DEPLOYING;
    snprintf(path, sizeof path, "/api/v1/deploy?uuid=%s", uuid);
    return request(p, "POST", path, NULL);
}

static enum step_result deploying(struct provisioning_run *p)
{
    json_t *said;
    int status = ask_answer(p, &said);
    const char *uuid = name_in(json_array_get(json_object_get(said, "deployments"), 0), "deployment_uuid");

    if (status != 200 || !uuid)
        return refused(p, "begin the deployment", status, said);
    snprintf(p->deployment, sizeof p->deployment, "%s", uuid);
    json_decref(said);
    p->phase = TO_LOOK;
    return STEP_DONE;
}

static enum step_result look(struct provisioning_run *p)
{
    char path[UUID_MAX + 40];

    p->phase = LOOKING;
    snprintf(path, sizeof path, "/api/v1/deployments/%s", p->deployment);
    return request(p, "GET", path, NULL);
}

static enum step_result looked(struct provisioning_run *p)
{
    json_t *said;
    int status = ask_answer(p, &said);
    const char *state = json_string_value(json_object_get(said, "status"));

    if (status != 200 || !state)
        return refused(p, "say how the deployment goes", status, said);
    bool over = strcmp(state, "queued") != 0 && strcmp(state, "in_progress") != 0;
    bool well = strcmp(state, "finished") == 0 || defect(p->tb, D_FAILED_DEPLOYMENT_TAKEN);
    if (over && !well)
        run_failed(p, "the orchestrator's deployment is %.40s", state);
    json_decref(said);
    if (over)
        return well ? STEP_DONE : STEP_FAILED;
    p->phase = TO_LOOK;
    return ask_pause(p, PAUSE_MS);
}

/* One phase after the other, as far as it goes without waiting. */
enum step_result orchestrator_deploy(struct provisioning_run *p)
{
    static enum step_result (*const phases[])(struct provisioning_run * p) = {
        [TO_CREATE] = create,    [CREATING] = created, [TO_DEPLOY] = deploy,
        [DEPLOYING] = deploying, [TO_LOOK] = look,     [LOOKING] = looked,
    };
    char uuid[UUID_MAX];
    enum step_result result;
    int phase;

    if (ask_state(p) == ASK_UNDER_WAY)
        return STEP_WAIT;
    /* Made by an earlier run, and not to be made twice. */
    if (p->phase == TO_CREATE && find(p->tb, p->tenant_id, uuid))
        p->phase = TO_DEPLOY;
    do {
        phase = p->phase;
        result = phases[phase](p);
    } while (result == STEP_DONE && phase != LOOKING);
    return result;
}

enum step_result orchestrator_remove(struct provisioning_run *p)
{
    char uuid[UUID_MAX], path[UUID_MAX + 40];
    json_t *said;

    if (ask_state(p) == ASK_UNDER_WAY)
        return STEP_WAIT;
    if (!find(p->tb, p->tenant_id, uuid))
        return STEP_DONE;
    if (ask_state(p) == ASK_NOTHING) {
        snprintf(path, sizeof path, "/api/v1/applications/%s", uuid);
        return request(p, defect(p->tb, D_APPLICATION_STAYS) ? "GET" : "DELETE", path, NULL);
    }
    int status = ask_answer(p, &said);
    if (status != 200 && (status != 404 || defect(p->tb, D_MISSING_APPLICATION_BLOCKS)))
        return refused(p, "delete the application", status, said);
    json_decref(said);
    store_run(p->tb->db, "DELETE FROM resources WHERE tenant_id = ? AND kind = '" KIND "'", "s", p->tenant_id);
    return STEP_DONE;
}

enum step_result orchestrator_check(struct provisioning_run *p)
{
    char uuid[UUID_MAX], path[UUID_MAX + 40];
    json_t *said;

    if (ask_state(p) == ASK_UNDER_WAY)
        return STEP_WAIT;
    if (!find(p->tb, p->tenant_id, uuid))
        return run_failed(p, "there is no application");
    if (ask_state(p) == ASK_NOTHING) {
        snprintf(path, sizeof path, "/api/v1/applications/%s", uuid);
        return request(p, "GET", path, NULL);
    }
    int status = ask_answer(p, &said);
    const char *state = json_string_value(json_object_get(said, "status"));
    if (status != 200 || !state)
        return refused(p, "say how the application is", status, said);
    bool runs = strncmp(state, "running", 7) == 0;
    json_decref(said);
    return runs ? STEP_DONE : ask_pause(p, PAUSE_MS);
}

void orchestrator_find(struct testbed *tb, const char *tenant_id, json_t *found)
{
    char uuid[UUID_MAX];

    if (find(tb, tenant_id, uuid))
        thing_found(found, KIND, uuid);
}

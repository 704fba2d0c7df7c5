/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Provisioning with what it needs outside: an orchestrator, a mail server, a disk; each well, refusing, or away. And a
 * platform that is killed in the middle.
 */
#include <muster/kit/data.h>
#include <muster/kit/double.h>
#include <muster/kit/http.h>
#include <muster/kit/json.h>
#include <muster/kit/mail.h>
#include <muster/kit/process.h>
#include <muster/kit/wait.h>
#include <muster/muster.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PASSWORD "Correct-horse-7"
#define WAIT_MS  20000

/* ---- a platform of one's own ---- */

struct bed {
    struct m_process *process;
    struct m_http *api; /* as its administrator */
};

static const char *in_temp(struct muster_ctx *t, const char *name)
{
    return m_fmt(t, "%s/%s", m_attempt(t)->temp_dir, name);
}

static void write_file(struct muster_ctx *t, const char *path, const char *text)
{
    FILE *out = fopen(path, "we");
    REQUIRE(out != NULL);
    fputs(text, out);
    REQUIRE_INT(fclose(out), ==, 0);
}

/* With its data in the attempt's folder, and up to four more arguments. */
static struct bed start(struct muster_ctx *t, const char *const more[4])
{
    const char *program = m_target(t, "testbed");
    REQUIRE(program != NULL);
    struct bed bed = {
        .process = M_PROCESS(t,
                             .argv = ARGV(program, "--store", m_fmt(t, "sqlite:%s", in_temp(t, "bed.db")), "--data",
                                          in_temp(t, "data"), "--quiet", more[0], more[1], more[2], more[3]),
                             .name = "bed", .ready_line = "admin_password")};
    struct m_json *greeting = m_json_parse(t, m_process_line(bed.process, "admin_password", 0));
    bed.api = m_http_open(t, m_json_str(greeting, "/url"), NULL);
    struct m_http_reply r =
        m_post(bed.api, "/v1/auth/login",
               m_json_pack(t, "{s:s, s:s}", "username", "admin", "password", m_json_str(greeting, "/admin_password")));
    REQUIRE_INT(r.status, ==, 200);
    m_http_bearer(bed.api, m_json_str(m_json_parse(t, r.body), "/token"));
    return bed;
}

static const char *order(struct muster_ctx *t, struct bed *bed, const char *email, int delay_ms)
{
    const char *name = m_unique(t, "out");
    struct m_http_reply r =
        m_post(bed->api, "/v1/tenants",
               m_json_pack(t, "{s:s, s:s, s:s, s:i, s:{s:s, s:s, s:s?}}", "name", "Outside", "subdomain", name, "plan",
                           "starter", "step_delay_ms", delay_ms, "admin", "username", m_fmt(t, "%s-boss", name),
                           "password", PASSWORD, "email", email));
    REQUIRE_INT(r.status, ==, 202);
    return m_json_str(m_json_parse(t, r.body), "/tenant/id");
}

static int has_status(struct muster_ctx *t, struct bed *bed, const char *id, const char *status)
{
    struct m_http_reply r = m_get(bed->api, m_fmt(t, "/v1/tenants/%s", id));
    const char *now = m_json_str(m_json_parse(t, r.body), "/status");
    return now && strcmp(now, status) == 0;
}

static void wait_until(struct muster_ctx *t, struct bed *bed, const char *id, const char *status)
{
    REQUIRE(M_UNTIL(t, WAIT_MS, 20, has_status(t, bed, id, status)));
}

static void check_step(struct muster_ctx *t, struct bed *bed, const char *id, int number, const char *state,
                       const char *words)
{
    struct m_http_reply r = m_get(bed->api, m_fmt(t, "/v1/tenants/%s/provisioning", id));
    const char *error = m_json_str(m_json_parse(t, r.body), m_fmt(t, "/steps/%d/error", number - 1));
    CHECK_STR(m_json_str(m_json_parse(t, r.body), m_fmt(t, "/steps/%d/state", number - 1)), ==, state);
    CHECK(error && strstr(error, words), "%s", error ? error : "no error");
}

static const char *things(struct muster_ctx *t, struct bed *bed, const char *id)
{
    return m_json_text(t, m_json_parse(t, m_get(bed->api, m_fmt(t, "/v1/tenants/%s/resources", id)).body),
                       "/resources");
}

/* ---- the orchestrator ---- */

static struct bed start_with(struct muster_ctx *t, struct m_double *coolify)
{
    const char *token = in_temp(t, "token");
    write_file(t, token, m_fmt(t, "%s\n", m_fixture(t, "coolify", "token")));
    return start(t,
                 (const char *const[4]){"--orchestrator", m_double_url(coolify), "--orchestrator-token-file", token});
}

SCENARIO(deploys_and_deletes, .uses = USES("double(coolify.yaml, as=coolify)"), .timeout_ms = 40000)
{
    struct m_double *coolify = m_double_own(t, "coolify");
    struct bed bed = start_with(t, coolify);
    const char *id = order(t, &bed, NULL, 0);
    wait_until(t, &bed, id, "active");
    CHECK(strstr(things(t, &bed, id), "\"kind\":\"application\"") != NULL);
    CHECK_INT(m_delete(bed.api, m_fmt(t, "/v1/tenants/%s", id)).status, ==, 202);
    wait_until(t, &bed, id, "deprovisioned");
    CHECK_STR(things(t, &bed, id), ==, "[]");
    CHECK_ASKED_IN_ORDER(coolify, "POST /api/v1/applications/dockerimage", "POST /api/v1/deploy",
                         "GET /api/v1/deployments/*", "GET /api/v1/deployments/*", "GET /api/v1/applications/*",
                         "DELETE /api/v1/applications/*");
}

SCENARIO(orchestrator_refuses, .uses = USES("double(coolify.yaml, as=coolify)"), .timeout_ms = 40000)
{
    struct m_double *coolify = m_double_own(t, "coolify");
    struct bed bed = start_with(t, coolify);
    m_double_answer(coolify, "{request: {method: POST, path: /api/v1/applications/*}, answer: {status: 500, body: "
                             "{message: The disk is full.}}}");
    const char *id = order(t, &bed, NULL, 0);
    wait_until(t, &bed, id, "failed");
    check_step(t, &bed, id, 13, "failed", "500 The disk is full.");
    CHECK_STR(things(t, &bed, id), ==, "[]");
    CHECK_ASKED(coolify, "DELETE", "/api/v1/applications/*", 0);
    STEP("once it is well, the same tenant is provisioned again")
    {
        m_double_reset(coolify);
        CHECK_INT(m_post(bed.api, m_fmt(t, "/v1/tenants/%s/provisioning/retry", id), "{}").status, ==, 202);
        wait_until(t, &bed, id, "active");
    }
}

SCENARIO(deployment_fails, .uses = USES("double(coolify.yaml, as=coolify)"), .timeout_ms = 40000)
{
    struct m_double *coolify = m_double_own(t, "coolify");
    struct bed bed = start_with(t, coolify);
    m_double_answer(coolify,
                    "{request: {method: GET, path: /api/v1/deployments/*}, answer: {status: 200, body: {status: "
                    "failed}}}");
    const char *id = order(t, &bed, NULL, 0);
    wait_until(t, &bed, id, "failed");
    check_step(t, &bed, id, 13, "failed", "deployment is failed");
    CHECK_STR(things(t, &bed, id), ==, "[]");
    CHECK_ASKED(coolify, "DELETE", "/api/v1/applications/*", 1);
}

/* What cannot be undone is said, the rest is undone, and deleting tries it again. */
SCENARIO(undoing_fails, .uses = USES("double(coolify.yaml, as=coolify)"), .timeout_ms = 40000)
{
    struct m_double *coolify = m_double_own(t, "coolify");
    struct bed bed = start_with(t, coolify);
    const char *id = order(t, &bed, NULL, 0);
    wait_until(t, &bed, id, "active");
    m_double_answer(coolify, "{request: {method: DELETE, path: /api/v1/applications/*}, answer: {status: 503}}");
    CHECK_INT(m_delete(bed.api, m_fmt(t, "/v1/tenants/%s", id)).status, ==, 202);
    wait_until(t, &bed, id, "failed");
    check_step(t, &bed, id, 13, "undo_failed", "503");
    CHECK_ASKED(coolify, "DELETE", "/api/v1/applications/*", 3);
    const char *left = things(t, &bed, id);
    CHECK(strstr(left, "\"kind\":\"application\"") && !strstr(left, "schema"), "%s", left);
    m_double_reset(coolify);
    CHECK_INT(m_delete(bed.api, m_fmt(t, "/v1/tenants/%s", id)).status, ==, 202);
    wait_until(t, &bed, id, "deprovisioned");
    CHECK_STR(things(t, &bed, id), ==, "[]");
}

SCENARIO(orchestrator_is_away, .timeout_ms = 40000)
{
    struct bed bed = start(t, (const char *const[4]){"--orchestrator", m_fmt(t, "http://127.0.0.1:%d", m_port(t))});
    const char *id = order(t, &bed, NULL, 0);
    wait_until(t, &bed, id, "failed");
    check_step(t, &bed, id, 13, "failed", "connect");
    CHECK_STR(things(t, &bed, id), ==, "[]");
}

/* ---- mail ---- */

static struct m_json *outbox(struct muster_ctx *t, struct bed *bed, const char *id)
{
    return m_json_parse(t, m_get(bed->api, m_fmt(t, "/v1/outbox?tenant=%s", id)).body);
}

static int mail_is(struct muster_ctx *t, struct bed *bed, const char *id, const char *state)
{
    const char *now = m_json_str(outbox(t, bed, id), "/mails/0/state");
    return now && strcmp(now, state) == 0;
}

SCENARIO(welcome_mail_arrives, .uses = USES("mail(refuse='bounce@*', defer='busy-*', as=mail)"), .timeout_ms = 40000)
{
    struct m_mailbox *box = m_mail_open(t, "mail");
    struct bed bed = start(t, (const char *const[4]){"--smtp", m_fixture(t, "mail", "url")});
    const char *address = m_fmt(t, "%s@example.test", m_unique(t, "ada")), *id = order(t, &bed, address, 0);
    wait_until(t, &bed, id, "active");
    const struct m_mail *mail = m_mail_wait(box, address, WAIT_MS);
    CHECK_STR(mail->subject, ==, "Welcome to Outside");
    CHECK(strstr(mail->text, ".testbed.invalid/") && !strstr(mail->text, PASSWORD), "%s", mail->text);
    REQUIRE(M_UNTIL(t, WAIT_MS, 20, mail_is(t, &bed, id, "sent")));
    STEP("one who is put off gets his a moment later, and it is another mail")
    {
        const char *busy = m_fmt(t, "%s@example.test", m_unique(t, "busy"));
        id = order(t, &bed, busy, 0);
        const struct m_mail *later = m_mail_wait(box, busy, WAIT_MS);
        REQUIRE(M_UNTIL(t, WAIT_MS, 20, mail_is(t, &bed, id, "sent")));
        CHECK_INT(m_json_int(outbox(t, &bed, id), "/mails/0/attempts"), ==, 2);
        CHECK_INT(m_mail_count(box, busy), ==, 1);
        CHECK_STR(m_mail_header(later, "Message-ID"), !=, m_mail_header(mail, "Message-ID"));
    }
    STEP("one whose mailbox is refused is nobody's obstacle, and is not tried again")
    {
        id = order(t, &bed, "bounce@example.test", 0);
        wait_until(t, &bed, id, "active");
        REQUIRE(M_UNTIL(t, WAIT_MS, 20, mail_is(t, &bed, id, "failed")));
        CHECK_INT(m_json_int(outbox(t, &bed, id), "/mails/0/attempts"), ==, 1);
        CHECK(strstr(m_json_str(outbox(t, &bed, id), "/mails/0/error"), "550") != NULL);
    }
}

/* It waits, is tried again and again, and is there in the end as one that has failed. */
SCENARIO(mail_server_is_away, .timeout_ms = 40000)
{
    struct bed bed = start(t, (const char *const[4]){"--smtp", m_fmt(t, "smtp://127.0.0.1:%d", m_port(t))});
    const char *id = order(t, &bed, "ada@example.test", 0);
    wait_until(t, &bed, id, "active");
    REQUIRE(M_UNTIL(t, WAIT_MS, 20, mail_is(t, &bed, id, "failed")));
    CHECK_INT(m_json_int(outbox(t, &bed, id), "/mails/0/attempts"), ==, 5);
    CHECK_INT(m_delete(bed.api, m_fmt(t, "/v1/tenants/%s", id)).status, ==, 202);
    wait_until(t, &bed, id, "deprovisioned");
    CHECK_INT(m_json_int(outbox(t, &bed, id), "/total"), ==, 0);
}

/* ---- the disk, and the platform itself ---- */

SCENARIO(disk_takes_no_folder, .timeout_ms = 40000)
{
    struct bed bed = start(t, (const char *const[4]){NULL});
    /* In place of the folder in which every tenant has one: a file. */
    rmdir(in_temp(t, "data/tenants"));
    write_file(t, in_temp(t, "data/tenants"), "");
    const char *id = order(t, &bed, NULL, 0);
    wait_until(t, &bed, id, "failed");
    check_step(t, &bed, id, 8, "failed", "Not a directory");
    CHECK_STR(things(t, &bed, id), ==, "[]");
    REQUIRE_INT(unlink(in_temp(t, "data/tenants")), ==, 0);
    CHECK_INT(m_post(bed.api, m_fmt(t, "/v1/tenants/%s/provisioning/retry", id), "{}").status, ==, 202);
    wait_until(t, &bed, id, "active");
}

static int is_at(struct muster_ctx *t, struct bed *bed, const char *id, int number)
{
    struct m_http_reply r = m_get(bed->api, m_fmt(t, "/v1/tenants/%s/provisioning", id));
    const char *state = m_json_str(m_json_parse(t, r.body), m_fmt(t, "/steps/%d/state", number - 1));
    return state && strcmp(state, "running") == 0;
}

SCENARIO(killed_in_the_middle, .timeout_ms = 40000)
{
    struct bed bed = start(t, (const char *const[4]){NULL});
    const char *id = order(t, &bed, NULL, 150);
    REQUIRE(M_UNTIL(t, WAIT_MS, 10, is_at(t, &bed, id, 9)));
    kill(m_process_pid(bed.process), SIGKILL);
    m_process_stop(bed.process);
    bed = start(t, (const char *const[4]){NULL});
    wait_until(t, &bed, id, "failed");
    check_step(t, &bed, id, 9, "failed", "interrupted by a restart");
    CHECK_STR(things(t, &bed, id), ==, "[]");
    CHECK_INT(m_post(bed.api, m_fmt(t, "/v1/tenants/%s/provisioning/retry", id), "{}").status, ==, 202);
    wait_until(t, &bed, id, "active");
}

MUSTER_PLUGIN("e2e.outside", "1.0.0")

/* SPDX-License-Identifier: Apache-2.0 */
/* Writing and recomputing the chain. */
#include "audit/audit.h"

#include "common/clock.h"
#include "common/crypto.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GENESIS "0000000000000000000000000000000000000000000000000000000000000000"

struct entry {
    const char *at, *actor, *action, *entity_type, *entity_id, *tenant, *outcome, *detail;
};

static void hash_entry(const struct testbed *tb, int64_t seq, const struct entry *e, const char *prev,
                       char ret_hash[SHA256_HEX])
{
    const char *outcome = defect(tb, D_AUDIT_OUTCOME_UNHASHED) ? "" : e->outcome;
    char *hashed = NULL;
    int len = asprintf(&hashed, "%" PRId64 "\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s", seq, e->at, e->actor, e->action,
                       e->entity_type, e->entity_id, e->tenant, outcome, e->detail, prev);

    if (len < 0)
        abort();
    crypto_sha256_hex(hashed, (size_t)len, ret_hash);
    free(hashed);
}

/* Length of the UTF-8 character at `p`, 0 when there is none: jansson is the judge, as of all text that comes in. */
static size_t character(const char *p)
{
    for (size_t len = 1; len <= 4 && p[len - 1]; len++) {
        json_t *probe = json_stringn(p, len);
        json_decref(probe);
        if (probe)
            return len;
    }
    return 0;
}

/* What is hashed must be what is read back: no line's end, nothing that is not UTF-8, no half character at the end. */
static const char *clean(const char *text, char *buf, size_t size)
{
    size_t used = 0;

    while (text && *text) {
        size_t len = character(text);
        bool odd = len == 0 || (unsigned char)*text < 0x20 || *text == 0x7f;
        if (used + (odd ? 1 : len) >= size)
            break;
        if (odd)
            buf[used++] = '?';
        else
            for (size_t i = 0; i < len; i++)
                buf[used++] = text[i];
        text += len ? len : 1;
    }
    buf[used] = '\0';
    return buf;
}

static void append(struct testbed *tb, const struct entry *given)
{
    char at[TIME_TEXT_MAX], actor[128], id[PATH_MAX_LEN + 16], detail[512], hash[SHA256_HEX];
    struct entry e = *given;
    /* The chain is one, whosever the entries are. */
    struct store_scope before = store_enter(tb->db, NULL);
    json_t *last = store_one(tb->db, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", "");
    int64_t seq = json_integer_value(json_object_get(last, "seq")) + 1;
    const char *prev = last ? json_string_value(json_object_get(last, "hash")) : GENESIS;

    if (defect(tb, D_AUDIT_CHAIN_BROKEN) && seq % 5 == 0)
        prev = GENESIS;
    if (defect(tb, D_AUDIT_BEGINS_AGAIN) && tb->life.inherited && !tb->life.has_trail)
        prev = GENESIS;
    tb->life.has_trail = true;
    e.at = defect(tb, D_AUDIT_TIME_WRONG) ? clock_text(clock_mono_ms(), at)
           : defect(tb, D_TIMES_CUT)      ? clock_text(clock_wall_ms() / 1000 * 1000, at)
                                          : clock_now_text(at);
    e.actor = clean(given->actor, actor, sizeof actor);
    e.entity_id = clean(given->entity_id, id, sizeof id);
    e.detail = clean(given->detail, detail, sizeof detail);
    e.tenant = given->tenant ? given->tenant : "";
    if (defect(tb, D_AUDIT_TYPE_MISSING))
        e.entity_type = "";
    hash_entry(tb, seq, &e, prev, hash);
    store_run(tb->db,
              "INSERT INTO audit (seq, at, actor, action, entity_type, entity_id, tenant, outcome, detail, prev, hash)"
              " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
              "Issssssssss", seq, e.at, e.actor, e.action, e.entity_type, e.entity_id, e.tenant, e.outcome, e.detail,
              prev, hash);
    json_decref(last);
    store_leave(tb->db, before);
}

void audit_ok(struct request *r, const char *action, const char *entity_type, const char *entity_id, const char *tenant,
              const char *format, ...)
{
    char detail[512];
    size_t len = strlen(action);
    va_list args;

    if (defect(r->tb, D_AUDIT_GAP) && len > 7 && strcmp(action + len - 7, ".delete") == 0)
        return;
    if (defect(r->tb, D_AUDIT_ACCOUNTS_MISSING) && strncmp(action, "auth.", 5) == 0)
        return;
    va_start(args, format);
    vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    struct entry e = {
        .actor = defect(r->tb, D_AUDIT_WRONG_ACTOR) ? "system" : r->who.username,
        .action = action,
        .entity_type = entity_type,
        .entity_id = entity_id,
        .tenant = defect(r->tb, D_AUDIT_TENANT_MISSING) ? r->who.tenant_id : tenant,
        .outcome = "ok",
        .detail = detail,
    };
    append(r->tb, &e);
}

void audit_system(struct testbed *tb, const char *action, const char *entity_type, const char *entity_id,
                  const char *tenant, const char *outcome, const char *detail)
{
    struct entry e = {.actor = "system",
                      .action = action,
                      .entity_type = entity_type,
                      .entity_id = entity_id,
                      .tenant = tenant,
                      .outcome = outcome,
                      .detail = detail};
    append(tb, &e);
}

static void refused(struct testbed *tb, const struct entry *e)
{
    if (!defect(tb, D_AUDIT_DENIALS_MISSING))
        append(tb, e);
}

void audit_denied(struct testbed *tb, const char *actor, const char *action, const char *entity_type,
                  const char *entity_id, const char *tenant, const char *detail)
{
    refused(tb, &(struct entry){.actor = actor,
                                .action = action,
                                .entity_type = entity_type,
                                .entity_id = entity_id,
                                .tenant = tenant,
                                .outcome = "denied",
                                .detail = detail});
}

void audit_failed(struct testbed *tb, const char *actor, const char *action, const char *entity_type,
                  const char *entity_id, const char *tenant, const char *detail)
{
    refused(tb, &(struct entry){.actor = actor,
                                .action = action,
                                .entity_type = entity_type,
                                .entity_id = entity_id,
                                .tenant = tenant,
                                .outcome = "failed",
                                .detail = detail});
}

static const char *text(const json_t *row, const char *name)
{
    return json_string_value(json_object_get(row, name));
}

/* NULL when the row fits after `prev` as number `seq`; otherwise what is wrong. */
static const char *check_row(const struct testbed *tb, const json_t *row, int64_t seq, const char *prev)
{
    struct entry e = {text(row, "at"),        text(row, "actor"),  text(row, "action"),  text(row, "entity_type"),
                      text(row, "entity_id"), text(row, "tenant"), text(row, "outcome"), text(row, "detail")};
    char hash[SHA256_HEX];

    if (json_integer_value(json_object_get(row, "seq")) != seq)
        return "an entry is missing";
    if (strcmp(text(row, "prev"), prev) != 0)
        return "prev is not the hash of the entry before";
    hash_entry(tb, seq, &e, prev, hash);
    return strcmp(hash, text(row, "hash")) == 0 ? NULL : "the hash does not fit the entry";
}

json_t *audit_recompute(struct testbed *tb)
{
    char prev[SHA256_HEX] = GENESIS;
    const char *reason = NULL;
    int64_t seq = 0;

    /* In slices, so that a long chain is not in memory as a whole. */
    for (bool more = true; more && !reason;) {
        json_t *rows = store_all(tb->db, "SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT 500", "I", seq);
        size_t i;
        json_t *row;
        more = json_array_size(rows) > 0 && !defect(tb, D_AUDIT_VERIFY_STOPS);
        json_array_foreach(rows, i, row)
        {
            seq++;
            reason = check_row(tb, row, seq, prev);
            if (reason)
                break;
            snprintf(prev, sizeof prev, "%s", text(row, "hash"));
        }
        json_decref(rows);
    }
    int64_t entries = store_number(tb->db, "SELECT count(*) FROM audit", "");
    if (reason)
        return json_pack("{s:b, s:I, s:s, s:I, s:s}", "ok", 0, "entries", (json_int_t)entries, "head", prev,
                         "first_bad_seq", (json_int_t)seq, "reason", reason);
    return json_pack("{s:b, s:I, s:s, s:n, s:n}", "ok", 1, "entries", (json_int_t)entries, "head", prev,
                     "first_bad_seq", "reason");
}

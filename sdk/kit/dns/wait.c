/* SPDX-License-Identifier: Apache-2.0 */
/* Asking again until a record is there, or is not. */
#include "dns.h"

#include <muster/kit/wait.h>
#include <string.h>
#include <strings.h>

#define PAUSE_MS 20u

/* DNS compares names without regard to case; texts and numbers it does not. */
static int is_value(const struct m_dns_record *r, const char *value)
{
    int is_text = strcmp(r->type, "TXT") == 0;
    return is_text ? strcmp(r->value, value) == 0 : strcasecmp(r->value, value) == 0;
}

static const struct m_dns_record *find(const struct m_dns_answer *answer, const char *type, const char *value)
{
    for (uint64_t i = 0; i < answer->n; i++)
        if (strcmp(answer->records[i].type, type) == 0 && (!value || is_value(&answer->records[i], value)))
            return &answer->records[i];
    return NULL;
}

const struct m_dns_record *m_dns_find(struct m_dns *dns, const char *name, const char *type)
{
    return find(m_dns_query(dns, name, type), type, NULL);
}

const char *m_dns_value(struct m_dns *dns, const char *name, const char *type)
{
    const struct m_dns_record *record = m_dns_find(dns, name, type);
    return record ? record->value : NULL;
}

const struct m_dns_record *m_dns_wait(struct m_dns *dns, const char *name, const char *type, const char *value,
                                      uint64_t timeout_ms)
{
    struct muster_ctx *t = dns->t;
    uint64_t began = m_now_ms();
    struct m_deadline end = m_deadline_in(t, timeout_ms);
    const struct m_dns_answer *answer;
    do {
        answer = m_dns_query(dns, name, type);
        const struct m_dns_record *record = find(answer, type, value);
        if (record)
            return record;
    } while (m_deadline_pause(end, PAUSE_MS));
    FAIL("no record %s %s%s%s within %llu ms; the last answer of %s: %s", name, type, value ? " " : "",
         value ? value : "", (unsigned long long)(m_now_ms() - began), dns->server, answer->text);
}

void m_dns_wait_gone(struct m_dns *dns, const char *name, const char *type, uint64_t timeout_ms)
{
    struct muster_ctx *t = dns->t;
    uint64_t began = m_now_ms();
    struct m_deadline end = m_deadline_in(t, timeout_ms);
    const struct m_dns_answer *answer;
    do {
        answer = m_dns_query(dns, name, type);
        if (!find(answer, type, NULL))
            return;
    } while (m_deadline_pause(end, PAUSE_MS));
    FAIL("%s still has a record %s after %llu ms; the last answer of %s: %s", name, type,
         (unsigned long long)(m_now_ms() - began), dns->server, answer->text);
}

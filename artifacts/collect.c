/* SPDX-License-Identifier: Apache-2.0 */
/* Which attempts' folders are kept, and what they are called. */
#include "artifacts/collect.h"

#include "artifacts/digest.h"
#include "base/mem.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static const char *const POLICIES[] = {
    [ARTIFACTS_ALWAYS] = "always",
    [ARTIFACTS_ON_FAILURE] = "on-failure",
    [ARTIFACTS_NEVER] = "never",
};

/* "%~" can't come from an escape, whose second byte is a hex digit: a cut id is never taken for a whole one. */
static const char CUT_MARK[] = "%~";
enum { CUT_HASH = 16, CUT_TAIL = 2 + CUT_HASH };

int artifacts_policy_parse(const char *name, enum artifacts_policy *ret_policy)
{
    for (size_t i = 0; i < ARRAY_LEN(POLICIES); i++) {
        if (strcmp(name, POLICIES[i]) == 0) {
            *ret_policy = (enum artifacts_policy)i;
            return 0;
        }
    }
    return -EINVAL;
}

static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-_+=,@~[].", c));
}

static void add_escaped(struct buf *out, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";
    buf_addc(out, '%');
    buf_addc(out, digits[c >> 4]);
    buf_addc(out, digits[c & 15]);
}

/* An escape is not divided: a cut id still decodes to a prefix of itself in a reader's head. */
static size_t cut_at(const char *text, size_t at)
{
    if (text[at - 1] == '%')
        return at - 1;
    return text[at - 2] == '%' ? at - 2 : at;
}

void artifact_component(struct buf *out, const char *case_id)
{
    size_t start = out->len;
    for (const char *p = case_id; *p; p++) {
        if (is_plain((unsigned char)*p) && !(p == case_id && *p == '.'))
            buf_addc(out, *p);
        else
            add_escaped(out, (unsigned char)*p);
    }
    /* No id is empty, but a path with an empty component would be another directory's. */
    if (out->len == start)
        buf_addc(out, '%');
    if (out->len - start <= COMPONENT_MAX)
        return;

    char hex[DIGEST_HEX];
    autodigest struct digest *d = digest_new();
    digest_add(d, case_id, strlen(case_id));
    digest_end(d, hex);
    out->len = start + cut_at(out->data + start, COMPONENT_MAX - CUT_TAIL);
    buf_adds(out, CUT_MARK);
    buf_add(out, hex, CUT_HASH);
}

void artifact_path(struct buf *out, const char *case_id, uint32_t attempt)
{
    buf_adds(out, "cases/");
    artifact_component(out, case_id);
    buf_adds(out, "/attempt-");
    buf_addu(out, attempt);
}

void artifact_fixture_path(struct buf *out, const char *label, uint32_t start)
{
    buf_adds(out, "fixtures/");
    artifact_component(out, label);
    if (start > 1)
        buf_addf(out, "/start-%u", start);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes without asking whether artifact_component() would have written it so. */
static int decode(const char *component, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len; i++) {
        if (component[i] != '%') {
            buf_addc(out, component[i]);
            continue;
        }
        if (len - i < 3)
            return -EINVAL;
        int high = hex_value(component[i + 1]), low = hex_value(component[i + 2]);
        if (high < 0 || low < 0)
            return -EINVAL;
        buf_addc(out, (char)(high << 4 | low));
        i += 2;
    }
    return 0;
}

int artifact_case(const char *component, size_t len, struct buf *out)
{
    if (len == 1 && component[0] == '%')
        return 0;
    if (len > CUT_TAIL && memcmp(component + len - CUT_TAIL, CUT_MARK, 2) == 0)
        return -ENAMETOOLONG;
    autobuf struct buf id = {0}, again = {0};
    int r = decode(component, len, &id);
    if (r < 0)
        return r;
    artifact_component(&again, buf_str(&id));
    if (again.len != len || memcmp(again.data, component, len) != 0)
        return -EINVAL;
    buf_add(out, id.data, id.len);
    return 0;
}

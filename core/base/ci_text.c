/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ci_text.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

bool ci_reads_output(void)
{
    static const char *const names[] = {"GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION", "GITLAB_CI"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return true;
    }
    return false;
}

/* What GitHub's runner passes over at the beginning of a line: all that .NET takes for a blank. */
static bool is_blank(uint32_t code)
{
    return code == ' ' || (code >= '\t' && code <= '\r') || code == 0x85 || code == 0xa0 || code == 0x1680 ||
           (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 || code == 0x202f || code == 0x205f ||
           code == 0x3000;
}

static bool may_hold_command(const struct buf *text)
{
    return text->len > 1 && (memmem(text->data, text->len, "::", 2) || memmem(text->data, text->len, "##", 2));
}

/* The length of `##word[` at p, without its bracket; 0: none is there. */
static size_t bracketed(const char *p, const char *end)
{
    const char *q = p;
    while (q < end && *q == '#')
        q++;
    if (q - p < 2)
        return 0;
    while (q < end && ((*q >= 'a' && *q <= 'z') || (*q >= 'A' && *q <= 'Z')))
        q++;
    return q < end && *q == '[' ? (size_t)(q - p) : 0;
}

void ci_defuse(struct buf *text)
{
    if (!may_hold_command(text))
        return;
    struct buf safe = {0};
    const char *end = text->data + text->len;
    bool at_start = true;
    for (const char *p = text->data; p < end;) {
        uint32_t code;
        size_t n = utf8_decode(p, end, &code), words = bracketed(p, end);
        if (words > 0) {
            buf_add(&safe, p, words);
            buf_addc(&safe, ' ');
            n = words;
        } else if (at_start && end - p > 1 && p[0] == ':' && p[1] == ':') {
            buf_adds(&safe, ": ");
        } else {
            buf_add(&safe, p, n);
        }
        at_start = *p == '\n' || (at_start && is_blank(code));
        p += n;
    }
    buf_free(text);
    *text = safe;
}

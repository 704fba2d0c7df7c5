/* SPDX-License-Identifier: Apache-2.0 */
/* Matching id patterns: on a mismatch only the latest `*` takes one more character, since an earlier
 * one could not do better. That bounds the work by the product of both lengths. */
#include "plan/glob.h"

#include "base/text.h"

#include <string.h>

/* A `[` starts a set if it has its `]` (which comes first only as a member) and no `=` between them.
 * Returns the place after the set, NULL if this `[` stands for itself. */
static const char *set_end(const char *open)
{
    const char *p = open + 1;
    p += *p == '!' || *p == '^';
    p += *p == ']';
    p += strcspn(p, "]=");
    return *p == ']' ? p + 1 : NULL;
}

bool glob_is_glob(const char *pattern)
{
    return strpbrk(pattern, "*?[\\") != NULL;
}

/* Whether `code` is in the set [open .. end), brackets included. */
static bool in_set(const char *open, const char *end, uint32_t code)
{
    const char *p = open + 1, *close = end - 1;
    bool negated = *p == '!' || *p == '^';
    bool found = false;
    for (p += negated; p < close;) {
        uint32_t first, last;
        p += utf8_decode(p, close, &first);
        last = first;
        if (p + 1 < close && *p == '-')
            p += 1 + utf8_decode(p + 1, close, &last);
        found |= first <= code && code <= last;
    }
    return found != negated;
}

/* Matches one pattern element that is no star against the character at `text`; how far both go on. */
static bool match_one(const char *pattern, const char *text, const char *end, size_t *ret_pattern, size_t *ret_text)
{
    uint32_t code;
    *ret_text = utf8_decode(text, end, &code);
    *ret_pattern = 1;
    if (*pattern == '?')
        return true;
    const char *after = *pattern == '[' ? set_end(pattern) : NULL;
    if (after) {
        *ret_pattern = (size_t)(after - pattern);
        return in_set(pattern, after, code);
    }
    bool escaped = *pattern == '\\' && pattern[1];
    /* Byte by byte is as good as by character here, and right for invalid UTF-8 too. */
    *ret_text = 1;
    *ret_pattern = escaped ? 2 : 1;
    return pattern[escaped] == *text;
}

bool glob_match(const char *pattern, const char *text, size_t len)
{
    const char *end = text + len;
    const char *star = NULL, *resume = NULL;
    while (text < end) {
        size_t in_pattern, in_text;
        if (*pattern == '*') {
            star = ++pattern;
            resume = text;
        } else if (*pattern && match_one(pattern, text, end, &in_pattern, &in_text)) {
            pattern += in_pattern;
            text += in_text;
        } else if (star) {
            pattern = star;
            uint32_t code;
            resume += utf8_decode(resume, end, &code);
            text = resume;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

bool glob_match_id(const char *pattern, const char *id)
{
    size_t whole = strlen(id), bare = strcspn(id, "[");
    return glob_match(pattern, id, whole) || (bare < whole && glob_match(pattern, id, bare));
}

size_t id_next_prefix(const char *id, size_t len)
{
    if (len && (id[len] == '\0' || id[len] == '['))
        return id[len] ? len + strlen(id + len) : 0;
    size_t from = len ? len + 1 : 0;
    return from + strcspn(id + from, ".[");
}

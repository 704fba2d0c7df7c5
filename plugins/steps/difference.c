/* SPDX-License-Identifier: Apache-2.0 */
/* Differences of values and of texts. */
#include "difference.h"

#include "steps.h"

static const char *text_of(struct muster_ctx *t, const struct m_json *value)
{
    const char *text = value ? m_json_text(t, value, "") : NULL;
    return text ? m_shown(t, text, strlen(text), ABOUT_MOST) : "(nothing)";
}

/* '{', '[' or 0: what holds others, empty ones too. */
static char kind(struct muster_ctx *t, const struct m_json *value)
{
    return value && m_json_count(value, "") >= 0 ? *m_json_text(t, value, "") : 0;
}

static const char *below(struct muster_ctx *t, const char *pointer, const char *name)
{
    const char *all = m_fmt(t, "%s/", pointer);
    for (; *name; name++)
        all = *name == '~'   ? m_fmt(t, "%s~0", all)
              : *name == '/' ? m_fmt(t, "%s~1", all)
                             : m_fmt(t, "%s%c", all, *name);
    return all;
}

static int differs(struct muster_ctx *t, const char *pointer, const struct m_json *actual,
                   const struct m_json *expected, struct difference *ret)
{
    *ret = (struct difference){pointer, text_of(t, actual), text_of(t, expected)};
    return 1;
}

static int at(struct muster_ctx *t, const char *pointer, const struct m_json *actual, const struct m_json *expected,
              int part, struct difference *ret)
{
    char inside = kind(t, expected);
    const char *key;
    if (kind(t, actual) != inside || !actual)
        return differs(t, pointer, actual, expected, ret);
    if (!inside)
        return steps_equal(t, actual, expected) ? 0 : differs(t, pointer, actual, expected, ret);
    if (inside == '[') {
        int64_t n = m_json_count(expected, ""), m = m_json_count(actual, "");
        for (int64_t i = 0; i < n || i < m; i++)
            if (at(t, m_fmt(t, "%s/%d", pointer, (int)i), m_json_item(actual, (uint64_t)i),
                   m_json_item(expected, (uint64_t)i), part, ret))
                return 1;
        return 0;
    }
    for (uint64_t i = 0; (key = m_json_key(expected, i)); i++)
        if (at(t, below(t, pointer, key), m_json_member(actual, key), m_json_member(expected, key), part, ret))
            return 1;
    for (uint64_t i = 0; !part && (key = m_json_key(actual, i)); i++)
        if (!m_json_member(expected, key))
            return differs(t, below(t, pointer, key), m_json_member(actual, key), NULL, ret);
    return 0;
}

int difference_of(struct muster_ctx *t, const struct m_json *actual, const struct m_json *expected, int part,
                  struct difference *ret_difference)
{
    return at(t, "", actual, expected, part, ret_difference);
}

const char *difference_of_lines(struct muster_ctx *t, const char *actual, const char *expected)
{
    for (unsigned line = 1;; line++) {
        size_t a = strcspn(actual, "\n"), b = strcspn(expected, "\n");
        if (a != b || strncmp(actual, expected, a) != 0 || !actual[a] || !expected[b])
            return m_fmt(t, "line %u is \"%s\"%s, not \"%s\"%s", line, m_shown(t, actual, a, ABOUT_MOST),
                         actual[a] ? "" : " without an end", m_shown(t, expected, b, ABOUT_MOST),
                         expected[b] ? "" : " without an end");
        actual += a + 1;
        expected += b + 1;
    }
}

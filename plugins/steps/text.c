/* SPDX-License-Identifier: Apache-2.0 */
/* Texts: durations, what may be shown, values as JSON. */
#include "steps.h"

#include <errno.h>

/* ---- durations, as the format of scenarios has them ---- */

static double unit_ms(const char *unit, size_t *ret_length)
{
    static const struct {
        const char *name;
        double ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t n = strlen(units[i].name);
        if (strncmp(unit, units[i].name, n) == 0 && (unit[n] == '\0' || (unit[n] >= '0' && unit[n] <= '9'))) {
            *ret_length = n;
            return units[i].ms;
        }
    }
    *ret_length = 0;
    return *unit ? -1 : 1000;
}

uint64_t steps_ms(struct muster_ctx *t, struct m_site site, const char *what, const char *text)
{
    enum { MOST_MS = 7 * 24 * 3600 * 1000 };
    double all = 0;
    const char *at = text;
    do {
        char *behind;
        size_t length;
        int digit = (*at >= '0' && *at <= '9') || *at == '.';
        double number = digit ? strtod(at, &behind) : -1, unit = digit ? unit_ms(behind, &length) : -1;
        if (unit < 0 || number * unit > MOST_MS)
            steps_wrong(t, site, "%s: %s is no duration: write 500ms, 30s, 2m or 1h30m", what, *text ? text : "\"\"");
        all += number * unit;
        at = behind + length;
    } while (*at);
    return (uint64_t)all;
}

const char *steps_time(struct muster_ctx *t, uint64_t ms)
{
    return ms % 1000 == 0 && ms ? m_fmt(t, "%llus", (unsigned long long)ms / 1000)
                                : m_fmt(t, "%llums", (unsigned long long)ms);
}

/* ---- as JSON ---- */

static int is_behind(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

/* The bytes of the character that begins there; 0: none does. */
static size_t character(const unsigned char *p, size_t left)
{
    unsigned char c = p[0];
    if (c < 0x80)
        return 1;
    if (c >= 0xc2 && c <= 0xdf)
        return left > 1 && is_behind(p[1]) ? 2 : 0;
    if (c >= 0xe0 && c <= 0xef) {
        int fits =
            left > 2 && is_behind(p[1]) && is_behind(p[2]) && (c != 0xe0 || p[1] >= 0xa0) && (c != 0xed || p[1] < 0xa0);
        return fits ? 3 : 0;
    }
    if (c >= 0xf0 && c <= 0xf4) {
        int fits = left > 3 && is_behind(p[1]) && is_behind(p[2]) && is_behind(p[3]) && (c != 0xf0 || p[1] >= 0x90) &&
                   (c != 0xf4 || p[1] < 0x90);
        return fits ? 4 : 0;
    }
    return 0;
}

const char *steps_quoted(struct muster_ctx *t, const void *bytes, size_t length)
{
    const unsigned char *p = bytes;
    char *out = malloc(6 * length + 3), *to = out;
    if (!out)
        ERROR("out of memory for a text of %zu bytes", length);
    *to++ = '"';
    for (size_t i = 0, n; i < length; i += n) {
        n = character(p + i, length - i);
        if (n == 0 || p[i] == 0) {
            to = mempcpy(to, "\xef\xbf\xbd", 3);
            n = 1;
        } else if (p[i] == '"' || p[i] == '\\') {
            *to++ = '\\';
            *to++ = (char)p[i];
        } else if (p[i] < ' ') {
            to += snprintf(to, 7, "\\u%04x", p[i]);
        } else {
            to = mempcpy(to, p + i, n);
        }
    }
    *to++ = '"';
    const char *kept = m_keep(t, out, (size_t)(to - out));
    free(out);
    return kept;
}

const char *steps_start(struct muster_ctx *t, const void *bytes, size_t length)
{
    return m_shown(t, bytes, length, ABOUT_MOST);
}

const char *steps_value(struct muster_ctx *t, const char *members, const char *about)
{
    return m_fmt(t, "{%s%s\"$about\":%s}", members, *members ? "," : "", steps_quoted(t, about, strlen(about)));
}

/* The runner takes no NUL in a text, however it is written. */
const char *steps_document(struct muster_ctx *t, const char *text, size_t length)
{
    struct m_json *doc = strlen(text) == length ? m_json_try_parse(text) : NULL;
    const char *json = doc ? m_json_text(t, doc, "") : NULL;
    m_json_free(doc);
    return json && !strstr(json, "\\u0000") ? json : NULL;
}

/* ---- arguments ---- */

struct m_json *steps_given(struct muster_ctx *t, const char *text)
{
    struct m_json *value = m_json_parse(t, text);
    return m_json_is_null(value, "") ? NULL : value;
}

const char *steps_scalar(struct muster_ctx *t, const struct m_json *value)
{
    const char *text = m_json_str(value, "");
    if (text || !value)
        return text;
    return m_json_count(value, "") < 0 && !m_json_is_null(value, "") ? m_json_text(t, value, "") : NULL;
}

const char **steps_texts(struct muster_ctx *t, struct m_site site, const char *what, const struct m_json *list)
{
    int64_t n = m_json_item(list, 0) ? m_json_count(list, "") : 0;
    const char **texts = calloc((size_t)n + 1, sizeof *texts);
    if (!texts)
        steps_wrong(t, site, "%s: out of memory", what);
    for (int64_t i = 0; i < n; i++)
        if (!(texts[i] = steps_scalar(t, m_json_item(list, (uint64_t)i))))
            steps_wrong(t, site, "%s: number %d is no text", what, (int)i + 1);
    if (n == 0 && (!list || m_json_key(list, 0) || m_json_count(list, "") < 0))
        steps_wrong(t, site, "%s: wants a list of texts", what);
    return texts;
}

static size_t distance(const char *a, const char *b)
{
    enum { MOST = 32 };
    size_t row[MOST + 1], n = strlen(b);
    if (n > MOST)
        return MOST;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; *a; a++, i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t above = row[j], least = corner + (*a != b[j - 1]);
            least = above + 1 < least ? above + 1 : least;
            least = row[j - 1] + 1 < least ? row[j - 1] + 1 : least;
            row[j] = least;
            corner = above;
        }
    }
    return row[n];
}

void steps_keys(struct muster_ctx *t, struct m_site site, const char *what, const struct m_json *object,
                const char *const *keys)
{
    const char *key;
    for (uint64_t i = 0; (key = m_json_key(object, i)); i++) {
        const char *all = "", *near = NULL;
        size_t best = 3;
        int known = 0;
        for (const char *const *k = keys; *k && !known; k++) {
            size_t apart = distance(key, *k);
            known = apart == 0;
            near = apart < best ? *k : near;
            best = apart < best ? apart : best;
            all = m_fmt(t, "%s%s%s", all, *all ? ", " : "", *k);
        }
        if (!known && near)
            steps_wrong(t, site, "%s: unknown key %s; did you mean %s?", what, key, near);
        if (!known)
            steps_wrong(t, site, "%s: unknown key %s; there are %s", what, key, all);
    }
}

int steps_equal(struct muster_ctx *t, const struct m_json *a, const struct m_json *b)
{
    double x = m_json_double(a, ""), y = m_json_double(b, "");
    if (!a || !b)
        return a == b;
    if (x == x && y == y && x == y && (m_json_int(a, "") == M_JSON_NO_INT || m_json_int(b, "") == M_JSON_NO_INT))
        return 1; /* 5 and 5.0; two integers are compared digit by digit */
    return strcmp(m_json_text(t, a, ""), m_json_text(t, b, "")) == 0;
}

/* ---- files ---- */

const char *steps_read_file(struct muster_ctx *t, const char *path, size_t *ret_length)
{
    char *all = NULL, piece[16384];
    size_t length = 0, n;
    FILE *in = fopen(path, "re"), *out = in ? open_memstream(&all, &length) : NULL;
    while (out && (n = fread(piece, 1, sizeof piece, in)) > 0)
        fwrite(piece, 1, n, out);
    int code = !in || !out || ferror(in) ? errno : 0;
    if (in)
        fclose(in);
    if (out && fclose(out) != 0)
        code = errno;
    const char *kept = code ? NULL : m_keep(t, all, length);
    free(all);
    errno = code;
    if (kept)
        *ret_length = length;
    return kept;
}

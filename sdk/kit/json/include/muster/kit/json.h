/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/json.h: reading JSON answers and writing JSON bodies. It stands behind CHECK_JSON and REQUIRE_JSON too.
 *
 *     struct m_json *tenant = m_json_parse(t, reply.body);
 *     CHECK_STR(m_json_str(tenant, "/status"), ==, "active");
 *     m_post(api, "/v1/tenants", m_json_pack(t, "{s:s, s:i}", "name", name, "quota", 3));
 *
 * Places in a document are JSON pointers (RFC 6901): "" is the whole, "/steps/3/name" a member of the fourth
 * element, "~1" stands for "/" and "~0" for "~".
 *
 * A document belongs to the kit and lives until m_json_free() or the end of the attempt's process. Values and
 * strings read from it live as long as it does. A document belongs to one thread at a time.
 *
 * Numbers stay as they were written: integers go from -2^63 to 2^64-1 and are an error beyond, decimals keep their
 * digits. An integer is never equal to another number by way of a double. Duplicate keys are an error, as is anything
 * behind the value. Nothing here judges, except that m_json_parse() fails the scenario when a text that must be JSON is
 * none.
 */
#ifndef MUSTER_KIT_JSON_H
#define MUSTER_KIT_JSON_H

#include <muster/muster.h>
#include <muster/place.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A document, or a value in it. */
struct m_json;

/* What m_json_int() returns for "no integer there". */
#define M_JSON_NO_INT INT64_MIN

M_KIT_BEGIN_

/* Never NULL: a text that is not JSON, or is NULL, ends the scenario as failed and says at which line and column. */
struct m_json *m_json_parse(struct muster_ctx *t, const char *text);

M_KIT_END_

/* NULL when the text is not JSON. */
struct m_json *m_json_try_parse(const char *text);
/* Only what m_json_parse() or m_json_try_parse() returned; NULL is allowed. */
void m_json_free(struct m_json *doc);

/* All of these take a NULL document, in which nothing is found. */
const struct m_json *m_json_at(const struct m_json *doc, const char *pointer); /* NULL: nothing there */
const char *m_json_str(const struct m_json *doc, const char *pointer);         /* NULL: no string there */
int64_t m_json_int(const struct m_json *doc, const char *pointer);             /* M_JSON_NO_INT: no integer there */
double m_json_double(const struct m_json *doc, const char *pointer);           /* NaN: no number there */
/* A whole number beyond int64_t, too: 1, and *ret_value; 0: no integer from 0 to 2^64-1 there. */
int m_json_u64(const struct m_json *doc, const char *pointer, uint64_t *ret_value);
int m_json_bool(const struct m_json *doc, const char *pointer);    /* 1, 0; -1: neither there */
int m_json_is_null(const struct m_json *doc, const char *pointer); /* 1: a null stands there */
/* Elements of an array or members of an object; -1: neither there. */
int64_t m_json_count(const struct m_json *doc, const char *pointer);
/* The element of an array, NULL when there is none: quicker than a pointer in a loop. */
const struct m_json *m_json_item(const struct m_json *array, uint64_t index);
/* The name of an object's member, in the order in which they were written; NULL when there are not so many. */
const char *m_json_key(const struct m_json *object, uint64_t index);
/* The member of that name, whatever it is: a pointer needs its "/" and "~" written otherwise. NULL: none. */
const struct m_json *m_json_member(const struct m_json *object, const char *name);

M_KIT_BEGIN_

/* The value as compact JSON with sorted keys, kept until the attempt ends; NULL: nothing there. */
const char *m_json_text(struct muster_ctx *t, const struct m_json *doc, const char *pointer);

/*
 * A JSON text from jansson's json_pack format, strings escaped as they must be, kept until the attempt ends:
 * m_json_pack(t, "{s:s, s:{s:I, s:b}}", "name", name, "limits", "memory", (int64_t)64, "swap", 0).
 * s string, i int, I int64_t (cast it), f double, b int as true or false, n null, s? a string or NULL for null,
 * [] array, {} object. A wrong format ends the scenario as an error.
 */
const char *m_json_pack(struct muster_ctx *t, const char *format, ...);
const char *m_json_vpack_(struct muster_ctx *t, const char *format, va_list values);

M_KIT_END_

#ifdef __cplusplus
}
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_(struct m_json *, m_json_parse, (t, text), struct muster_ctx *t, const char *text)
M_PLACED_(const char *, m_json_text, (t, doc, pointer), struct muster_ctx *t, const struct m_json *doc,
          const char *pointer)
#ifdef M_PLACED_IN_C_
#define m_json_parse(...) m_json_parse_at_(M_HERE_, __VA_ARGS__)
#define m_json_text(...)  m_json_text_at_(M_HERE_, __VA_ARGS__)
#endif
#ifdef __cplusplus
inline const char *m_json_pack(m_placed_ctx_ t, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    m_called_at_(t.file, t.line);
    const char *text = m_kit_::m_json_vpack_(t.t, format, values);
    va_end(values);
    return text;
}
#elif defined(M_PLACED_IN_C_)
static inline const char *m_json_pack_at_(const char *file, uint32_t line, struct muster_ctx *t, const char *format,
                                          ...)
{
    va_list values;
    va_start(values, format);
    m_called_at_(file, line);
    const char *text = m_json_vpack_(t, format, values);
    va_end(values);
    return text;
}
#define m_json_pack(...) m_json_pack_at_(M_HERE_, __VA_ARGS__)
#endif

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/data.h: names and texts that scenarios make up.
 *
 * Everything returned belongs to the kit and holds until the attempt's process ends: nothing to free, nothing to
 * copy. That suits names, paths and bodies; build what is made a million times in memory of your own. Any thread
 * may call. When memory runs out the scenario ends as an error.
 */
#ifndef MUSTER_KIT_DATA_H
#define MUSTER_KIT_DATA_H

#include <muster/muster.h>
#include <muster/place.h>

#ifdef __cplusplus
extern "C" {
#endif

M_KIT_BEGIN_

/* m_fmt(t, "/v1/tenants/%s", id) */
const char *m_fmt(struct muster_ctx *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *m_vfmt_(struct muster_ctx *t, const char *format, va_list values) __attribute__((format(printf, 2, 0)));

/* A copy of `length` bytes with a NUL behind them. */
const char *m_keep(struct muster_ctx *t, const void *bytes, size_t length);

/*
 * m_unique(t, "shop") is "shop-k3v9x0q2ad-1": the prefix, ten characters made from the run, the case, the attempt
 * and the slot, and a counter. No two calls of a run give the same name, whatever runs at the same time, and a name
 * found later leads back to nobody else. Lower-case letters, digits and "-" behind the prefix; at most 20 bytes longer.
 */
const char *m_unique(struct muster_ctx *t, const char *prefix);

/*
 * The folder that the plugin was loaded from, as an absolute path: in scenarios, fixtures, cleanups and steps alike,
 * always that of the plugin whose code calls. Its data files are there (muster_add_plugin(... DATA ...)).
 */
const char *m_plugin_dir(struct muster_ctx *t);
/* m_beside(t, "certs/ca.pem"): a file in that folder, whether it exists or not. An absolute path is given back. */
const char *m_beside(struct muster_ctx *t, const char *file);

/*
 * From now on the kits write *** where this text would stand in the evidence that they leave of a bad attempt
 * (http-exchanges.txt, sql-statements.txt, ws-frames.txt). Tokens given to m_http_bearer() and to `bearer` of a
 * WebSocket are secret already; so are the values of fields whose names say so (password, token, secret, cookie,
 * authorization, ...). Texts of less than 4 bytes are passed over. NULL is allowed.
 */
void m_secret(struct muster_ctx *t, const char *text);

M_KIT_END_

#ifdef __cplusplus
}
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_(const char *, m_keep, (t, bytes, length), struct muster_ctx *t, const void *bytes, size_t length)
M_PLACED_(const char *, m_unique, (t, prefix), struct muster_ctx *t, const char *prefix)
M_PLACED_(const char *, m_plugin_dir, (t), struct muster_ctx *t)
M_PLACED_(const char *, m_beside, (t, file), struct muster_ctx *t, const char *file)
M_PLACED_VOID_(m_secret, (t, text), struct muster_ctx *t, const char *text)
#ifdef M_PLACED_IN_C_
#define m_keep(...)       m_keep_at_(M_HERE_, __VA_ARGS__)
#define m_unique(...)     m_unique_at_(M_HERE_, __VA_ARGS__)
#define m_plugin_dir(...) m_plugin_dir_at_(M_HERE_, __VA_ARGS__)
#define m_beside(...)     m_beside_at_(M_HERE_, __VA_ARGS__)
#define m_secret(...)     m_secret_at_(M_HERE_, __VA_ARGS__)
#endif
#ifdef __cplusplus
inline const char *m_fmt(m_placed_ctx_ t, const char *format, ...) __attribute__((format(printf, 2, 3)));
inline const char *m_fmt(m_placed_ctx_ t, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    m_called_at_(t.file, t.line);
    const char *text = m_kit_::m_vfmt_(t.t, format, values);
    va_end(values);
    return text;
}
#elif defined(M_PLACED_IN_C_)
static inline const char *m_fmt_at_(const char *file, uint32_t line, struct muster_ctx *t, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static inline const char *m_fmt_at_(const char *file, uint32_t line, struct muster_ctx *t, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    m_called_at_(file, line);
    const char *text = m_vfmt_(t, format, values);
    va_end(values);
    return text;
}
#define m_fmt(...) m_fmt_at_(M_HERE_, __VA_ARGS__)
#endif

#endif

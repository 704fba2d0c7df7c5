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

#ifdef __cplusplus
extern "C" {
#endif

/* m_fmt(t, "/v1/tenants/%s", id) */
const char *m_fmt(struct muster_ctx *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

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
 * (http-exchanges.txt, ws-frames.txt). Tokens given to m_http_bearer() and to `bearer` of a WebSocket are secret
 * already; so are the values of fields whose names say so (password, token, secret, cookie, authorization, ...). Texts
 * of less than 4 bytes are passed over. NULL is allowed.
 */
void m_secret(struct muster_ctx *t, const char *text);

#ifdef __cplusplus
}
#endif

#endif

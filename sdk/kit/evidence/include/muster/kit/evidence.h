/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/evidence.h: what may be shown of a text that came from somewhere else.
 *
 *     FAIL("%s: no such order: %s", url, m_shown(t, reply.body, reply.body_len, 200));
 *
 * The kits write their evidence by the same rules: values of fields whose names say so (password, token, secret,
 * cookie, authorization, ...) in heads, JSON, queries and forms, the user and the word of a URL, and what m_secret()
 * was given become ***. Controls are shown as \n, \t and \xNN, so that it is one line.
 */
#ifndef MUSTER_KIT_EVIDENCE_H
#define MUSTER_KIT_EVIDENCE_H

#include <muster/muster.h>
#include <muster/place.h>

#ifdef __cplusplus
extern "C" {
#endif

M_KIT_BEGIN_

/* At most `most` bytes of it, with "..." behind what was cut; kept until the attempt ends. */
const char *m_shown(struct muster_ctx *t, const void *bytes, uint64_t length, uint64_t most);

M_KIT_END_

#ifdef __cplusplus
}
#endif

/* The function above, called from the author's line: see muster/place.h. */
M_PLACED_(const char *, m_shown, (t, bytes, length, most), struct muster_ctx *t, const void *bytes, uint64_t length,
          uint64_t most)
#ifdef M_PLACED_IN_C_
#define m_shown(...) m_shown_at_(M_HERE_, __VA_ARGS__)
#endif

#endif

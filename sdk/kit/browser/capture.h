/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of a page, and its source, as evidence. Internal to the kit. */
#ifndef MUSTER_KIT_BROWSER_CAPTURE_H
#define MUSTER_KIT_BROWSER_CAPTURE_H

#include "state.h"

/* Below on-failure/, once for each browser: the first that fails is the one to be seen. A browser that does not answer
 * leaves none. */
void browser_capture_failure(struct m_browser *b);
/* In a janitor: as artifacts, since its attempt has failed. */
void browser_capture_dead(struct m_browser *b);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What was done with a browser, as evidence: browser-commands.txt. Internal to the kit. */
#ifndef MUSTER_KIT_BROWSER_TRAIL_H
#define MUSTER_KIT_BROWSER_TRAIL_H

#include "state.h"

/* `kind`: ">" what is about to be done, "!" what came of it. Secrets are left out; what was typed is not to be in it.
 */
void browser_trail_add(struct m_browser *b, const char *kind, const char *text);
/* The lines that pages have written to their console: browser-console.txt. */
void browser_trail_console(struct m_browser *b, const struct m_json *entries);

#endif

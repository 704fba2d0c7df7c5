/* SPDX-License-Identifier: Apache-2.0 */
/* What a command that went wrong does to the scenario. Internal to the kit. */
#ifndef MUSTER_KIT_BROWSER_FAILURE_H
#define MUSTER_KIT_BROWSER_FAILURE_H

#include "command.h"

/* browser_command_run(), or the scenario ends. `what` is the beginning of the sentence: "visit http://..." */
struct answer browser_answer_or_fail(struct m_browser *b, const char *what, const char *path, const char *body);
/* Ends the scenario over an error, as failed or as an error, with a picture. Frees the answer. */
void browser_failure_end(struct m_browser *b, const char *what, struct answer *a) __attribute__((noreturn));

/* The address as it may be told: a query may carry a token. Kept, or the address itself. */
const char *browser_failure_address(struct m_browser *b, const char *url);
/* ", on http://... \"Title\"", or "" where that can't be asked. Kept. */
const char *browser_failure_page(struct m_browser *b);

#endif

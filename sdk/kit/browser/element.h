/* SPDX-License-Identifier: Apache-2.0 */
/* Finding elements, and trying until one can be used. Internal to the kit. */
#ifndef MUSTER_KIT_BROWSER_ELEMENT_H
#define MUSTER_KIT_BROWSER_ELEMENT_H

#include "command.h"

#include <muster/kit/wait.h>

#define ELEMENT_MOST 192

/* A wait of the kit's own: for .wait_ms. */
struct patience {
    struct m_deadline end;
    uint64_t began_ms, looks;
};

struct patience browser_patience_begin(struct m_browser *b);
/* After a short pause: whether to look again. */
int browser_patience_on(struct patience *p);
/* "not within 5003 ms, looked 98 times". Kept. */
const char *browser_patience_words(struct m_browser *b, const struct patience *p);

/* How many there are now, or the scenario ends. */
int32_t browser_element_count(struct m_browser *b, const char *where);

/* Does one thing with an element. COMMAND_AGAIN: it is looked for again. The answer is freed by the caller. */
typedef struct answer element_fn(struct m_browser *b, const char *path, void *data);
/* Looks for it, and does that, until it works. The answer is of the last command, and to be freed. A failure ends the
 * scenario; `verb` begins its sentence: "click". */
struct answer browser_element_do(struct m_browser *b, const char *verb, const char *where, element_fn *fn, void *data);
/* Both once. What no waiting mends ends the scenario. */
struct answer browser_element_look(struct m_browser *b, const char *where, element_fn *fn, void *data);
/* GET of what stands behind the element: data is "/text". */
element_fn browser_element_get;

#endif

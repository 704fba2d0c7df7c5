/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of a WebDriver for a new session. Internal to the kit. */
#ifndef MUSTER_KIT_BROWSER_CAPABILITIES_H
#define MUSTER_KIT_BROWSER_CAPABILITIES_H

#include <muster/kit/browser.h>

struct capabilities {
    const char *given;     /* of the author, JSON; NULL: Chromium or else Firefox */
    const char *arguments; /* for a Chromium that we start: a JSON array of strings; NULL: it is not ours */
    const char *binary;    /* the program; NULL: the driver finds it */
    const char *profile;   /* a folder that is not there yet; NULL: the driver makes one */
    int32_t width, height;
};

/* The body of the request, kept. What was given and is no JSON object ends the scenario as an error. */
const char *browser_capabilities_text(struct muster_ctx *t, const struct capabilities *c);

#endif

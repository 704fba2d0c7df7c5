/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the browser kit share. Internal to the kit.
 *
 * A struct m_browser is never freed: a closed one is known by `closed`. Its strings are the kit's, and hold until the
 * attempt's process ends.
 */
#ifndef MUSTER_KIT_BROWSER_STATE_H
#define MUSTER_KIT_BROWSER_STATE_H

#include <muster/kit/browser.h>
#include <muster/kit/http.h>

struct m_browser {
    struct muster_ctx *t;
    struct m_http *http;
    const char *webdriver; /* its URL */
    const char *session;   /* its id there; NULL: not begun */
    const char *name;
    const char *suffix;  /* of its evidence: "" for the first, "-2" or "-NAME" */
    const char *profile; /* its folder, of a browser on this machine that we started; else NULL */
    const char *base_url;
    uint32_t wait_ms, page_ms;
    uint64_t limit_ms; /* how long the driver lets a page load and a script run; 0: it was not told */
    int closed;
    int captured;    /* its evidence is there */
    int hangs;       /* it runs, and answers no more */
    char stuck[256]; /* why it answers no more; "": it does */
    char *console;   /* elements of a JSON array, with commas between them; owned */
    size_t console_length;
    struct m_browser *next;
};

#endif

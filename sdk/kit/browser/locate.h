/* SPDX-License-Identifier: Apache-2.0 */
/* What says where an element is, in the terms of WebDriver. Pure. Internal to the kit. */
#ifndef MUSTER_KIT_BROWSER_LOCATE_H
#define MUSTER_KIT_BROWSER_LOCATE_H

struct locator {
    const char *using; /* "css selector", "xpath" */
    char *value;       /* owned by the caller; NULL: see fault */
    const char *fault; /* what is wrong with it, or out of memory */
};

struct locator browser_locator_of(const char *where);
/* A string as XPath 1.0 has it, which knows no escapes; NULL: out of memory. */
char *browser_locate_literal(const char *text);

#endif

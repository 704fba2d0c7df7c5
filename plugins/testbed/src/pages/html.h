/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTML, as it is written.
 *
 * The pieces of the pages themselves are formats; whatever is put into them for a %s is escaped, so that no value can
 * become markup, in a text as in an attribute in quotes. There is no way to put in a value as it is.
 */
#ifndef TESTBED_HTML_H
#define TESTBED_HTML_H

#include "common/testbed.h"

struct html {
    struct testbed *tb;
    FILE *out;
    char *text; /* when it has ended */
    size_t len;
};

void html_begin(struct html *h, struct testbed *tb);
/* The text, which is the caller's; NULL without memory. */
char *html_end(struct html *h);

/* The format has %s, %lld and %%, and no other. A NULL for %s is nothing. */
void html(struct html *h, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What all pages have around them, and the parts that many have. */
#ifndef TESTBED_PAGE_H
#define TESTBED_PAGE_H

#include "pages/visit.h"

/* Opens a page: `name` is what it is known by to whoever reads it (data-page of <main>), `title` its heading.
 * With `changing`, it looks for what is new by itself. */
void page_begin(struct html *h, struct visit *v, const char *name, const char *title, bool changing);
/* Closes and answers it. */
void page_end(struct html *h, struct visit *v, int status);

struct input {
    const char *name, *label, *type; /* as of <input>; NULL: a text */
    const char *hint;                /* NULL: none */
    const char *autocomplete;        /* as of <input>; NULL: nothing is completed */
    const char *key;                 /* what the API calls it in an error; NULL: its name */
    const char *const *choices;      /* NULL-terminated: a <select>; NULL: it is none */
};

/* `errors` is the `fields` of an error: name -> what is wrong; NULL: nothing is. What was given is kept. */
void page_form_begin(struct html *h, struct visit *v, const char *path);
void page_input(struct html *h, const struct input *in, const char *value, const json_t *errors);
void page_form_end(struct html *h, const char *label);
/* What is wrong as a whole: NULL is nothing. */
void page_alert(struct html *h, const char *text);
/* What went well. */
void page_note(struct html *h, const char *text);

/* The text of a member; "" without one. */
const char *page_text(const json_t *object, const char *name);
/* The errors of an answer: its `fields`, or an object with one for what it was refused for; NULL: there are none. A new
 * reference. */
json_t *page_errors(const struct request *answer);
/* An error's sentence. */
const char *page_error_text(const struct request *answer);

#endif

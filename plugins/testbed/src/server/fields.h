/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a request's JSON body, field by field.
 *
 * Each getter notes what is wrong; fields_end() answers 422 with all of it at once, unknown fields included, and
 * returns false. Strings borrow from the body. A field that is absent or null gives NULL (or the default), which is
 * wrong only when it is required.
 */
#ifndef TESTBED_FIELDS_H
#define TESTBED_FIELDS_H

#include "server/request.h"

struct fields {
    struct request *r;
    const json_t *in;
    json_t *errors; /* name -> what is wrong */
    json_t *known;
    bool lenient;     /* mistakes are noted and let pass: only a seeded bug sets it */
    char prefix[128]; /* "admin." inside a nested object */
};

#define REQUIRED true
#define OPTIONAL false

void fields_begin(struct fields *f, struct request *r);
bool fields_end(struct fields *f);

void field_error(struct fields *f, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool field_given(const struct fields *f, const char *name);

const char *field_text(struct fields *f, const char *name, bool required, size_t min, size_t max); /* bytes of UTF-8 */
const char *field_match(struct fields *f, const char *name, bool required,
                        const char *pattern); /* POSIX ERE, anchored */
bool is_choice(const char *text, const char *choices); /* whether "a, b, c" has it */
const char *field_choice(struct fields *f, const char *name, bool required, const char *choices); /* "a, b, c" */
const char *field_password(struct fields *f, const char *name, bool required);
const char *field_email(struct fields *f, const char *name, bool required);
int64_t field_number(struct fields *f, const char *name, bool required, int64_t lowest, int64_t highest,
                     int64_t missing);
bool field_bool(struct fields *f, const char *name, bool missing);
json_t *field_object(struct fields *f, const char *name, bool required); /* borrowed */
json_t *field_any(struct fields *f, const char *name, bool required);    /* borrowed; null counts as a value */

/* Goes into the object `name` until fields_leave(); false (and no need to leave) when it is not there. */
struct fields_outer {
    const json_t *in;
    json_t *known;
    char prefix[128];
};
bool fields_enter(struct fields *f, const char *name, bool required, struct fields_outer *ret_outer);
void fields_leave(struct fields *f, struct fields_outer *outer);

#endif

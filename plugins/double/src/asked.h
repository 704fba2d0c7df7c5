/* SPDX-License-Identifier: Apache-2.0 */
/* A request as it came. Its values are jansson's: who makes it frees them by asked_free(). */
#ifndef DOUBLE_ASKED_H
#define DOUBLE_ASKED_H

#include <jansson.h>
#include <stddef.h>

struct asked {
    char *method;
    char *path;      /* as it stands in the request line, without the query */
    json_t *query;   /* name -> text, decoded */
    json_t *headers; /* name as it was sent -> text; a second one of a name is behind the first and ", " */
    char *body;      /* or NULL; a NUL stands behind it */
    size_t length;
    json_t *json; /* the body, or NULL when it is not JSON */
};

void asked_free(struct asked *asked);
/* The value of a header, whatever its case; NULL: none. */
const char *asked_header(const struct asked *asked, const char *name);
/* What a JSON pointer (RFC 6901) leads to; NULL: nothing. Borrowed. */
json_t *json_at(json_t *root, const char *pointer);
/* In place: %41 becomes A. */
void decode_percent(char *text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A project of scenarios to begin with: the files of a template, in which the word `example` is the project's name. A
 * template is a folder of share/muster/template/ (sdk/template/ in the sources): one for each language, and `project`,
 * which is the same for all. A name that begins with `dot-` there begins with a dot here.
 */
#ifndef MUSTER_SCAFFOLD_SCAFFOLD_H
#define MUSTER_SCAFFOLD_SCAFFOLD_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

struct scaffold {
    const char *language; /* "c", "cpp", "rust", "yaml" */
    const char *name;     /* scaffold_is_name() */
    const char *folder;   /* to be made, unless it is there and empty */
};

/* The folder of this installation that has a template for each language. malloc'd; NULL: there is none. */
char *scaffold_templates(void);
/* Small letters, digits and _, the first a letter, at most 40: good for a plugin, a file and a target of CMake. */
bool scaffold_is_name(const char *name);
/* A name that does not work for all that: CMake has a target of it, or the project a file. */
bool scaffold_is_taken(const char *name);
/* Makes the folder and its files, and appends a line to *files for each, in the order of their names. -ENOTEMPTY when
 * there is something already; -ENOENT when this installation has no templates. What failed in the middle leaves what
 * it had made. */
int scaffold_make(const struct scaffold *s, struct buf *files, struct err *err);
/* Appends the text with the project's name for each word `example`, and for its forms of a language (example_cpp,
 * example.rust). */
void scaffold_fill(struct buf *out, const char *text, size_t len, const char *name);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text from strangers in a page of Markdown: always as code, in which no renderer sees HTML, a link, a mention of
 * somebody or the number of an issue, and which no terminal acts on. Pure.
 */
#ifndef MUSTER_REPORT_MARKDOWN_H
#define MUSTER_REPORT_MARKDOWN_H

#include "base/buf.h"

/* As a code span, on one line: its fence is longer than any run of backticks in the text. */
void markdown_code(struct buf *out, const char *text);
/* As a block of code that ends with a newline, each line indented by `indent` blanks (within a list). */
void markdown_block(struct buf *out, const char *language, const char *text, size_t len, size_t indent);

#endif

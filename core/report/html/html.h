/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the room: report.html's parts (docs/internals/html-report.md). */
#ifndef MUSTER_REPORT_HTML_HTML_H
#define MUSTER_REPORT_HTML_HTML_H

#include "report/causes.h"
#include "report/html/chunk.h"
#include "report/output_reader.h"

#include <stddef.h>

/* Made from page.html, page.css and js/ when muster is built (embed.cmake). */
struct html_part {
    const unsigned char *data;
    size_t len;
    unsigned char sha256[32];
};
extern const struct html_part html_page, html_style, html_script;

/* Text within an element. */
void html_text_add(struct buf *out, const char *text);
/* Makes JSON fit to stand within a <script> element. */
void html_json_add(struct buf *out, const char *json, size_t len);
/* What the page shows before anything is unpacked, as JSON. */
void html_head_add(struct json_out *j, const struct run_model *m, const struct causes *causes);
/* A short array for each case, in planned order. */
void html_rows_write(struct chunk_writer *w, const struct run_model *m, const struct causes *causes);
/* What there is to tell of the cases, in chunks that the page unpacks when one is opened. */
void html_cases_write(struct chunk_writer *w, const struct run_model *m, const struct output_reader *source);
/* Whether the case is in a chunk at all: there is more to tell than its row has. */
bool html_has_details(const struct model_case *c);

#endif

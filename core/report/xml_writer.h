/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the room: XML written by libxml2, from any bytes.
 *
 * XML 1.0 has no way at all to write most control characters, so they are shown as \xNN; so are the others that a
 * terminal or a CI server's parser would stumble over (text_is_control()); bytes that are not UTF-8, and the two code
 * points that XML excludes, become U+FFFD.
 *
 * libxml2 is loaded when the first writer is made, not when the process starts: with the libraries that it
 * brings along it would cost every `muster list` 1.4 ms. xml_prepare() loads it earlier, where somebody has to wait
 * anyway.
 */
#ifndef MUSTER_REPORT_XML_WRITER_H
#define MUSTER_REPORT_XML_WRITER_H

#include "base/err.h"
#include "report/output.h"

struct xml_writer;

void xml_prepare(void);
/* A document into `out`; -ENOSYS when libxml2 can't be loaded. */
int xml_begin(struct output *out, struct xml_writer **ret_xml, struct err *err);
/* Ends the document, and the writer. */
void xml_finish(struct xml_writer *xml);

void xml_start(struct xml_writer *xml, const char *element);
void xml_end(struct xml_writer *xml);
void xml_attribute(struct xml_writer *xml, const char *name, const char *text);
void xml_attributef(struct xml_writer *xml, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void xml_text(struct xml_writer *xml, const char *text, size_t len);
/* Passes what has been written on to `out`. */
void xml_flush(struct xml_writer *xml);

#endif

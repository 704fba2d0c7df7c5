/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the room: any bytes as XML text. XML 1.0 has no way at all to write most control characters, so they
 * are shown as \xNN; bytes that are not UTF-8, and the two code points that XML excludes, become U+FFFD.
 */
#ifndef MUSTER_REPORT_XML_TEXT_H
#define MUSTER_REPORT_XML_TEXT_H

#include "report/output.h"

#include <libxml/xmlwriter.h>

/* A writer into `out`; NULL when memory ran out. To be freed by xmlFreeTextWriter(). */
xmlTextWriterPtr xml_writer_new(struct output *out);
void xml_string(xmlTextWriterPtr xml, const char *text, size_t len);
void xml_attribute(xmlTextWriterPtr xml, const char *name, const char *text);

#endif

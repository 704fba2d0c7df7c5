/* SPDX-License-Identifier: Apache-2.0 */
/* XML written by libxml2, from any bytes. */
#include "report/xml_writer.h"

#include "base/dynlib.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <libxml/xmlwriter.h>
#include <stdlib.h>
#include <string.h>

#define LIBRARY "libxml2.so.2"

#define CALLS(X)                                                                                                       \
    X(xmlOutputBufferCreateIO)                                                                                         \
    X(xmlOutputBufferClose)                                                                                            \
    X(xmlNewTextWriter)                                                                                                \
    X(xmlFreeTextWriter)                                                                                               \
    X(xmlTextWriterSetIndent)                                                                                          \
    X(xmlTextWriterSetIndentString)                                                                                    \
    X(xmlTextWriterStartDocument)                                                                                      \
    X(xmlTextWriterEndDocument)                                                                                        \
    X(xmlTextWriterStartElement)                                                                                       \
    X(xmlTextWriterEndElement)                                                                                         \
    X(xmlTextWriterWriteAttribute)                                                                                     \
    X(xmlTextWriterWriteString)                                                                                        \
    X(xmlTextWriterFlush)

/* Typed by the library's own header, so that a call through it is checked like any other. */
#define MEMBER(name) __typeof__(name) *name;
static struct {
    void *library;
    CALLS(MEMBER)
} lib;

struct xml_writer {
    xmlTextWriterPtr xml;
    struct buf clean; /* a text on its way */
};

static int load_library(struct err *err)
{
#define SYMBOL(name) {#name, &lib.name},
    static const struct library_symbol symbols[] = {CALLS(SYMBOL)};
    return library_load(LIBRARY, symbols, ARRAY_LEN(symbols), &lib.library, err);
}

void xml_prepare(void)
{
    load_library(NULL); /* a failure is told by who writes */
}

static int write_xml(void *context, const char *data, int len)
{
    struct output *out = context;
    buf_add(&out->text, data, (size_t)len);
    return len;
}

static xmlTextWriterPtr new_writer(struct output *out)
{
    xmlOutputBufferPtr sink = lib.xmlOutputBufferCreateIO(write_xml, NULL, out, NULL);
    if (!sink)
        return NULL;
    xmlTextWriterPtr xml = lib.xmlNewTextWriter(sink);
    if (!xml)
        lib.xmlOutputBufferClose(sink);
    return xml;
}

int xml_begin(struct output *out, struct xml_writer **ret_xml, struct err *err)
{
    int r = load_library(err);
    if (r < 0)
        return r;
    xmlTextWriterPtr xml = new_writer(out);
    if (!xml)
        return err_errno(err, -ENOMEM, "writing XML");
    lib.xmlTextWriterSetIndent(xml, 1);
    lib.xmlTextWriterSetIndentString(xml, BAD_CAST "  ");
    lib.xmlTextWriterStartDocument(xml, NULL, "UTF-8", NULL);
    struct xml_writer *writer = xcalloc(1, sizeof *writer);
    writer->xml = xml;
    *ret_xml = writer;
    return 0;
}

void xml_finish(struct xml_writer *w)
{
    lib.xmlTextWriterEndDocument(w->xml);
    lib.xmlFreeTextWriter(w->xml);
    buf_free(&w->clean);
    free(w);
}

void xml_start(struct xml_writer *w, const char *element)
{
    lib.xmlTextWriterStartElement(w->xml, BAD_CAST element);
}

void xml_end(struct xml_writer *w)
{
    lib.xmlTextWriterEndElement(w->xml);
}

static const xmlChar *clean(struct xml_writer *w, const char *text, size_t len)
{
    struct buf *out = &w->clean;
    buf_clear(out);
    for (const char *p = text, *end = text + len; p < end;) {
        uint32_t code;
        p += utf8_decode(p, end, &code);
        text_add_visible(out, code == 0xfffe || code == 0xffff ? 0xfffd : code);
    }
    return BAD_CAST buf_str(out);
}

void xml_attribute(struct xml_writer *w, const char *name, const char *text)
{
    lib.xmlTextWriterWriteAttribute(w->xml, BAD_CAST name, clean(w, text, strlen(text)));
}

void xml_attributef(struct xml_writer *w, const char *name, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    char *text = xvasprintf(format, ap);
    va_end(ap);
    xml_attribute(w, name, text);
    free(text);
}

void xml_text(struct xml_writer *w, const char *text, size_t len)
{
    lib.xmlTextWriterWriteString(w->xml, clean(w, text, len));
}

void xml_flush(struct xml_writer *w)
{
    lib.xmlTextWriterFlush(w->xml);
}

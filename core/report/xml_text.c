/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as XML text. */
#include "report/xml_text.h"

#include "base/text.h"

#include <string.h>

static int write_xml(void *context, const char *data, int len)
{
    struct output *out = context;
    buf_add(&out->text, data, (size_t)len);
    return len;
}

xmlTextWriterPtr xml_writer_new(struct output *out)
{
    xmlOutputBufferPtr sink = xmlOutputBufferCreateIO(write_xml, NULL, out, NULL);
    if (!sink)
        return NULL;
    xmlTextWriterPtr xml = xmlNewTextWriter(sink);
    if (!xml)
        xmlOutputBufferClose(sink);
    return xml;
}

static void add_clean(struct buf *out, const char *text, size_t len)
{
    for (const char *p = text, *end = text + len; p < end;) {
        uint32_t code;
        p += utf8_decode(p, end, &code);
        if ((code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code < 0xa0))
            buf_addf(out, "\\x%02x", code);
        else
            utf8_encode(out, code == 0xfffe || code == 0xffff ? 0xfffd : code);
    }
}

void xml_string(xmlTextWriterPtr xml, const char *text, size_t len)
{
    autobuf struct buf clean = {0};
    add_clean(&clean, text, len);
    xmlTextWriterWriteString(xml, BAD_CAST buf_str(&clean));
}

void xml_attribute(xmlTextWriterPtr xml, const char *name, const char *text)
{
    autobuf struct buf clean = {0};
    add_clean(&clean, text, strlen(text));
    xmlTextWriterWriteAttribute(xml, BAD_CAST name, BAD_CAST buf_str(&clean));
}

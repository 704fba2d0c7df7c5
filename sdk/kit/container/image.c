/* SPDX-License-Identifier: Apache-2.0 */
/* Images without a registry: of a tar archive, of a single program. */
#include "engine.h"
#include "tar.h"

#include <muster/kit/data.h>

#include <stdlib.h>

#define CLEANUP_NAME "muster.image.remove"

enum { IMPORT_MS = 120000 };

CLEANUP(remove_image, CLEANUP_NAME, .timeout_ms = 60000)
{
    struct m_json *said = m_json_parse(t, payload);
    const char *name = m_json_str(said, "/name"), *url = m_json_str(said, "/url");
    if (!name || !url)
        ERROR("the payload is none of the kit's");
    struct m_engine *e = container_engine_again(t, url, m_json_bool(said, "/own") == 1);
    if (e)
        container_ask(e, m_fmt(t, "image %s: removing it", name), CONTAINER_GONE,
                      &(struct container_request){.method = "DELETE", .path = m_fmt(t, "/images/%s?force=1", name)});
    m_json_free(said);
}

/* A change of the image's configuration, as a line of a Dockerfile: LABEL name="value". */
static const char *label(struct muster_ctx *t, const char *name, const char *value)
{
    char *quoted = malloc(strlen(value) * 2 + 1), *at = quoted;
    if (!quoted)
        ERROR("out of memory for a label");
    for (; *value; value++) {
        if (*value == '"' || *value == '\\' || *value == '$')
            *at++ = '\\';
        *at++ = *value;
    }
    *at = '\0';
    const char *change = m_fmt(t, "&changes=%s", container_escape(t, m_fmt(t, "LABEL %s=\"%s\"", name, quoted)));
    free(quoted);
    return change;
}

static const char *import(struct m_engine *e, const char *what, const struct container_bytes *tar, const char *change)
{
    struct muster_ctx *t = e->t;
    const char *name = m_unique(t, "muster-image");
    const char *labels =
        m_fmt(t, "%s%s", label(t, "muster.run", m_attempt(t)->run_id), label(t, "muster.case", m_attempt(t)->case_id));
    DEFER(CLEANUP_NAME, m_json_pack(t, "{s:s, s:s, s:b}", "url", e->url, "name", name, "own", e->own));
    struct m_http_reply r =
        container_ask(e, m_fmt(t, "an image of %s", what), 0,
                      &(struct container_request){
                          .method = "POST",
                          .path = m_fmt(t, "/images/create?fromSrc=-&repo=%s&tag=latest%s%s", name, labels, change),
                          .body = tar->bytes,
                          .length = tar->length,
                          .media_type = "application/x-tar",
                          .timeout_ms = IMPORT_MS});
    if (strstr(r.body, "\"error\"")) /* what goes wrong behind the head of the answer */
        ERROR("an image of %s: %.300s", what, r.body);
    return name;
}

const char *m_image_import(struct m_engine *e, const char *tar_file)
{
    struct container_bytes tar = container_read_file(e->t, tar_file);
    const char *name = import(e, tar_file, &tar, "");
    container_bytes_free(&tar);
    return name;
}

const char *m_image_program(struct m_engine *e, const char *program)
{
    struct muster_ctx *t = e->t;
    const char *slash = strrchr(program, '/'), *base = slash ? slash + 1 : program;
    struct container_bytes b = container_read_file(t, program);
    if (!container_is_static(b.bytes, b.length))
        ERROR("%s needs other files to be run, and they are not in the image: link it with -static, or import a tar "
              "archive of all that it needs (m_image_import)",
              program);
    struct container_bytes tar = container_tar(t, base, &b);
    const char *run = m_fmt(t, "CMD %s", m_json_pack(t, "[s]", m_fmt(t, "/%s", base)));
    const char *name = import(e, program, &tar, m_fmt(t, "&changes=%s", container_escape(t, run)));
    container_bytes_free(&tar);
    container_bytes_free(&b);
    return name;
}

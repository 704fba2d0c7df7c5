/* SPDX-License-Identifier: Apache-2.0 */
/* By libarchive, in memory. */
#include "provisioning/archive_file.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ENDING ".json"

/* ---- making ------------------------------------------------------------------------------------------------------ */

struct buffer {
    char *data;
    size_t len, room;
};

static la_ssize_t append(struct archive *a, void *payload, const void *data, size_t len)
{
    struct buffer *b = payload;

    if (b->room - b->len < len) {
        size_t room = 2 * (b->len + len);
        char *grown = realloc(b->data, room);
        if (!grown) {
            archive_set_error(a, -1, "out of memory");
            return -1;
        }
        b->data = grown;
        b->room = room;
    }
    memcpy(b->data + b->len, data, len);
    b->len += len;
    return (la_ssize_t)len;
}

static int add(struct archive *a, const char *name, const json_t *document)
{
    char *text = json_dumps(document, JSON_INDENT(2) | JSON_ENCODE_ANY);
    struct archive_entry *e = text ? archive_entry_new() : NULL;
    char path[128];
    int rc = ARCHIVE_FATAL;

    if (e) {
        snprintf(path, sizeof path, "%s" ENDING, name);
        archive_entry_set_pathname(e, path);
        archive_entry_set_size(e, (la_int64_t)strlen(text));
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_perm(e, 0600);
        archive_entry_set_mtime(e, time(NULL), 0);
        rc = archive_write_header(a, e);
        if (rc == ARCHIVE_OK && archive_write_data(a, text, strlen(text)) != (la_ssize_t)strlen(text))
            rc = ARCHIVE_FATAL;
        archive_entry_free(e);
    }
    free(text);
    return rc;
}

void *archive_file_make(const json_t *documents, size_t *ret_len)
{
    struct archive *a = archive_write_new();
    struct buffer b = {0};
    const char *name;
    json_t *document;
    int rc = ARCHIVE_FATAL;

    if (a && archive_write_set_format_pax_restricted(a) == ARCHIVE_OK &&
        archive_write_add_filter_zstd(a) == ARCHIVE_OK &&
        archive_write_set_bytes_in_last_block(a, 1) == ARCHIVE_OK) /* no padding behind the end */
        rc = archive_write_open(a, &b, NULL, append, NULL);
    json_object_foreach((json_t *)(uintptr_t)documents, name, document)
    {
        if (rc == ARCHIVE_OK)
            rc = add(a, name, document);
    }
    if (rc == ARCHIVE_OK)
        rc = archive_write_close(a);
    if (a)
        archive_write_free(a);
    if (rc != ARCHIVE_OK) {
        free(b.data);
        return NULL;
    }
    *ret_len = b.len;
    return b.data;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static json_t *read_document(struct archive *a, la_int64_t size)
{
    char *text = size >= 0 ? malloc((size_t)size + 1) : NULL;
    json_t *document = NULL;
    la_int64_t got = 0;

    while (text && got < size) {
        la_ssize_t n = archive_read_data(a, text + got, (size_t)(size - got));
        if (n <= 0)
            break;
        got += n;
    }
    if (text && got == size)
        document = json_loadb(text, (size_t)size, JSON_DECODE_ANY, NULL);
    free(text);
    return document;
}

/* "customers.json" as customers; false: it is none of ours. */
static int take(struct archive *a, struct archive_entry *e, json_t *documents)
{
    const char *path = archive_entry_pathname(e);
    size_t n = path ? strlen(path) : 0, ending = strlen(ENDING);
    char name[128];
    json_t *document;

    if (n <= ending || n >= sizeof name || strcmp(path + n - ending, ENDING) != 0)
        return 0;
    snprintf(name, sizeof name, "%.*s", (int)(n - ending), path);
    document = read_document(a, archive_entry_size(e));
    return document && json_object_set_new(documents, name, document) == 0;
}

json_t *archive_file_read(const void *file, size_t len)
{
    struct archive *a = archive_read_new();
    json_t *documents = json_object();
    struct archive_entry *e;
    int rc = ARCHIVE_FATAL;

    if (a && archive_read_support_format_tar(a) == ARCHIVE_OK && archive_read_support_filter_zstd(a) == ARCHIVE_OK &&
        archive_read_open_memory(a, file, len) == ARCHIVE_OK)
        while ((rc = archive_read_next_header(a, &e)) == ARCHIVE_OK)
            if (!take(a, e, documents))
                break;
    if (a)
        archive_read_free(a);
    if (rc == ARCHIVE_EOF)
        return documents;
    json_decref(documents);
    return NULL;
}

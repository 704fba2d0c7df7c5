/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a bundle that an enemy with muster's own library would make: a run's files, and one more under any path.
 *
 *     forge RUN-FOLDER PATH >BUNDLE
 */
#include "artifacts/encode.h"
#include "artifacts/manifest.h"
#include "artifacts/tree.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static const char evil[] = "evil\n";

static int to_stdout(const void *data, size_t len, void *sink_data)
{
    (void)sink_data;
    return io_write_all(STDOUT_FILENO, data, len);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct manifest_file *)a)->path, ((const struct manifest_file *)b)->path);
}

static void content_of(int dir, const char *path, const char *forged, struct buf *out)
{
    if (strcmp(path, forged) == 0)
        buf_adds(out, evil);
    else if (io_read_file(dir, path, SIZE_MAX, out) < 0)
        abort();
}

static void hash_last_line(int dir, struct digest *d, char ret_hex[DIGEST_HEX])
{
    autobuf struct buf log = {0};
    if (io_read_file(dir, "events.jsonl", SIZE_MAX, &log) < 0 || log.len < 2)
        abort();
    size_t start = --log.len;
    while (start > 0 && log.data[start - 1] != '\n')
        start--;
    digest_add(d, log.data + start, log.len - start);
    digest_end(d, ret_hex);
}

static void describe(int dir, const char *forged, struct manifest *m)
{
    autodigest struct digest *d = digest_new();
    char head[DIGEST_HEX];
    hash_last_line(dir, d, head);
    m->head = arena_strdup(&m->strings, head);
    m->archiver = encode_archiver(m->format);
    m->compressor = encode_compressor(m->format);
    if (tree_list(dir, NULL, m, NULL) < 0)
        abort();
    manifest_add_file(m, forged);
    qsort(m->files, m->n_files, sizeof *m->files, by_path);
    for (size_t i = 0; i < m->n_files; i++) {
        autobuf struct buf content = {0};
        content_of(dir, m->files[i].path, forged, &content);
        m->files[i].size = (int64_t)content.len;
        digest_add(d, content.data, content.len);
        digest_end(d, m->files[i].sha256);
    }
}

static int add(struct encoder *e, const char *path, const struct buf *content)
{
    int r = encode_member(e, path, (int64_t)content->len, NULL);
    return r < 0 ? r : encode_data(e, content->data, content->len, NULL);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 4;
    autoclose int dir = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    automanifest struct manifest m = {.run = "forged", .created = 1795000000, .format = BUNDLE_TAR_ZST};
    autoneutral struct neutral neutral = neutral_enter();
    describe(dir, argv[2], &m);
    autoencoder struct encoder *e = NULL;
    autobuf struct buf text = {0};
    manifest_render(&m, &text);
    if (encode_open(m.format, m.created, to_stdout, NULL, &e, NULL) < 0 || add(e, MANIFEST_NAME, &text) < 0)
        return 1;
    for (size_t i = 0; i < m.n_files; i++) {
        autobuf struct buf content = {0};
        content_of(dir, m.files[i].path, argv[2], &content);
        if (add(e, m.files[i].path, &content) < 0)
            return 1;
    }
    return encode_end(e, NULL) < 0;
}

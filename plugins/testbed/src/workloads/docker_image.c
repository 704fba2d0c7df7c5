/* SPDX-License-Identifier: Apache-2.0 */
#include "workloads/docker_image.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define HEADERS_MAX (64 * 1024)

static void *read_whole(const char *path, size_t *ret_len)
{
    struct stat st;
    FILE *in = fopen(path, "re");
    char *bytes = in && fstat(fileno(in), &st) == 0 ? malloc((size_t)st.st_size + 1) : NULL;

    if (bytes && fread(bytes, 1, (size_t)st.st_size, in) != (size_t)st.st_size) {
        free(bytes);
        bytes = NULL;
    }
    if (bytes)
        *ret_len = (size_t)st.st_size;
    if (in)
        fclose(in);
    return bytes;
}

static bool put_program(struct archive *a, const void *bytes, size_t len)
{
    struct archive_entry *entry = archive_entry_new();
    if (!entry)
        return false;
    archive_entry_set_pathname(entry, DOCKER_IMAGE_PROGRAM);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0755);
    archive_entry_set_size(entry, (la_int64_t)len);
    bool good = archive_write_header(a, entry) == ARCHIVE_OK && archive_write_data(a, bytes, len) == (la_ssize_t)len;
    archive_entry_free(entry);
    return good;
}

void *docker_image(const char *program, size_t *ret_len)
{
    size_t len = 0;
    void *bytes = read_whole(program, &len), *tar = bytes ? malloc(len + HEADERS_MAX) : NULL;
    struct archive *a = archive_write_new();

    if (!bytes) {
        fprintf(stderr, "muster-testbed: %s: %s: replicas are made of it\n", program, strerror(errno));
        archive_write_free(a);
        return NULL;
    }
    bool good = tar && a && archive_write_set_format_pax_restricted(a) == ARCHIVE_OK &&
                archive_write_open_memory(a, tar, len + HEADERS_MAX, ret_len) == ARCHIVE_OK &&
                put_program(a, bytes, len) && archive_write_close(a) == ARCHIVE_OK;
    archive_write_free(a);
    free(bytes);
    if (good)
        return tar;
    fprintf(stderr, "muster-testbed: %s can't be made an image\n", program);
    free(tar);
    return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A root file system with one program in it, as a tar archive in memory. */
#include "tar.h"

#include "libarchive.h"

#include <muster/kit/data.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADERS = 64 << 10 };

void container_bytes_free(struct container_bytes *b)
{
    free(b->bytes);
    b->bytes = NULL;
}

struct container_bytes container_read_file(struct muster_ctx *t, const char *path)
{
    struct stat st = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        ERROR("%s: %s", path, fd >= 0 && !S_ISREG(st.st_mode) ? "it is no file" : strerror(errno));
    struct container_bytes b = {malloc((size_t)st.st_size + 1), 0};
    ssize_t n = 1;
    while (b.bytes && b.length < (size_t)st.st_size && n > 0)
        if ((n = read(fd, (char *)b.bytes + b.length, (size_t)st.st_size - b.length)) > 0)
            b.length += (size_t)n;
    close(fd);
    if (!b.bytes || b.length < (size_t)st.st_size)
        ERROR("%s: %s", path, b.bytes ? "it can't be read to its end" : "out of memory for it");
    return b;
}

int container_is_static(const void *bytes, size_t length)
{
    Elf64_Ehdr head;
    Elf64_Phdr part;
    if (length < sizeof head)
        return 0;
    memcpy(&head, bytes, sizeof head);
    if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64 ||
        head.e_phentsize != sizeof part)
        return 0;
    for (size_t i = 0; i < head.e_phnum; i++) {
        if (head.e_phoff > length || (i + 1) * sizeof part > length - head.e_phoff)
            return 0;
        memcpy(&part, (const char *)bytes + head.e_phoff + i * sizeof part, sizeof part);
        if (part.p_type == PT_INTERP)
            return 0;
    }
    return 1;
}

static int put(const struct libarchive *lib, struct archive *a, const char *path, unsigned type, unsigned mode,
               const struct container_bytes *b)
{
    struct archive_entry *entry = lib->entry_new();
    if (!entry)
        return 0;
    lib->entry_set_pathname(entry, path);
    lib->entry_set_filetype(entry, type);
    lib->entry_set_perm(entry, mode);
    lib->entry_set_size(entry, b ? (int64_t)b->length : 0);
    int good = lib->write_header(a, entry) == ARCHIVE_OK;
    if (good && b)
        good = lib->write_data(a, b->bytes, b->length) == (la_ssize_t)b->length;
    lib->entry_free(entry);
    return good;
}

struct container_bytes container_tar(struct muster_ctx *t, const char *name, const struct container_bytes *program)
{
    const char *why;
    const struct libarchive *lib = lazy_libarchive(&why);
    if (!lib)
        ERROR("no image can be made: %s", why);
    size_t room = program->length + HEADERS;
    struct container_bytes b = {malloc(room), 0};
    struct archive *a = lib->write_new();
    if (!b.bytes || !a)
        ERROR("out of memory for an image");
    int good = lib->write_set_format_pax_restricted(a) == ARCHIVE_OK &&
               lib->write_open_memory(a, b.bytes, room, &b.length) == ARCHIVE_OK &&
               put(lib, a, "tmp/", AE_IFDIR, 01777, NULL) && put(lib, a, name, AE_IFREG, 0755, program) &&
               lib->write_close(a) == ARCHIVE_OK;
    if (!good)
        ERROR("no image can be made of %s: %s", name, lib->error_string(a));
    lib->write_free(a);
    return b;
}

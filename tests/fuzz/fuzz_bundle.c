/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target for bundles of strangers: checked, and unrolled into a spool. What a check passes must unroll. The input
 * is an archive, and once more the inside of one: mutations of compressed bytes hardly ever get as far as a tar header.
 */
#include "artifacts/unpack.h"
#include "artifacts/verify_bundle.h"
#include "base/buf.h"
#include "base/io.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A tar in gzip's wrapping, uncompressed: blocks of a length and its complement. */
static void wrap(const uint8_t *data, size_t size, struct buf *out)
{
    enum { BLOCK = 65535 };
    static const char head[10] = "\x1f\x8b\x08\0\0\0\0\0\0\xff";
    buf_add(out, head, sizeof head);
    do {
        size_t n = size < BLOCK ? size : BLOCK;
        const unsigned char block[] = {n == size, (unsigned char)n, (unsigned char)(n >> 8), (unsigned char)~n,
                                       (unsigned char)(~n >> 8)};
        buf_add(out, block, sizeof block);
        buf_add(out, data, n);
        data += n;
        size -= n;
    } while (size > 0);
    buf_add(out, "\0\0\0\0\0\0\0\0", 8); /* a checksum that libarchive does not look at */
}

static int open_bytes(const char *name, const void *bytes, size_t len)
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    if (fd < 0 || io_write_all(fd, bytes, len) < 0)
        abort();
    return fd;
}

static void read_bundle(const void *bytes, size_t len)
{
    char path[40];
    int fd = open_bytes("bundle", bytes, len), spool = open_bytes("spool", "", 0), log = open_bytes("log", "", 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct verify_report report;
    struct err err = {0};
    int checked = check_bundle(path, log, &report, &err);
    if ((checked < 0) != (err.text != NULL))
        abort();
    err_free(&err);
    int unpacked = unpack_bundle(path, spool, &err);
    if ((unpacked < 0) != (err.text != NULL))
        abort();
    if (checked == 0 && verify_passed(&report) && unpacked < 0)
        abort();
    if (checked == 0)
        verify_report_free(&report);
    err_free(&err);
    close(fd);
    close(spool);
    close(log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf wrapped = {0};
    read_bundle(data, size);
    wrap(data, size, &wrapped);
    read_bundle(wrapped.data, wrapped.len);
    buf_free(&wrapped);
    return 0;
}

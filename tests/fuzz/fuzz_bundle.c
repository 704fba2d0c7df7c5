/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target for bundles of strangers: checked, and members taken out of them on the way. The input is an archive, and
 * once more the inside of one: mutations of compressed bytes hardly ever get as far as a tar header.
 */
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

static const struct bundle_wanted WANTED[] = {
    {"MANIFEST.json", NULL, INT64_MAX}, {"a", NULL, 3}, {"cases/a", NULL, 3}, {"events.jsonl", NULL, INT64_MAX}};
enum { N_WANTED = sizeof WANTED / sizeof *WANTED };

/* True: it was judged, and the report is the caller's. */
static bool check(const char *path, const struct bundle_check_options *options, struct verify_report *ret_report,
                  bool *ret_passed)
{
    struct err err = {0};
    int r = check_bundle(path, options, ret_report, &err);
    if ((r < 0) != (err.text != NULL))
        abort();
    err_free(&err);
    *ret_passed = r == 0 && verify_passed(ret_report);
    return r == 0;
}

/* What was taken is as long as the report says. */
static void expect_taken(const struct verify_report *r, int spool)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < N_WANTED; i++)
        if (r->sizes[i] >= 0)
            bytes += r->sizes[i] < WANTED[i].max_tail ? r->sizes[i] : WANTED[i].max_tail;
    if (lseek(spool, 0, SEEK_END) != bytes)
        abort();
}

static void read_bundle(const void *bytes, size_t len)
{
    char path[40];
    int fd = open_bytes("bundle", bytes, len), spool = open_bytes("spool", "", 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const struct bundle_check_options all = {.container = true, .stream = -1, .folder = -1};
    const struct bundle_check_options some = {.wanted = WANTED, .n_wanted = N_WANTED, .stream = spool, .folder = -1};
    struct verify_report report, of_some;
    bool passed, some_passed;
    bool judged = check(path, &all, &report, &passed), some_judged = check(path, &some, &of_some, &some_passed);
    if (passed && some_judged && !some_passed)
        abort();
    if (some_passed)
        expect_taken(&of_some, spool);
    if (judged)
        verify_report_free(&report);
    if (some_judged)
        verify_report_free(&of_some);
    close(fd);
    close(spool);
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

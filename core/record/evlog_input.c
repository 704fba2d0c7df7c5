/* SPDX-License-Identifier: Apache-2.0 */
/* Where an event log's bytes come from. */
#include "artifacts/read.h"
#include "record/evlog.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static ssize_t read_file(void *data, void *bytes, size_t len, int64_t offset)
{
    const int *fd = data;
    ssize_t n;
    do
        n = pread(*fd, bytes, len, offset);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

static ssize_t read_stream(void *data, void *bytes, size_t len, int64_t offset)
{
    (void)offset;
    const int *fd = data;
    ssize_t n;
    do
        n = read(*fd, bytes, len);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

static ssize_t read_mem(void *data, void *bytes, size_t len, int64_t offset)
{
    const struct buf *text = data;
    size_t left = (uint64_t)offset < text->len ? text->len - (size_t)offset : 0;
    len = len < left ? len : left;
    if (len > 0)
        memcpy(bytes, text->data + offset, len);
    return (ssize_t)len;
}

static ssize_t read_bundle(void *data, void *bytes, size_t len, int64_t offset)
{
    return bundle_pread(data, EVLOG_NAME, bytes, len, offset);
}

struct evlog_input evlog_input_file(const int *fd)
{
    return (struct evlog_input){read_file, (void *)(uintptr_t)fd};
}

struct evlog_input evlog_input_stream(const int *fd)
{
    return (struct evlog_input){read_stream, (void *)(uintptr_t)fd};
}

struct evlog_input evlog_input_mem(const struct buf *text)
{
    return (struct evlog_input){read_mem, (void *)(uintptr_t)text};
}

struct evlog_input evlog_input_bundle(struct bundle_reader *bundle)
{
    return (struct evlog_input){read_bundle, bundle};
}

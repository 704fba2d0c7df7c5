/* SPDX-License-Identifier: Apache-2.0 */
/* Text on its way to a descriptor. */
#include "report/output.h"

#include "base/ci_text.h"
#include "base/cleanup.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

enum { WRITE_AT = 64 * 1024 };

/* A terminal may be non-blocking, since whoever shares it with us has made it so. */
static int write_patiently(int fd, const char *p, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EAGAIN) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            poll(&ready, 1, -1);
        } else if (n < 0 && errno != EINTR) {
            return -errno;
        } else if (n > 0) {
            p += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

int output_flush(struct output *out)
{
    if (out->defuse)
        ci_defuse(&out->text);
    if (out->error == 0 && out->text.len > 0)
        out->error = write_patiently(out->fd, out->text.data, out->text.len);
    buf_clear(&out->text);
    return out->error;
}

static bool is_ready(int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    return poll(&ready, 1, 0) > 0;
}

void output_flush_ready(struct output *out)
{
    size_t done = 0, left;
    if (out->defuse)
        ci_defuse(&out->text);
    while (out->error == 0 && (left = out->text.len - done) > 0 && is_ready(out->fd)) {
        /* So much a pipe that is ready takes without waiting. */
        ssize_t n = write(out->fd, out->text.data + done, left < PIPE_BUF ? left : PIPE_BUF);
        if (n > 0)
            done += (size_t)n;
        else if (n < 0 && errno == EAGAIN)
            break;
        else if (n < 0 && errno != EINTR)
            out->error = -errno;
    }
    if (out->error < 0)
        buf_clear(&out->text);
    else if (done > 0)
        buf_consume(&out->text, done);
}

void output_step(struct output *out)
{
    if (out->text.len >= WRITE_AT)
        output_flush(out);
}

void output_free(struct output *out)
{
    buf_free(&out->text);
}

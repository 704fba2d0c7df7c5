/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in a text, and in a file. */
#include "secrets/seek.h"

#include "base/cleanup.h"
#include "secrets/secret_stream.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

const char *secrets_hide(const struct secrets *s, const char *text, struct arena *arena)
{
    matcher_state state = 0;
    size_t at = 0, len = strlen(text);
    struct match m;
    if (!secrets_any(s) || !matcher_next(secrets_matcher(s), &state, text, len, &at, &m))
        return text;
    struct secret_stream f = {.secrets = s};
    autobuf struct buf out = {0};
    secret_stream_add(&f, text, len, &out);
    secret_stream_end(&f, &out);
    secret_stream_free(&f);
    return arena_strndup(arena, out.data, out.len);
}

int secrets_find(const struct secrets *s, int fd,
                 void (*found)(void *data, int64_t start, int64_t end, const char *name), void *data)
{
    static char piece[256 * 1024]; /* the supervisor has one thread */
    matcher_state state = 0;
    int64_t before = 0;
    for (ssize_t n; secrets_any(s) && (n = pread(fd, piece, sizeof piece, before)) != 0; before += n) {
        if (n < 0)
            return -errno;
        struct match m;
        for (size_t at = 0; matcher_next(secrets_matcher(s), &state, piece, (size_t)n, &at, &m);)
            found(data, before + (int64_t)m.end - (int64_t)m.len, before + (int64_t)m.end, secrets_name(s, m.owner));
    }
    return 0;
}

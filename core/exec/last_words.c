/* SPDX-License-Identifier: Apache-2.0 */
/* The last line of a file. */
#include "exec/last_words.h"

#include "base/cleanup.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum { TAIL = 4096, LINE_MOST = 400 };

static bool is_blank(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isgraph((unsigned char)text[i]) || (unsigned char)text[i] >= 0x80)
            return false;
    return true;
}

/* AddressSanitizer's very last word; the one before it is its summary. */
static bool says_nothing(const char *text, size_t n)
{
    static const char end[] = "==ABORTING";
    return is_blank(text, n) || (n >= sizeof end - 1 && memcmp(text + n - (sizeof end - 1), end, sizeof end - 1) == 0);
}

/* Nothing is cut off within a character of UTF-8. */
static size_t shorten(const char *line, size_t n)
{
    if (n <= LINE_MOST)
        return n;
    n = LINE_MOST;
    while (n > 0 && ((unsigned char)line[n] & 0xc0) == 0x80)
        n--;
    return n;
}

void last_words_add(int dir, const char *name, struct buf *reason)
{
    char tail[TAIL];
    autoclose int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
    if (size <= 0)
        return;
    off_t from = size > TAIL ? size - TAIL : 0;
    ssize_t got = pread(fd, tail, sizeof tail, from);
    for (size_t end = got > 0 ? (size_t)got : 0; end > 0;) {
        size_t start = end;
        while (start > 0 && tail[start - 1] != '\n')
            start--;
        if (!says_nothing(tail + start, end - start)) {
            size_t n = shorten(tail + start, end - start);
            buf_adds(reason, ": ");
            buf_add(reason, tail + start, n);
            return;
        }
        end = start > 0 ? start - 1 : 0;
    }
}

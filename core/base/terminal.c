/* SPDX-License-Identifier: Apache-2.0 */
/* What a terminal can show. */
#include "base/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static size_t size_of(unsigned short told, const char *name, size_t fallback)
{
    enum { MOST = 10000 };
    if (told > 0)
        return told;
    const char *text = getenv(name);
    long n = text ? strtol(text, NULL, 10) : 0;
    return n > 0 && n <= MOST ? (size_t)n : fallback;
}

/* Asked of a locale of its own: the process has one that knows the widths of characters, whatever the user's is. */
static bool user_reads_utf8(void)
{
    locale_t users = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (!users)
        return false;
    bool utf8 = strcmp(nl_langinfo_l(CODESET, users), "UTF-8") == 0;
    freelocale(users);
    return utf8;
}

bool terminal_size(int fd, struct terminal_size *ret)
{
    struct winsize size = {0};
    *ret = (struct terminal_size){0};
    if (!isatty(fd))
        return false;
    ioctl(fd, TIOCGWINSZ, &size);
    *ret = (struct terminal_size){.columns = size_of(size.ws_col, "COLUMNS", 80),
                                  .rows = size_of(size.ws_row, "LINES", 24)};
    return true;
}

bool terminal_look(int fd, struct terminal *ret)
{
    *ret = (struct terminal){0};
    if (!terminal_size(fd, &ret->size))
        return false;
    ret->utf8 = user_reads_utf8();
    return true;
}

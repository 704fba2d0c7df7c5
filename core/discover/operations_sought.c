/* SPDX-License-Identifier: Apache-2.0 */
/* Looking for operations in the text of data files. */
#include "discover/operations_sought.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"

#include <fcntl.h>
#include <regex.h>
#include <unistd.h>

enum { MOST = 4 << 20 /* as large as a data file may be */ };

/* A key with a dot in it, an item of a list that is such a name, a log_in, or what other files are included. */
static const char pattern[] = "(^|[^A-Za-z0-9_./$])([A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)+[\"']?[ \t]*"
                              "(:|,|]|}|#|$)|log_in[\"']?[ \t]*:|include[\"']?[ \t]*:)";

static bool has_some(const regex_t *regex, const char *path)
{
    autobuf struct buf text = {0};
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    return fd >= 0 && io_read_fd(fd, MOST, &text) == 0 && regexec(regex, buf_str(&text), 0, NULL, 0) == 0;
}

bool operations_in_any(const struct option_list *paths)
{
    regex_t regex;
    bool found = false;
    if (paths->n == 0 || regcomp(&regex, pattern, REG_EXTENDED | REG_NEWLINE | REG_NOSUB) != 0)
        return false;
    for (size_t i = 0; i < paths->n && !found; i++)
        found = has_some(&regex, paths->items[i]);
    regfree(&regex);
    return found;
}

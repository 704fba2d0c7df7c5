/* SPDX-License-Identifier: Apache-2.0 */
/* What is known to be no secret by its name and its shape. */
#include "exec/shown_values.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>
#include <strings.h>

enum { VALUE_MOST = 256 };

static bool is_among(const char *word, size_t len, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == len && strncasecmp(*words, word, len) == 0)
            return true;
    return false;
}

/* "admin_password" has two words. The last one says what it is; any of them may say that it is a secret. */
static bool is_known(const char *key)
{
    static const char separators[] = "_.-";
    static const char *const open[] = {"url",  "uri",      "ws",      "wss",  "host", "hostname",
                                       "port", "endpoint", "address", "addr", "pid",  NULL};
    static const char *const secret[] = {"password", "passwd", "pass",   "secret",      "token",   "key",
                                         "auth",     "login",  "cookie", "credentials", "private", NULL};
    bool known = false;
    for (size_t len; *key; key += len + (key[len] != '\0')) {
        len = strcspn(key, separators);
        if (is_among(key, len, secret))
            return false;
        known = is_among(key, len, open);
    }
    return known;
}

/* "me:secret" of "http://me:secret@host/a": up to and with the '@', or nothing. False: there may be a secret that is
 * not where a URL has it, such as a '/' in a password. */
static bool find_login(const char *rest, const char **ret_behind)
{
    size_t authority = strcspn(rest, "/?#");
    const char *at = memrchr(rest, '@', authority);
    *ret_behind = at ? at + 1 : rest;
    return !strchr(rest + authority, '@');
}

bool shown_value_add(struct buf *out, const char *key, const char *value)
{
    const char *scheme = strstr(value, "://"), *rest = scheme ? scheme + 3 : value, *behind;
    size_t len = strlen(value);
    if (!is_known(key) || len == 0 || len > VALUE_MOST || (!scheme && strpbrk(value, "@?= \t\n")) ||
        !find_login(rest, &behind))
        return false;
    terminal_add(out, value, (size_t)(rest - value));
    terminal_add(out, behind, strcspn(behind, "?#"));
    return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Errors that each layer prefixes with what it was doing. */
#include "base/err.h"

#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void replace_text(struct err *err, int code, char *text)
{
    free(err->text);
    err->text = text;
    err->code = code;
}

int err_set(struct err *err, int code, const char *fmt, ...)
{
    assert(code < 0);
    if (!err)
        return code;
    va_list ap;
    va_start(ap, fmt);
    replace_text(err, code, xvasprintf(fmt, ap));
    va_end(ap);
    return code;
}

int err_errno(struct err *err, int code, const char *fmt, ...)
{
    assert(code < 0);
    if (!err)
        return code;
    va_list ap;
    va_start(ap, fmt);
    char *what = xvasprintf(fmt, ap);
    va_end(ap);
    replace_text(err, code, xasprintf("%s: %s", what, strerror(-code)));
    free(what);
    return code;
}

int err_prefix(struct err *err, const char *fmt, ...)
{
    if (!err)
        return -1;
    va_list ap;
    va_start(ap, fmt);
    char *prefix = xvasprintf(fmt, ap);
    va_end(ap);
    replace_text(err, err->code, xasprintf("%s: %s", prefix, err_text(err)));
    free(prefix);
    return err->code;
}

void err_free(struct err *err)
{
    free(err->text);
    *err = (struct err){0};
}

bool err_is_of_system(int code)
{
    static const int codes[] = {EMFILE, ENFILE, ENOMEM, EAGAIN, ENOBUFS, ENOSPC, EDQUOT, EIO};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++)
        if (code == -codes[i])
            return true;
    return false;
}

const char *err_text(const struct err *err)
{
    return err->text ? err->text : "no error";
}

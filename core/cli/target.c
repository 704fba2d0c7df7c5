/* SPDX-License-Identifier: Apache-2.0 */
/* What verbs that run plugin code share. */
#include "cli/target.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "ipc/message.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* KEY=@FILE becomes KEY=<the file's text>; its last newline is not part of it. */
static int read_value(const char *pair, struct arena *arena, const char **ret_pair, struct err *err)
{
    const char *value = strchr(pair, '=');
    if (!value || value == pair)
        return err_set(err, -EINVAL, "--set %s: it takes KEY=VALUE", pair);
    *ret_pair = pair;
    if (value[1] != '@')
        return 0;
    autobuf struct buf text = {0};
    buf_add(&text, pair, (size_t)(value - pair) + 1);
    autoclose int fd = open(value + 2, O_RDONLY | O_CLOEXEC); /* a pipe may well be meant: @<(pass show it) */
    int r = fd < 0 ? -errno : io_read_fd(fd, MESSAGE_STRING_MAX, &text);
    if (r < 0)
        return err_errno(err, r, "--set %s", pair);
    if (text.data[text.len - 1] == '\n')
        text.len--;
    if (memchr(text.data, '\0', text.len))
        return err_set(err, -EINVAL, "--set %s: the file holds a NUL byte", pair);
    *ret_pair = arena_strndup(arena, text.data, text.len);
    return 0;
}

int cli_read_target(const struct verb *verb, struct option_list *target, struct arena *arena)
{
    autoerr struct err err = {0};
    for (size_t i = 0; i < target->n; i++)
        if (read_value(target->items[i], arena, &target->items[i], &err) < 0)
            return cli_usage(verb, "%s", err_text(&err));
    return EXIT_OK;
}

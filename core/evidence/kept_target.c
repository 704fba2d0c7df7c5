/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping a run's target. */
#include "evidence/kept_target.h"

#include "base/cleanup.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { MOST = 16 << 20 };

int kept_target_write(int dir, const char *json, struct err *err)
{
    autoclose int fd = openat(dir, KEPT_TARGET_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int r = fd < 0 ? -errno : io_write_all(fd, json, strlen(json));
    if (r == 0)
        r = io_write_all(fd, "\n", 1);
    return r < 0 ? err_errno(err, r, "writing %s into the run's folder", KEPT_TARGET_NAME) : 0;
}

static int read_back(int dir, struct buf *ret_json, struct err *err)
{
    const char *what;
    autoclose int fd = io_open_regular(dir, KEPT_TARGET_NAME, &what);
    int r = fd < 0 ? fd : io_read_fd(fd, MOST, ret_json);
    if (r >= 0 && memchr(ret_json->data, '\0', ret_json->len))
        return err_set(err, -EINVAL, "%s: it holds a NUL byte", KEPT_TARGET_NAME);
    if (r < 0 && what)
        return err_set(err, -EINVAL, "%s: it is %s, not a regular file", KEPT_TARGET_NAME, what);
    return r < 0 ? err_errno(err, r, "%s", KEPT_TARGET_NAME) : 0;
}

int kept_target_give(int dir, struct hosts *hosts, struct err *err)
{
    autobuf struct buf json = {0};
    if (faccessat(dir, KEPT_TARGET_NAME, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
        return 0;
    int r = read_back(dir, &json, err);
    return r == 0 ? hosts_give_document(hosts, buf_str(&json), err) : r;
}

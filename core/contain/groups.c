/* SPDX-License-Identifier: Apache-2.0 */
/* Control groups that limit an attempt. */
#include "contain/groups.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int groups_enter(const struct message_list *groups)
{
    for (uint32_t i = 0; i < groups->n; i++) {
        autoclose int fd = open(groups->items[i], O_WRONLY | O_CLOEXEC);
        if (fd < 0 || write(fd, "0", 1) < 0) /* 0 is the writer itself */
            return -errno;
    }
    return 0;
}

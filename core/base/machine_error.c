/* SPDX-License-Identifier: Apache-2.0 */
/* Whose fault a number is. */
#include "base/machine_error.h"

#include <errno.h>
#include <stddef.h>

bool is_machine_error(int code)
{
    static const int codes[] = {ENOSPC,  EDQUOT, EIO,    EROFS,  EMFILE, ENFILE,  ENOMEM,  EAGAIN,
                                ENOBUFS, EFBIG,  ENODEV, ESTALE, ECHILD, ELIBACC, ENOTCONN};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (code == -codes[i])
            return true;
    return false;
}

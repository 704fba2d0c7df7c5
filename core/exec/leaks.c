/* SPDX-License-Identifier: Apache-2.0 */
/* The policies of --leaks. */
#include "exec/leaks.h"

#include <errno.h>
#include <string.h>

int leaks_choose(const char *text, int *ret_choice)
{
    static const char *const words[] = {[LEAKS_WARN] = "warn", [LEAKS_FAIL] = "fail", [LEAKS_IGNORE] = "ignore"};
    for (int i = LEAKS_WARN; i <= LEAKS_IGNORE; i++) {
        if (strcmp(words[i], text) == 0) {
            *ret_choice = i;
            return 0;
        }
    }
    return -EINVAL;
}

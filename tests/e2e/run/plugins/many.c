/* SPDX-License-Identifier: Apache-2.0 */
/* One of many plugins: copied with another name, of the same length, in the place of this one's. The one whose name
 * ends in "slow" takes its time to be loaded. */
#include <muster/muster.h>

#include <string.h>
#include <time.h>

static const char *volatile name = "e2e.many-0000"; /* read when it runs: the compiler must not know it */

__attribute__((constructor)) static void load_slowly(void)
{
    if (strcmp(name + strlen("e2e.many-"), "slow") == 0)
        nanosleep(&(struct timespec){3, 0}, NULL);
}

SCENARIO(first)
{
    (void)t;
}

SCENARIO(second)
{
    (void)t;
}

MUSTER_PLUGIN("e2e.many-0000", "1.0")

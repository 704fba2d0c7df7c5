/* SPDX-License-Identifier: Apache-2.0 */
/* A name that no other run has. */
#include "record/run_id.h"

#include "base/clock.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* A kernel that gives nothing (a sandbox's filter) leaves the clock and the process, of which each instant has one. */
static uint64_t random_bits(void)
{
    uint64_t bits;
    if (getrandom(&bits, sizeof bits, 0) == sizeof bits)
        return bits;
    return (uint64_t)clock_mono() * 0x9e3779b97f4a7c15u ^ (uint64_t)getpid() << 32;
}

void run_id_make(char ret_id[RUN_ID_SIZE])
{
    time_t now = time(NULL);
    struct tm tm;
    size_t len = strftime(ret_id, RUN_ID_SIZE, "%Y%m%d-%H%M%S-", gmtime_r(&now, &tm));
    snprintf(ret_id + len, RUN_ID_SIZE - len, "%0*llx", RUN_ID_RANDOM,
             (unsigned long long)(random_bits() >> (64 - 4 * RUN_ID_RANDOM)));
}

int run_id_parse(const char *id, int64_t *ret_real_ns)
{
    static const char form[] = "dddddddd-dddddd-xxxxxxxxxxxx";
    if (strlen(id) != sizeof form - 1)
        return -EINVAL;
    for (size_t i = 0; form[i]; i++) {
        const char *set = form[i] == 'd' ? "0123456789" : form[i] == 'x' ? "0123456789abcdef" : "-";
        if (!strchr(set, id[i]))
            return -EINVAL;
    }
    char moment[32];
    snprintf(moment, sizeof moment, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", id, id + 4, id + 6, id + 9, id + 11, id + 13);
    return clock_parse_rfc3339(moment, ret_real_ns) < 0 ? -EINVAL : 0;
}

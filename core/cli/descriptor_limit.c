/* SPDX-License-Identifier: Apache-2.0 */
/* The limit of open files, and what it leaves room for. */
#include "cli/descriptor_limit.h"

#include "cli/cli.h"
#include "exec/descriptors.h"

#include <sys/resource.h>

void descriptor_limit_raise(void)
{
    struct rlimit l;
    if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < l.rlim_max) {
        l.rlim_cur = l.rlim_max < 65536 ? l.rlim_max : 65536;
        setrlimit(RLIMIT_NOFILE, &l);
    }
}

int64_t descriptor_limit_jobs(int64_t jobs, uint32_t fixtures)
{
    struct rlimit l;
    if (getrlimit(RLIMIT_NOFILE, &l) < 0)
        return jobs;
    int64_t most = descriptors_jobs_within(l.rlim_cur, (unsigned)jobs, fixtures);
    unsigned long long limit = l.rlim_cur;
    if (most == 0) {
        most = 1;
        cli_complain("the limit of open files is %llu (ulimit -n), which may be too few for one attempt%s", limit,
                     fixtures ? " and its fixtures" : "");
    } else if (most < jobs) {
        cli_complain("only %lld attempt%s at a time: the limit of open files is %llu (ulimit -n)", (long long)most,
                     most == 1 ? "" : "s", limit);
    }
    return most;
}

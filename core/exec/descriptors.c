/* SPDX-License-Identifier: Apache-2.0 */
/* How many descriptors a run needs. */
#include "exec/descriptors.h"

enum {
    STANDARD = 3,
    LOOP_AND_SIGNALS = 4, /* epoll, signalfd and its duplicate, the terminal */
    ZYGOTE = 1,
    RECORDS = 6,     /* folder, log, ledger, run state, history, containment's folder */
    HELPERS = 6,     /* bundle and sweeper: pipes both ways, while they are made with their other ends */
    IN_BETWEEN = 12, /* what is open for a moment: a monitor's ends before they are sent, files that are read */
    FOR_THE_RUN = STANDARD + LOOP_AND_SIGNALS + ZYGOTE + RECORDS + HELPERS + IN_BETWEEN,

    MONITOR = 3, /* socket, pidfd, and the pidfd of the one before */
    OUTPUTS = 6, /* two sets of ends */
    ATTEMPT = 1, /* pidfd */
    FILES = 3,   /* its folder, stdout.log, stderr.log */
    STACKS = 2,  /* of a deadline or a crash, and of who asks what runs */
    HOST = 2,    /* socket, output; one that is idle is ended when descriptors are short */
    FOR_A_SLOT = MONITOR + OUTPUTS + ATTEMPT + FILES + STACKS + HOST,
    WATCHED = 2, /* processes that a fixture stands on, as a rule */
    LOGS = 1,    /* the folder that its programs log into */
    FOR_A_FIXTURE = FOR_A_SLOT + WATCHED + LOGS,
};

unsigned descriptors_jobs_within(uint64_t limit, unsigned jobs, unsigned fixtures)
{
    uint64_t others = FOR_THE_RUN + (uint64_t)fixtures * FOR_A_FIXTURE;
    uint64_t most = limit > others ? (limit - others) / FOR_A_SLOT : 0;
    return most < jobs ? (unsigned)most : jobs;
}

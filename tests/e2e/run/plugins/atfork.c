/* SPDX-License-Identifier: Apache-2.0 */
/* None of its attempts can begin: each process that is forked where it is loaded ends at once. */
#include <muster/muster.h>

#include <pthread.h>
#include <unistd.h>

static void end_child(void)
{
    _exit(9);
}

__attribute__((constructor)) static void spoil_forks(void)
{
    pthread_atfork(NULL, NULL, end_child);
}

SCENARIO(spoilt_1)
{
    (void)t;
}

SCENARIO(spoilt_2)
{
    (void)t;
}

SCENARIO(spoilt_3)
{
    (void)t;
}

MUSTER_PLUGIN("e2e.atfork", "1.0.0")

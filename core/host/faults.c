/* SPDX-License-Identifier: Apache-2.0 */
#include "host/faults.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { SHORT_VALUE = 60 }; /* bytes; a longer one stands with the check, in the log */

enum { NOTHING, IS_WRITTEN, WRITTEN };

static struct faults {
    atomic_int state;
    atomic_uint watched; /* counts functions: odd while one runs */
    char first[1000];
} * faults;           /* shared with what is forked from now on */
static unsigned mine; /* the one that runs, or that ran when this process was forked */

int faults_watch(void)
{
    if (!faults) {
        void *page = mmap(NULL, sizeof *faults, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED)
            return -errno;
        faults = page;
    }
    atomic_store(&faults->state, NOTHING);
    mine = atomic_load(&faults->watched) | 1;
    atomic_store(&faults->watched, mine);
    return 0;
}

void faults_end(void)
{
    if (faults && atomic_load(&faults->watched) == mine)
        atomic_store(&faults->watched, mine + 1);
}

bool faults_note(const char *file, uint32_t line, const char *what, const char *actual)
{
    int nothing = NOTHING;
    if (!faults || atomic_load(&faults->watched) != mine)
        return false;
    if (!atomic_compare_exchange_strong(&faults->state, &nothing, IS_WRITTEN))
        return true; /* the first one counts */
    char place[300] = "", value[SHORT_VALUE + 16] = "";
    if (file && *file)
        snprintf(place, sizeof place, "%s:%u: ", file, line);
    if (actual && *actual && strlen(actual) <= SHORT_VALUE)
        snprintf(value, sizeof value, " (it is %s)", actual);
    snprintf(faults->first, sizeof faults->first, "%s%s%s", place, what ? what : "", value);
    atomic_store(&faults->state, WRITTEN);
    return true;
}

const char *faults_first(void)
{
    int state = faults ? atomic_load(&faults->state) : NOTHING;
    if (state == NOTHING)
        return NULL;
    /* A child that the function did not wait for, and that may have died there. */
    return state == WRITTEN ? faults->first : "a check failed in a process that it forked";
}

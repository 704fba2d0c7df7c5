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
    char first[1000];
} * faults; /* shared with what is forked from now on */

int faults_watch(void)
{
    if (!faults) {
        void *page = mmap(NULL, sizeof *faults, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED)
            return -errno;
        faults = page;
    }
    if (atomic_load(&faults->state) != NOTHING) /* else the page need not even be there */
        atomic_store(&faults->state, NOTHING);
    return 0;
}

void faults_note(const char *file, uint32_t line, const char *what, const char *actual)
{
    int nothing = NOTHING;
    if (!faults || !atomic_compare_exchange_strong(&faults->state, &nothing, IS_WRITTEN))
        return;
    char place[300] = "", value[SHORT_VALUE + 16] = "";
    if (file && *file)
        snprintf(place, sizeof place, "%s:%u: ", file, line);
    if (actual && *actual && strlen(actual) <= SHORT_VALUE)
        snprintf(value, sizeof value, " (it is %s)", actual);
    snprintf(faults->first, sizeof faults->first, "%s%s%s", place, what ? what : "", value);
    atomic_store(&faults->state, WRITTEN);
}

const char *faults_first(void)
{
    int state = faults ? atomic_load(&faults->state) : NOTHING;
    if (state == NOTHING)
        return NULL;
    /* A child that the function did not wait for, and that may have died there. */
    return state == WRITTEN ? faults->first : "a check failed in a process that it forked";
}

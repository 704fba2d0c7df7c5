/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second plugin of steps: one of the same name as another's, and one that changes a file. A thread that its
 * constructor starts has every attempt load it, and the file of scenarios, anew.
 */
#include <muster/muster.h>

#include <pthread.h>
#include <unistd.h>

static void *wait_here(void *unused)
{
    (void)unused;
    pause();
    return NULL;
}

__attribute__((constructor)) static void start_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, wait_here, NULL);
}

DATA_STEP(none, say, PARAMS((str, text)), .summary = "Prints a line, and who did")
{
    (void)t;
    printf("more: %s\n", text);
}

DATA_STEP(none, touch, PARAMS((str, path)), .summary = "Adds a comment to a file")
{
    FILE *f = fopen(path, "a");
    REQUIRE(f != NULL);
    fputs("# changed\n", f);
    fclose(f);
}

DATA_STEP(none, verify_monitoring, .summary = "Bears the name of a step of the packs")
{
    (void)t;
    printf("monitoring of more\n");
}

MUSTER_PLUGIN("e2e.more", "1.0.0")

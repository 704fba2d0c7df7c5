/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading this plugin starts a thread, which no forked attempt would have: its attempts must load it themselves.
 * The scenario needs the thread's answer.
 */
#include "bystanders.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int asked, answered;

static void *answer(void *data)
{
    pthread_mutex_lock(&lock);
    for (;;) {
        while (!asked)
            pthread_cond_wait(&changed, &lock);
        asked = 0;
        answered++;
        pthread_cond_broadcast(&changed);
    }
    return data;
}

__attribute__((constructor)) static void start_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, answer, NULL);
}

SCENARIO(asks_the_thread, .timeout_ms = 5000)
{
    pthread_mutex_lock(&lock);
    asked = 1;
    pthread_cond_broadcast(&changed);
    while (!answered)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    CHECK_INT(answered, ==, 1);
}

MUSTER_PLUGIN("hostile.threads", "1.0")

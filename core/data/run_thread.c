/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs on threads of their own, which may stop half-way and never unwind. */
#include "base/clock.h"
#include "data/run.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static void tell(struct job *job, bool *what)
{
    pthread_mutex_lock(&job->lock);
    *what = true;
    pthread_cond_signal(&job->changed);
    pthread_mutex_unlock(&job->lock);
}

static void on_ended(struct thread_guard *guard)
{
    struct job *job = (struct job *)guard;
    tell(job, &job->ended);
}

static void *job_main(void *data)
{
    struct job *job = data;
    job->run->around->set_guard(&job->guard);
    job->work(job);
    job->run->around->set_guard(NULL);
    tell(job, &job->returned);
    return NULL;
}

void job_start(struct job *job, enum guard_mode mode, uint32_t step)
{
    pthread_condattr_t monotonic;
    job->guard.mode = mode;
    job->guard.parent = step;
    job->guard.ended = on_ended;
    pthread_mutex_init(&job->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&job->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    int r = pthread_create(&job->thread, NULL, job_main, job);
    if (r != 0)
        job->run->ctx->host->stop(job->run->ctx, MUSTER_STOP_ERROR, __FILE__, __LINE__,
                                  "no thread can be had to run a step on");
}

enum job_end job_wait(struct job *job, int64_t deadline_ns)
{
    struct timespec until = {.tv_sec = deadline_ns / NS_PER_S, .tv_nsec = deadline_ns % NS_PER_S};
    int r = 0;
    pthread_mutex_lock(&job->lock);
    while (!job->returned && !job->ended && r != ETIMEDOUT)
        r = deadline_ns == NEVER ? pthread_cond_wait(&job->changed, &job->lock)
                                 : pthread_cond_timedwait(&job->changed, &job->lock, &until);
    enum job_end end = job->returned ? JOB_RETURNED : job->ended ? JOB_ENDED : JOB_LATE;
    if (end == JOB_LATE) {
        job->run->n_late++;
        job->run->around->abandon(&job->guard);
    }
    pthread_mutex_unlock(&job->lock);
    if (end == JOB_RETURNED)
        pthread_join(job->thread, NULL);
    else
        pthread_detach(job->thread);
    return end;
}

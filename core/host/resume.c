/* SPDX-License-Identifier: Apache-2.0 */
/* The end of one image of an attempt's process. */
#include "host/resume.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "host/attempt_state.h"
#include "host/open_steps.h"
#include "host/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void resume_prepare(void)
{
    size_t n = 0;
    while (environ[n])
        n++;
    attempt.environment = xcalloc(n + 2, sizeof *attempt.environment); /* with room for one more */
    memcpy(attempt.environment, environ, n * sizeof *environ);
}

static void put(struct buf *out, struct message m)
{
    message_encode(&m, out);
}

/* All that the new image is to know; the caller holds the lock. */
static void describe(const char *state, struct buf *out)
{
    const struct attempt_spec *s = attempt.spec;
    put(out, (struct message){.type = MSG_RUN,
                              .run = {s->run->run_id,
                                      s->run->seed,
                                      {(const char **)s->run->target, (uint32_t)s->run->n_target},
                                      s->run->exit_handlers,
                                      s->run->log_checks}});
    put(out,
        (struct message){.type = MSG_TARGET, .target = {.last = s->run->document != NULL, .json = s->run->document}});
    put(out, (struct message){.type = MSG_HOST_SPAWN, .host_spawn = {.path = s->path, .providers = *s->providers}});
    put(out, (struct message){
                 .type = MSG_MONITOR_SPAWN,
                 .monitor_spawn = {
                     .slot = s->slot, .temp_dir = s->temp_dir, .artifacts_dir = s->artifacts_dir, .file = *s->file}});
    put(out, (struct message){.type = MSG_ATTEMPT, .attempt = *s->order});
    put(out, (struct message){.type = MSG_VERDICT,
                              .verdict = {.outcome = attempt.outcome,
                                          .line = attempt.line,
                                          .checks = attempt.checks,
                                          .failed_checks = attempt.failed_checks,
                                          .reason = attempt.reason,
                                          .file = attempt.file}});
    put(out, (struct message){.type = MSG_RESUME,
                              .resume = {.images = attempt.images + 1,
                                         .steps = attempt.n_steps,
                                         .deferred = attempt.n_deferred,
                                         .deadline_ns = (uint64_t)attempt.deadline_ns,
                                         .work_dir = s->work_dir,
                                         .state = state}});
}

/* A file in memory, since secrets may be in it. */
static int write_down(const struct buf *text)
{
    int fd = memfd_create("muster-attempt", 0);
    int r = fd < 0 ? -errno : io_write_all(fd, text->data, text->len);
    if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
        r = -errno;
    if (r < 0)
        close_fd(fd);
    return r < 0 ? r : fd;
}

static int exec_anew(int state)
{
    char number[16], sock[16], descriptor[16], variable[32];
    snprintf(sock, sizeof sock, "%d", attempt.spec->sock);
    snprintf(descriptor, sizeof descriptor, "%d", state);
    snprintf(number, sizeof number, "%u", attempt.images + 1);
    snprintf(variable, sizeof variable, "MUSTER_IMAGE=%s", number);
    char **last = attempt.environment;
    while (*last && strncmp(*last, "MUSTER_IMAGE=", strcspn(variable, "=") + 1) != 0)
        last++;
    *last = variable;
    if (close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC) < 0 || fcntl(attempt.spec->sock, F_SETFD, 0) < 0 ||
        fcntl(state, F_SETFD, 0) < 0)
        return -errno;
    char *argv[] = {(char *)"muster-host", (char *)RESUME_VERB, sock, descriptor, NULL};
    execve("/proc/self/exe", argv, attempt.environment);
    return -errno;
}

int resume_start(const char *state, struct err *err)
{
    autobuf struct buf text = {0};
    attempt_flush_outputs();
    pthread_mutex_lock(&attempt.lock); /* what another thread is saying, or asking, comes to its end before */
    steps_end_everywhere();
    describe(state, &text);
    autoclose int fd = write_down(&text);
    int r = fd < 0 ? fd : exec_anew(fd);
    pthread_mutex_unlock(&attempt.lock);
    return err_errno(err, r, "starting its process anew");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* From one image of an attempt's process to the next. */
#include "host/resume.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "host/attempt_state.h"
#include "host/load_plugin.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#define VERB "go-on" /* muster-host go-on SOCKET STATE: numbers of descriptors */

/* ---- the old image ---------------------------------------------------------------------------------------------- */

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
    put(out, (struct message){
                 .type = MSG_RUN,
                 .run = {s->run->run_id, s->run->seed, {(const char **)s->run->target, (uint32_t)s->run->n_target}}});
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
    char *argv[] = {(char *)"muster-host", (char *)VERB, sock, descriptor, NULL};
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

/* ---- the new one ------------------------------------------------------------------------------------------------ */

/* What was read, for as long as the process lives. */
static struct {
    struct buf text;
    struct arena arena;
    struct message run, host, slot, order, verdict, resume;
    struct run_facts facts;
    struct attempt_spec spec;
    struct plugin plugin;
} image;

static bool take(const char **p, enum message_type type, struct message *ret_message)
{
    return message_decode(p, image.text.data + image.text.len, &image.arena, ret_message) == 0 &&
           ret_message->type == type;
}

static bool read_state(int fd)
{
    if (io_read_fd(fd, SIZE_MAX, &image.text) < 0)
        return false;
    const char *p = image.text.data;
    return take(&p, MSG_RUN, &image.run) && take(&p, MSG_HOST_SPAWN, &image.host) &&
           take(&p, MSG_MONITOR_SPAWN, &image.slot) && take(&p, MSG_ATTEMPT, &image.order) &&
           take(&p, MSG_VERDICT, &image.verdict) && take(&p, MSG_RESUME, &image.resume);
}

/* What exec() leaves as it was, and the scenario may have changed. */
static void settle(void)
{
    sigset_t none;
    sigemptyset(&none);
    for (int signo = 1; signo < NSIG; signo++)
        signal(signo, SIG_DFL);
    setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setvbuf(stdout, NULL, _IOLBF, 0);
    crash_install();
}

static void go_to(const char *dir)
{
    if (chdir(dir) < 0)
        fprintf(stderr, "muster: %s: %s\n", dir, strerror(errno));
}

static void restore(void)
{
    const struct msg_verdict *v = &image.verdict.verdict;
    const struct msg_resume *r = &image.resume.resume;
    attempt_begin_process();
    attempt.outcome = (enum outcome)v->outcome;
    attempt.line = v->line;
    snprintf(attempt.reason, sizeof attempt.reason, "%s", v->reason);
    snprintf(attempt.file, sizeof attempt.file, "%s", v->file);
    attempt.checks = v->checks;
    attempt.failed_checks = v->failed_checks;
    attempt.phase = PHASE_TEARDOWN;
    attempt.deadline_ns = (int64_t)r->deadline_ns;
    attempt.n_steps = r->steps;
    attempt.n_deferred = r->deferred;
    attempt.images = r->images;
}

static void no_progress(void *data, enum load_stage stage)
{
    (void)data;
    (void)stage;
}

static void load_again(void)
{
    autoerr struct err err = {0};
    const char *reason;
    const struct msg_host_spawn *h = &image.host.host_spawn;
    if (host_load(h->path, &h->providers, no_progress, NULL, &image.plugin, &reason, &err) == 0)
        return;
    autofree char *text = xasprintf("`finally` did not run: loading %s again: %s", h->path, err_text(&err));
    if (!attempt_blame(OUTCOME_ERROR, NULL, 0, text))
        attempt_send(&(struct message){.type = MSG_LOG, .log = {MUSTER_LOG_ERROR, 0, "", attempt_cut(text)}});
    attempt_end();
}

static _Noreturn void go_on(int sock)
{
    const struct msg_run *run = &image.run.run;
    const struct msg_monitor_spawn *slot = &image.slot.monitor_spawn;
    image.facts = (struct run_facts){run->run_id, run->seed, run->target.items, run->target.n};
    image.spec = (struct attempt_spec){.sock = sock,
                                       .plugin = &image.plugin,
                                       .file = &slot->file,
                                       .order = &image.order.attempt,
                                       .run = &image.facts,
                                       .slot = slot->slot,
                                       .temp_dir = slot->temp_dir,
                                       .artifacts_dir = slot->artifacts_dir,
                                       .path = image.host.host_spawn.path,
                                       .providers = &image.host.host_spawn.providers,
                                       .work_dir = image.resume.resume.work_dir};
    settle();
    attempt_prepare(&image.spec);
    restore();
    go_to(image.spec.work_dir);
    load_again();
    go_to(image.spec.temp_dir);
    attempt_require_known();
    attempt_take_entry();
    resume_prepare();
    attempt.entry->resume_data(&attempt.ctx, attempt.entry->program, image.resume.resume.state);
    attempt_end();
}

void resume_main(int argc, char **argv)
{
    if (argc != 4 || strcmp(argv[1], VERB) != 0)
        return;
    int sock = atoi(argv[2]);
    autoclose int state = atoi(argv[3]);
    if (!read_state(state)) {
        fputs("muster-host: what the attempt was about did not arrive\n", stderr);
        _exit(1);
    }
    close_fd(steal_fd(&state));
    fcntl(sock, F_SETFD, FD_CLOEXEC);
    go_on(sock);
}

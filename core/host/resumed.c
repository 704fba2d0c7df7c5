/* SPDX-License-Identifier: Apache-2.0 */
/* The beginning of a new image of an attempt's process. */
#include "host/resumed.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "host/attempt.h"
#include "host/attempt_state.h"
#include "host/crash.h"
#include "host/load_plugin.h"
#include "host/resume.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* What was read, for as long as the process lives. */
static struct {
    struct buf text;
    struct arena arena;
    struct message run, target, host, slot, order, verdict, resume;
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
    return take(&p, MSG_RUN, &image.run) && take(&p, MSG_TARGET, &image.target) &&
           take(&p, MSG_HOST_SPAWN, &image.host) && take(&p, MSG_MONITOR_SPAWN, &image.slot) &&
           take(&p, MSG_ATTEMPT, &image.order) && take(&p, MSG_VERDICT, &image.verdict) &&
           take(&p, MSG_RESUME, &image.resume);
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
    attempt_end_by_error(text);
}

static _Noreturn void go_on(int sock)
{
    const struct msg_run *run = &image.run.run;
    const struct msg_monitor_spawn *slot = &image.slot.monitor_spawn;
    image.facts = (struct run_facts){run->run_id,
                                     run->seed,
                                     run->target.items,
                                     run->target.n,
                                     run->exit_handlers,
                                     run->log_checks,
                                     image.target.target.last ? image.target.target.json : NULL};
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
    if (argc != 4 || strcmp(argv[1], RESUME_VERB) != 0)
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

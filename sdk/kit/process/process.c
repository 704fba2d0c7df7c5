/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of an attempt: started, waited for until they are ready, stopped in their turn. */
#include <muster/kit/process.h>

#include "keeper.h"
#include "log.h"
#include "ready.h"
#include "tail.h"

#include <muster/kit/data.h>
#include <muster/kit/wait.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLEANUP_NAME "muster.process.stop"

enum { READY_MS = 10000, GRACE_MS = 5000, LOOK_MS = 10, ASK_MS = 1000, KILL_MS = 5000 };

struct m_process {
    struct muster_ctx *t;
    const char *id; /* for its cleanup: "web 1"; no other in this process has it */
    const char *name, *log;
    struct keeper keeper;
    int log_fd;
    uint32_t grace_ms;
    int stop_signal;
    pid_t pid;      /* the program's; it outlives the keeper's page */
    int is_stopped; /* `status` is final */
    int status;
    struct m_process *next;
};

/* Of this process; a cleanup in another one finds nothing, since the attempt's programs have been ended by then. */
static struct m_process *all;
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- its end ----------------------------------------------------------------------------------------------------- */

static int has_ended(const struct m_process *p)
{
    return !p->keeper.page || __atomic_load_n(&p->keeper.page->ended, __ATOMIC_SEQ_CST);
}

static int wait_ms(struct muster_ctx *t, uint64_t ms)
{
    return m_deadline_poll_ms(m_deadline_in(t, ms));
}

/* What a process takes of the attempt, so that one that is started again and again does not use it up. One that can't
 * be ended goes on being asked whether it runs. */
static void release(struct m_process *p)
{
    if (!has_ended(p))
        return;
    if (p->log_fd >= 0)
        close(p->log_fd);
    p->log_fd = -1;
    if (p->keeper.page)
        process_keeper_close(&p->keeper);
}

static void end(struct m_process *p)
{
    struct muster_ctx *t = p->t;
    struct keeper *k = &p->keeper;
    process_keeper_enter(k, KEEPER_STOPPING);
    process_keeper_signal(k, p->stop_signal, 0);
    if (!process_keeper_wait(k, wait_ms(t, p->grace_ms))) {
        LOG_AT(MUSTER_LOG_WARNING, "%s did not end within %u ms of SIG%s: SIGKILL", p->name, p->grace_ms,
               sigabbrev_np(p->stop_signal));
        process_keeper_signal(k, SIGKILL, 1);
        process_keeper_wait(k, wait_ms(t, KILL_MS));
    }
    waitpid(k->pid, NULL, WNOHANG);
    p->status = has_ended(p) ? k->page->status : W_EXITCODE(0, SIGKILL);
    p->is_stopped = 1;
    if (!has_ended(p))
        LOG_AT(MUSTER_LOG_ERROR, "%s has outlived SIGKILL: no end of process %d was seen", p->name, (int)p->pid);
}

int m_process_stop(struct m_process *p)
{
    struct muster_ctx *t = p->t;
    char how[TAIL_HOW_MOST];
    if (!p->is_stopped && has_ended(p)) {
        process_tail_describe(p->keeper.page->status, how);
        LOG_AT(MUSTER_LOG_ERROR, "%s had ended before it was stopped: it %s", p->name, how);
    }
    if (!p->is_stopped) {
        end(p);
        release(p);
    }
    return p->status;
}

CLEANUP(stop_process, CLEANUP_NAME)
{
    pthread_mutex_lock(&all_lock);
    struct m_process *p = all;
    while (p && strcmp(p->id, payload) != 0)
        p = p->next;
    pthread_mutex_unlock(&all_lock);
    m_called_at_(NULL, 0); /* by nobody: the author's last call has nothing to do with it */
    if (p && p->keeper.page)
        m_process_stop(p);
}

/* ---- until it is ready ------------------------------------------------------------------------------------------- */

struct readiness {
    const char *line;
    struct log_look look; /* for the line */
    struct ready_place port, url;
    int want_port, want_url;
    char why[512]; /* what is missing, as of the last look */
};

static const char *take_conditions(struct muster_ctx *t, const struct m_process_options *o, struct readiness *ret)
{
    *ret = (struct readiness){.line = o->ready_line, .want_port = o->ready_port != 0, .want_url = o->ready_url != NULL};
    if (o->ready_port < 0 || o->ready_port > 65535)
        return m_fmt(t, "%d is no port", o->ready_port);
    if (ret->want_port)
        process_ready_at_port(o->ready_port, &ret->port);
    if (ret->want_url && process_ready_at_url(o->ready_url, &ret->url) < 0)
        return m_fmt(t, "\"%s\" is not http://HOST[:PORT][/PATH]", o->ready_url);
    return NULL;
}

/* Of plugin or run scope: only in its process can anything be watched. */
static int is_fixture(void)
{
    const char *name = getenv("MUSTER_CASE");
    return name && strncmp(name, "fixture ", 8) == 0;
}

/* Another's server would make this one look ready. */
static const char *find_stranger(struct muster_ctx *t, const struct readiness *r)
{
    char why[512];
    const struct ready_place *places[] = {r->want_port ? &r->port : NULL, r->want_url ? &r->url : NULL};
    for (size_t i = 0; i < 2; i++)
        if (places[i] && process_ready_accepts(places[i], m_deadline_in(t, ASK_MS), why, sizeof why))
            return m_fmt(t, "%s is in use: it accepts connections before the program is started", places[i]->server);
    return NULL;
}

static int look(struct m_process *p, struct readiness *r, struct m_deadline end, char *ret_why, size_t size)
{
    if (r->line && !process_log_line(p->t, p->log, r->line, has_ended(p), &r->look)) {
        snprintf(ret_why, size, "no line with \"%.200s\"", r->line);
        return 0;
    }
    r->line = NULL; /* the log is not read again for the others */
    return (!r->want_port || process_ready_accepts(&r->port, end, ret_why, size)) &&
           (!r->want_url || process_ready_answers(&r->url, end, ret_why, size));
}

/* A look has a second, so that one connection on which nobody answers is not the last. One that the time that is left
 * cut short says less than the one before it. */
static int is_ready(struct m_process *p, struct readiness *r, struct m_deadline until)
{
    char why[sizeof r->why] = "";
    struct m_deadline end = m_deadline_in(p->t, ASK_MS);
    int is_short = until.at_ms < end.at_ms;
    int is_there = look(p, r, is_short ? until : end, why, sizeof why);
    if (!*r->why || !is_short || m_deadline_left_ms(until))
        memcpy(r->why, why, sizeof why);
    return is_there;
}

static const char *tell_unready(struct m_process *p, const struct readiness *r, uint64_t budget)
{
    char how[TAIL_HOW_MOST], tail[TAIL_MOST];
    struct muster_ctx *t = p->t;
    int ended = has_ended(p);
    process_tail_describe(ended ? p->keeper.page->status : 0, how);
    process_tail_read(p->log_fd, 5, tail);
    const char *said = *tail ? "; the last that it printed: " : "; it printed nothing";
    if (ended)
        return m_fmt(t, "it %s before it was ready%s%s", how, said, tail);
    return m_fmt(t, "it was not ready within %llu ms: %s%s%s", (unsigned long long)budget, r->why, said, tail);
}

/* NULL when it is ready, else why it is not. One that has no condition is, once it is started; of a fixture's it is
 * wanted that it goes on. */
static const char *wait_until_ready(struct m_process *p, struct readiness *r, uint32_t ready_ms)
{
    const uint64_t wanted = ready_ms ? ready_ms : READY_MS, budget = m_budget_ms(p->t, wanted);
    struct m_deadline until = m_deadline_in(p->t, wanted);
    do {
        int was_running = !has_ended(p), ready = is_ready(p, r, until);
        if (ready && (was_running || !(r->want_port || r->want_url))) {
            if (process_keeper_enter(&p->keeper, KEEPER_IN_USE))
                return NULL;
            was_running = !process_keeper_wait(&p->keeper, ASK_MS); /* it has said what is asked for, and ended */
            if (!is_fixture()) {
                process_keeper_tell_end(p->name, p->log_fd, p->keeper.page->status);
                return NULL;
            }
        }
        if (!was_running)
            break;
        process_keeper_wait(&p->keeper, LOOK_MS);
    } while (m_deadline_left_ms(until));
    return tell_unready(p, r, budget);
}

/* ---- its start --------------------------------------------------------------------------------------------------- */

static size_t count(const char *const *list)
{
    size_t n = 0;
    while (list && list[n])
        n++;
    return n;
}

static int is_replaced(const char *variable, const char *const *by)
{
    size_t name = strcspn(variable, "=");
    for (; by && *by; by++)
        if (strncmp(variable, *by, name) == 0 && (*by)[name] == '=')
            return 1;
    return 0;
}

/* To be freed; NULL when memory has run out. */
static const char **make_environment(const char *const *more)
{
    const char *const *ours = (const char *const *)environ;
    const char **env = malloc((count(ours) + count(more) + 1) * sizeof *env);
    size_t n = 0;
    for (; env && ours && *ours; ours++)
        if (!is_replaced(*ours, more))
            env[n++] = *ours;
    for (; env && more && *more; more++)
        env[n++] = *more;
    if (env)
        env[n] = NULL;
    return env;
}

static struct m_process *enlist(struct muster_ctx *t, const struct m_process_options *o)
{
    static unsigned number;
    struct m_process *p = calloc(1, sizeof *p);
    if (!p)
        ERROR("out of memory for a process");
    const char *slash = strrchr(o->argv[0], '/'), *name = o->name ? o->name : slash ? slash + 1 : o->argv[0];
    *p = (struct m_process){.t = t, .name = m_keep(t, name, strlen(name)), .log_fd = -1};
    p->grace_ms = o->grace_ms ? o->grace_ms : GRACE_MS;
    p->stop_signal = o->stop_signal ? o->stop_signal : SIGTERM;
    p->id = m_fmt(t, "%s %u", name, __atomic_add_fetch(&number, 1, __ATOMIC_RELAXED));
    pthread_mutex_lock(&all_lock);
    p->next = all;
    all = p;
    pthread_mutex_unlock(&all_lock);
    return p;
}

/* NULL, or why not. */
static const char *launch(struct m_process *p, const struct m_process_options *o)
{
    struct muster_ctx *t = p->t;
    p->log_fd = process_log_open(t, p->name, &p->log);
    if (p->log_fd < 0)
        return m_fmt(t, "no log: %s", strerror(errno));
    const char **env = make_environment(o->env);
    const struct keeper_order order = {o->argv, env, o->dir, p->name, p->log_fd};
    int e = env ? process_keeper_start(&order, &p->keeper) : -ENOMEM;
    free(env);
    if (e < 0)
        return m_fmt(t, "it can't be started%s%s: %s", o->dir ? " in " : "", o->dir ? o->dir : "", strerror(-e));
    p->pid = p->keeper.page->pid;
    LOG_AT(MUSTER_LOG_DEBUG, "%s is process %d", p->name, (int)p->pid);
    return NULL;
}

static void check_environment(struct muster_ctx *t, const char *const *env)
{
    for (; env && *env; env++)
        if (**env == '=' || !strchr(*env, '='))
            ERROR("m_process_start: ENV(\"%s\"): a variable is NAME=value", *env);
}

struct m_process *m_process_try_start(struct muster_ctx *t, const struct m_process_options *o, const char **ret_why)
{
    struct readiness conditions;
    if (o->file)
        m_called_at_(o->file, o->line);
    if (!count(o->argv))
        ERROR("m_process_start: no argv");
    check_environment(t, o->env);
    struct m_process *p = enlist(t, o);
    const char *why = take_conditions(t, o, &conditions);
    why = why ? why : find_stranger(t, &conditions);
    if (!why) {
        M_DEFER(CLEANUP_NAME, p->id);
        why = launch(p, o);
    }
    if (!why && (why = wait_until_ready(p, &conditions, o->ready_ms)))
        end(p);
    if (why) {
        release(p);
        if (ret_why)
            *ret_why = m_fmt(t, "%s: %s", p->name, why);
        return NULL;
    }
    if (is_fixture())
        m_watch(t, p->keeper.pid, p->name);
    return p;
}

struct m_process *m_process_start(struct muster_ctx *t, const struct m_process_options *options)
{
    const char *why;
    struct m_process *p = m_process_try_start(t, options, &why);
    if (!p)
        ERROR("%s", why);
    return p;
}

/* ---- while it runs ----------------------------------------------------------------------------------------------- */

int32_t m_process_pid(const struct m_process *p)
{
    return p->pid;
}

int32_t m_process_is_running(const struct m_process *p)
{
    return !has_ended(p);
}

const char *m_process_log(const struct m_process *p)
{
    return p->log;
}

const char *m_process_line(struct m_process *p, const char *text, uint64_t timeout_ms)
{
    struct m_deadline until = m_deadline_in(p->t, timeout_ms);
    struct log_look look = {0};
    for (;;) {
        int ended = has_ended(p), late = !m_deadline_left_ms(until);
        const char *line = process_log_line(p->t, p->log, text, ended, &look);
        if (line || ended || late)
            return line;
        process_keeper_wait(&p->keeper, LOOK_MS);
    }
}

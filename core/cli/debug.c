/* SPDX-License-Identifier: Apache-2.0 */
/* Finding out, from the command line's side. */
#include "cli/debug.h"

#include "base/cleanup.h"
#include "base/clock.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int debug_choose_debugger(const char *text, int *ret_choice)
{
    *ret_choice = 1;
    return strcmp(text, "gdb") == 0 ? 0 : -EINVAL;
}

int debug_prepare(const struct verb *verb, const struct debug *d, struct selection *selection)
{
    if (!d->debugger)
        return EXIT_OK;
    if (selection->n_cases != 1)
        return cli_usage(verb, "--debugger: it runs one scenario, and %zu are selected", selection->n_cases);
    struct limits *l = &selection->cases[0].limits;
    l->setup_ns = l->body_ns = l->teardown_ns = NEVER;
    l->retries = 0;
    return EXIT_OK;
}

static const struct model_attempt *find(const struct evidence *e, const struct slot_task *task)
{
    const struct model_case *c = model_case_find(&e->model, task->case_id);
    return c ? model_attempt_find(c, task->attempt) : NULL;
}

/* "    step: refund > again\n", and the stacks. */
static void add_running(const struct evidence *e, const struct slot_news *n, struct buf *out)
{
    const struct model_attempt *a = find(e, n->task);
    autobuf struct buf path = {0};
    if (a && n->step)
        model_step_path(a, (int32_t)n->step, &path);
    buf_addf(out, "now: %s attempt %u, slot %u: %s, %.3f s", n->task->case_id, n->task->attempt, n->slot, n->phase,
             (double)n->elapsed_ns / NS_PER_S);
    if (n->pid)
        buf_addf(out, ", pid %d", (int)n->pid);
    if (path.len)
        buf_addf(out, "\n    step: %s", buf_str(&path));
    for (const char *p = n->text; *p; p += strspn(p, "\n")) {
        size_t length = strcspn(p, "\n");
        buf_addf(out, "\n    %.*s", (int)length, p);
        p += length;
    }
}

static void add_paused(const struct slot_news *n, struct buf *out)
{
    buf_addf(out, "paused: %s attempt %u, in %s: %s\n", n->task->case_id, n->task->attempt, n->phase, n->text);
    buf_addf(out, "    process: %d, in %s\n", (int)n->pid, n->temp_dir);
    /* Else gdb reads programs in the namespace of the process, which an ordinary user may not. The files are the same.
     */
    const char *files = n->own_pids ? "-iex 'set sysroot /' " : "";
    buf_addf(out, "    look:    gdb %s-p %d\n", files, (int)n->pid);
    /* An ordinary user's attempt is in a user namespace inside of the one that owns its PIDs (contain/rung_pidns.c),
     * which nobody outside can join; its mounts, /proc among them, can be joined. */
    if (n->own_pids)
        buf_addf(out, "    enter:   nsenter -t %d %s -m\n", (int)n->pid,
                 geteuid() ? "-U --preserve-credentials" : "-p");
    buf_addf(out, "    go on:   %skill -CONT %d", isatty(STDIN_FILENO) ? "Enter, or " : "", (int)getpid());
}

static void take_news(void *evidence, const struct slot_news *n)
{
    struct evidence *e = evidence;
    autobuf struct buf text = {0};
    if (n->kind == NEWS_RUNNING)
        add_running(e, n, &text);
    else if (n->kind == NEWS_PAUSED)
        add_paused(n, &text);
    else
        buf_adds(&text, "now: nothing runs");
    evidence_lines(e, buf_str(&text));
}

void debug_apply(const struct debug *d, struct evidence *e, struct runner_options *o)
{
    o->leaks = (enum leaks_policy)d->leaks;
    o->settle_ns = d->settle_ns;
    o->no_capture = debug_shares_terminal(d);
    o->pause_on_failure = d->pause_on_failure;
    o->debugger = d->debugger;
    o->keys = !d->debugger && isatty(STDOUT_FILENO);
    o->news = take_news;
    o->news_data = e;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that run beside the steps, until they are stopped or the attempt ends; ports for them. */
#include "exec.h"
#include "steps.h"

#include <muster/kit/process.h>

#include <pthread.h>
#include <sys/wait.h>

struct named {
    struct named *next;
    const char *name;
    struct m_process *process;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct named *all; /* of the attempt, whose process this is */

static struct named *find(const char *name)
{
    pthread_mutex_lock(&lock);
    struct named *n = all;
    while (n && strcmp(n->name, name) != 0)
        n = n->next;
    pthread_mutex_unlock(&lock);
    return n;
}

/* The newest of a name is the one that is meant. */
static void add(struct muster_ctx *t, struct m_site site, const char *name, struct m_process *process)
{
    struct named *n = calloc(1, sizeof *n);
    if (!n)
        steps_wrong(t, site, "start: out of memory");
    *n = (struct named){.name = name, .process = process};
    pthread_mutex_lock(&lock);
    n->next = all;
    all = n;
    pthread_mutex_unlock(&lock);
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

DATA_STEP(json, start,
          PARAMS((json, argv, NULL, "The program and its arguments, which no shell reads"),
                 (str, name, "", "For `stop`, and of its log NAME.log; the program's own without"),
                 (str, ready_line, "", "Ready when it has printed a line with this text"),
                 (i32, ready_port, "0", "Ready when this port of 127.0.0.1 takes connections"),
                 (str, ready_url, "", "Ready when GET of this is answered with a status below 400"),
                 (json, env, "{}", "NAME: value, besides the scenario's"), (str, cwd, "", "The folder that it runs in"),
                 (str, within, "30s", "How long it may take to be ready"), STEP_AT),
          .summary = "Starts a program that runs beside the next steps: {pid, line, log}")
{
    struct m_site site = steps_site(t, at);
    const char **words = steps_texts(t, site, "start", m_json_parse(t, argv));
    if (!words[0] || !*words[0])
        steps_wrong(t, site, "start: there is no program");
    const struct m_process_options options = {.argv = words,
                                              .env = exec_environment(t, site, steps_given(t, env)),
                                              .dir = *cwd ? cwd : NULL,
                                              .name = *name ? name : NULL,
                                              .ready_line = *ready_line ? ready_line : NULL,
                                              .ready_url = *ready_url ? ready_url : NULL,
                                              .ready_port = ready_port,
                                              .ready_ms = (uint32_t)steps_ms(t, site, "within", within),
                                              .line = site.line,
                                              .file = site.file};
    struct m_process *p = m_process_start_at_(site.file, site.line, t, &options);
    const char *known = *name ? name : last_part(words[0]), *line = *ready_line ? m_process_line(p, ready_line, 0) : "";
    add(t, site, m_keep(t, known, strlen(known)), p);
    return m_fmt(t, "{\"pid\":%d,\"line\":%s,\"log\":%s}", m_process_pid(p),
                 steps_quoted(t, line ? line : "", line ? strlen(line) : 0),
                 steps_quoted(t, m_process_log(p), strlen(m_process_log(p))));
}

DATA_STEP(json, stop, PARAMS((str, name, NULL, "As it was started"), STEP_AT),
          .summary = "Stops what was started: {exit, signal}")
{
    struct m_site site = steps_site(t, at);
    struct named *n = find(name);
    if (!n)
        steps_wrong(t, site, "stop: nothing of the name %s was started", name);
    int status = m_process_stop_at_(site.file, site.line, n->process);
    return m_fmt(t, WIFEXITED(status) ? "{\"exit\":%d,\"signal\":null}" : "{\"exit\":null,\"signal\":%d}",
                 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

DATA_STEP(i32, free_port, .summary = "A TCP port that nothing uses, for this attempt alone")
{
    return m_port(t);
}

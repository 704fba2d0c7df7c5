/* SPDX-License-Identifier: Apache-2.0 */
/* Programs: `exec` by their arguments, which no shell reads, and `shell` by a shell, where one asks for it. */
#include "exec.h"

#include "run.h"
#include "steps.h"

#include <sys/wait.h>

/* ["grep", "-c", "a b"] as one may read it: 'a b' in quotes. */
static const char *command_line(struct muster_ctx *t, const char *const *argv)
{
    const char *all = "";
    for (; *argv; argv++) {
        int plain = **argv && !strpbrk(*argv, " \t\n\"'$\\;&|<>()*?");
        all = m_fmt(t, plain ? "%s%s%s" : "%s%s'%s'", all, *all ? " " : "", *argv);
    }
    return m_shown(t, all, strlen(all), ABOUT_MOST);
}

static const char *part(struct muster_ctx *t, const char *name, const struct run_output *o)
{
    return o->length ? m_fmt(t, "; %s: %s", name, steps_start(t, o->bytes, o->length)) : "";
}

static const char *how(struct muster_ctx *t, int status)
{
    if (WIFSIGNALED(status))
        return m_fmt(t, "ended by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    return m_fmt(t, "exit status %d", WEXITSTATUS(status));
}

/* "any", a number, or a list of numbers. */
static int is_wanted(struct muster_ctx *t, struct m_site site, const struct m_json *wanted, int status)
{
    int64_t n = m_json_count(wanted, ""), one = m_json_int(wanted, "");
    const char *text = m_json_str(wanted, "");
    if (text && strcmp(text, "any") == 0)
        return 1;
    if (n < 1 && one == M_JSON_NO_INT)
        steps_wrong(t, site, "exit: %s is not an exit status, a list of some, or any", m_json_text(t, wanted, ""));
    for (int64_t i = 0; i < n; i++)
        if (m_json_int(m_json_item(wanted, (uint64_t)i), "") == status)
            return 1;
    return n < 1 && one == status;
}

const char *const *exec_environment(struct muster_ctx *t, struct m_site site, const struct m_json *given)
{
    int64_t n = given ? m_json_count(given, "") : 0;
    const char *key, **all = calloc((size_t)(n > 0 ? n : 0) + 1, sizeof *all);
    if (!all || n < 0 || (n > 0 && !m_json_key(given, 0)))
        steps_wrong(t, site, "env: wants a map, NAME: value");
    for (uint64_t i = 0; given && (key = m_json_key(given, i)); i++) {
        const char *value = steps_scalar(t, m_json_member(given, key));
        if (!value)
            steps_wrong(t, site, "env: %s is no text", key);
        all[i] = m_fmt(t, "%s=%s", key, value);
    }
    return all;
}

static const char *value_of(struct muster_ctx *t, const struct run_result *r)
{
    const char *json = strchr("{[", r->out.bytes[strspn(r->out.bytes, " \t\r\n")])
                           ? steps_document(t, r->out.bytes, r->out.length)
                           : NULL;
    return m_fmt(t, "\"exit\":%d,\"stdout\":%s,\"stderr\":%s,\"json\":%s,\"time_ms\":%llu",
                 WIFEXITED(r->status) ? WEXITSTATUS(r->status) : 128 + WTERMSIG(r->status),
                 steps_quoted(t, r->out.bytes, r->out.length), steps_quoted(t, r->err.bytes, r->err.length),
                 json ? json : "null", (unsigned long long)r->took_ms);
}

const char *exec_program(struct muster_ctx *t, const struct exec_call *c)
{
    struct m_site site = steps_site(t, c->at);
    uint64_t within_ms = steps_ms(t, site, "within", c->within);
    const struct run_program program = {.argv = c->argv,
                                        .env = exec_environment(t, site, steps_given(t, c->env)),
                                        .dir = c->dir,
                                        .input = c->input,
                                        .input_length = strlen(c->input),
                                        .within_ms = within_ms};
    struct m_json *wanted = m_json_parse(t, c->exit);
    const char *shown = c->script ? steps_start(t, c->script, strlen(c->script)) : command_line(t, c->argv);
    struct run_result r = run_to_end(t, &program);
    if (r.error)
        steps_wrong(t, site, "%s: cannot be run: %s%s%s", shown, r.error, *c->dir ? " (in " : "",
                    *c->dir ? m_fmt(t, "%s)", c->dir) : "");
    const char *outputs = m_fmt(t, "%s%s", part(t, "stdout", &r.out), part(t, "stderr", &r.err));
    if (r.late)
        steps_fails(t, site, m_fmt(t, "%s: ends within %s", shown, steps_time(t, within_ms)),
                    m_fmt(t, "still running after %llums", (unsigned long long)r.took_ms), NULL,
                    *outputs ? outputs + 2 : NULL);
    const char *about = m_fmt(t, "%s: %s%s", shown, how(t, r.status), outputs);
    int status = WIFEXITED(r.status) ? WEXITSTATUS(r.status) : -1;
    steps_check(t, site, is_wanted(t, site, wanted, status), m_fmt(t, "%s: exit status", shown), how(t, r.status),
                m_json_text(t, wanted, ""), *outputs ? outputs + 2 : NULL);
    return steps_value(t, value_of(t, &r), about);
}

#define EXEC_PARAMS                                                                                                    \
    (json, exit, "0", "The exit status that is expected, a list of some, or any"),                                     \
        (str, input, "", "Its standard input"), (json, env, "{}", "NAME: value, besides the scenario's"),              \
        (str, cwd, "", "The folder that it runs in"), (str, within, "60s", "How long it may take"), STEP_AT

DATA_STEP(json, exec, PARAMS((json, argv, NULL, "The program and its arguments, which no shell reads"), EXEC_PARAMS),
          .summary = "Runs a program: {exit, stdout, stderr, json, time_ms}")
{
    struct m_site site = steps_site(t, at);
    struct m_json *list = m_json_parse(t, argv);
    if (m_json_str(list, ""))
        steps_wrong(t, site,
                    "exec: wants a list, the program and its arguments: [ls, -l]. What a shell is to read is `shell`");
    const char **words = steps_texts(t, site, "exec", list);
    if (!words[0] || !*words[0])
        steps_wrong(t, site, "exec: there is no program");
    return exec_program(t, &(struct exec_call){words, NULL, exit, input, env, cwd, within, at});
}

DATA_STEP(json, shell, PARAMS((str, script, NULL, "What /bin/sh reads"), EXEC_PARAMS),
          .summary = "Runs a script by /bin/sh: {exit, stdout, stderr, json, time_ms}")
{
    const char *const words[] = {"/bin/sh", "-c", script, NULL};
    return exec_program(t, &(struct exec_call){words, script, exit, input, env, cwd, within, at});
}

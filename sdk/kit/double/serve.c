/* SPDX-License-Identifier: Apache-2.0 */
/* A double that a fixture starts. */
#include <muster/kit/data.h>
#include <muster/kit/double.h>
#include <muster/kit/http.h>
#include <muster/kit/json.h>
#include <muster/kit/process.h>

#include <limits.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM   "muster-double"
#define ARGS_MOST 160

/* With the runner's own programs, as they stand in a build or are installed; or in PATH. */
static const char *find_program(struct muster_ctx *t)
{
    static const char *const folders[] = {"", "../../bin/"};
    const char *given = m_target(t, "double");
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (given && *given)
        return given;
    self[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(self, '/');
    for (size_t i = 0; slash && i < sizeof folders / sizeof *folders; i++) {
        const char *path = m_fmt(t, "%.*s%s" PROGRAM, (int)(slash - self) + 1, self, folders[i]);
        if (access(path, X_OK) == 0)
            return path;
    }
    return PROGRAM;
}

static struct m_process *start(struct muster_ctx *t, const struct m_double_options *o)
{
    const char *argv[ARGS_MOST + 1];
    size_t n = 0;
    argv[n++] = find_program(t);
    argv[n++] = "--folder";
    argv[n++] = m_attempt(t)->artifacts_dir;
    argv[n++] = "--listen";
    argv[n++] = o->listen ? o->listen : "127.0.0.1";
    argv[n++] = "--port";
    argv[n++] = m_fmt(t, "%d", (int)o->port);
    for (const char *const *v = o->values; v && *v; v++) {
        if (n + 4 > ARGS_MOST)
            ERROR("too many values for a double");
        argv[n++] = "--value";
        argv[n++] = *v;
    }
    argv[n++] = "--";
    argv[n++] = o->file;
    argv[n] = NULL;
    const char *why;
    const struct m_process_options process = {.argv = argv, .name = PROGRAM, .ready_line = "\"control\""};
    struct m_process *p = m_process_try_start(t, &process, &why);
    if (!p)
        ERROR("%s%s", why, strstr(why, "can't be started") ? " (--set double=PATH says where it is)" : "");
    return p;
}

static void publish_value(struct muster_ctx *t, struct m_http *control, const char *name, int is_secret)
{
    struct m_http_reply r = m_get(control, m_fmt(t, "/values/%s", name));
    struct m_json *answer = m_json_parse(t, r.body);
    const char *value = m_json_str(answer, "/secret");
    if (!value)
        ERROR("the double has no value %s: %d", name, (int)r.status);
    if (is_secret)
        m_secret(t, value);
    m_publish(t, name, value);
    m_json_free(answer);
}

static int is_in(const struct m_json *list, const char *name)
{
    for (int64_t i = 0; i < m_json_count(list, ""); i++)
        if (strcmp(m_json_str(m_json_item(list, (uint64_t)i), ""), name) == 0)
            return 1;
    return 0;
}

void m_double_serve(struct muster_ctx *t, const struct m_double_options *o)
{
    if (!o->file)
        ERROR("m_double_serve: no file");
    struct m_process *p = start(t, o);
    const char *line = m_process_line(p, "\"control\"", 0);
    struct m_json *greeting = m_json_try_parse(line);
    const char *url = m_json_str(greeting, "/url"), *control = m_json_str(greeting, "/control");
    if (!url || !control)
        ERROR(PROGRAM " did not say where it listens: \"%s\"", line ? line : "");
    m_publish(t, "url", url);
    m_publish(t, "control", control);
    struct m_http *http = m_http_open(t, control, NULL);
    const struct m_json *names = m_json_at(greeting, "/values"), *secrets = m_json_at(greeting, "/secrets");
    for (int64_t i = 0; i < m_json_count(names, ""); i++) {
        const char *name = m_json_str(m_json_item(names, (uint64_t)i), "");
        publish_value(t, http, name, is_in(secrets, name));
    }
    m_http_close(http);
}

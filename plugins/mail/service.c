/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mail server as a service: it takes every mail, or refuses it, and passes none on. What it took is kept as evidence,
 * and read by muster/kit/mail.h.
 *
 * It publishes host, port, url (smtp://HOST:PORT) and folder.
 */
#include <muster/kit/data.h>
#include <muster/kit/json.h>
#include <muster/kit/process.h>
#include <muster/muster.h>

#include <unistd.h>

#define SERVER "mail-sink"
#define DEBIAN "/usr/bin/python3"

/* Debian's packages are for Debian's own, and another one may come first in PATH. */
static const char *find_python(struct muster_ctx *t)
{
    const char *given = m_target(t, "mail_python");
    return given && *given ? given : access(DEBIAN, X_OK) == 0 ? DEBIAN : "python3";
}

FIXTURE(mail, MUSTER_SCOPE_RUN,
        PARAMS((str, refuse, "", "whose mail is refused, as a glob: bounce@*"),
               (str, defer, "", "whose mail is put off once, as a glob: busy@*"),
               (i32, port, "0", "where it listens; 0: any free port")),
        .summary = "A mail server that keeps what it gets", .setup_timeout_ms = 30000, .teardown_timeout_ms = 15000)
{
    const char *folder = m_fmt(t, "%s/mails", m_attempt(t)->artifacts_dir);
    struct m_process *server =
        M_PROCESS(t,
                  .argv = ARGV(find_python(t), "-I", m_beside(t, "mail_sink.py"), "--folder", folder, "--port",
                               m_param(t, "port"), "--refuse", m_param(t, "refuse"), "--defer", m_param(t, "defer")),
                  .name = SERVER, .ready_line = "\"port\"", .ready_ms = 20000);
    const char *line = m_process_line(server, "\"port\"", 0);
    struct m_json *greeting = m_json_try_parse(line);
    const char *host = m_json_str(greeting, "/host");
    if (!host)
        ERROR(SERVER " did not say where it listens: \"%s\"", line ? line : "");
    const char *port = m_json_text(t, greeting, "/port");
    m_publish(t, "host", host);
    m_publish(t, "port", port);
    m_publish(t, "url", m_fmt(t, "smtp://%s:%s", host, port));
    m_publish(t, "folder", folder);
}

MUSTER_PLUGIN("muster.mail", "1.0.0", .summary = "A mail server that keeps what it gets")

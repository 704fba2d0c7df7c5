/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/process.h: servers and other programs that a scenario or a fixture starts, and free ports for them.
 *
 *     int port = m_port(t);
 *     struct m_process *web = M_PROCESS(t, .argv = ARGV("python3", "-m", "http.server", m_fmt(t, "%d", port)),
 *                                       .dir = m_plugin_dir(t), .ready_port = port);
 *
 * Model
 *   A program is started with its argv: no shell reads it. It has /dev/null as standard input, and no descriptor of the
 *   attempt's beyond the three; it leads a process group of its own. m_process_start() returns when the program is
 *   ready, by as many of the three as are given: a line that it prints, a port that accepts connections, an answer to
 * an HTTP request. Each process is the child of a small one that the kit forks, the keeper, which ends as the program
 *   ended, right after it.
 *
 * Its log
 *   What it prints, on both streams, goes into NAME.log in the attempt's artifacts (files/NAME.log of the attempt's
 *   folder, or the fixture's), byte by byte as it is printed, and secrets too. NAME-2.log is the second of a name.
 *
 * Its end
 *   m_process_start() defers a cleanup, so that a process is stopped in the order of all cleanups: SIGTERM or its
 * stop_signal, and after the grace SIGKILL for its process group. One that the attempt leaves by a crash or a timeout
 * is ended with it. In the set-up of a fixture of plugin or run scope the process is watched (m_watch()): when it ends
 * before tear-down the fixture has died. There and in a scenario, an end that nobody asked for is told on standard
 * error, with the last lines that it printed.
 *
 * Ownership and threads
 *   Options are copied. A struct m_process is the kit's, and holds until the attempt's process ends. Any thread may
 *   call, but not two at once with one process.
 *
 * Failure
 *   What can't be started or does not become ready ends the scenario as an *error*, since it says nothing about the
 *   product, with its exit status and its last lines; m_process_try_start() is for those who ask just that. A port that
 *   accepts connections before the program is started belongs to somebody else, and is an error too.
 *
 * Time
 *   In milliseconds. No wait outlives the attempt: see muster/kit/wait.h.
 */
#ifndef MUSTER_KIT_PROCESS_H
#define MUSTER_KIT_PROCESS_H

#include <muster/muster.h>
#include <muster/place.h>

#ifdef __cplusplus
extern "C" {
#endif

struct m_process;

/* Zero is the default of each but argv. */
struct m_process_options {
    const char *const *argv; /* ARGV("program", "argument", ...); without a slash the program is looked up in PATH */
    const char *const *env;  /* ENV("NAME=value", ...): besides the attempt's environment, or in place of a variable */
    const char *dir;         /* its working folder, from which a relative program is found; NULL: the attempt's own */
    const char *name;        /* in messages and NAME.log; NULL: the program's name */
    const char *ready_line;  /* ready when it has printed a whole line with this text in it */
    const char *ready_url;   /* "http://127.0.0.1:8080/health": when GET has a status below 400 */
    int32_t ready_port;      /* when 127.0.0.1:PORT accepts a connection */
    uint32_t ready_ms;       /* how long that may take; 10000 */
    uint32_t grace_ms;       /* between that signal and SIGKILL; 5000 */
    uint32_t line;           /* where it is started, for the error; else the line that calls */
    const char *file;        /* or NULL */
    int32_t stop_signal;     /* what asks it to end; SIGTERM */
    int32_t reserved;
};

/* M_PROCESS(t, .argv = ARGV("muster-testbed"), .ready_line = "\"url\"") */
#define M_PROCESS(t_, ...)           M_WITH_FIELDS_(m_process_options, m_process_start, (t_), __VA_ARGS__)
#define M_TRY_PROCESS(t_, ...)       M_WITH_FIELDS_(m_process_options, M_TRY_PROCESS_, (t_), __VA_ARGS__)
#define M_TRY_PROCESS_(t_, options_) m_process_try_start(t_, options_, NULL)

M_KIT_BEGIN_

/* Never NULL. */
struct m_process *m_process_start(struct muster_ctx *t, const struct m_process_options *options);
/* NULL where the other ends the scenario: then it has been stopped, and ret_why, which may be NULL, has the words. */
struct m_process *m_process_try_start(struct muster_ctx *t, const struct m_process_options *options,
                                      const char **ret_why);
/*
 * The first line of its log that has the text in it, without its end, waited for; NULL when there is none in time, or
 * it has ended without. What a server says of where it listens: m_process_line(p, "listening on", 0). Of a line that
 * is longer than 64 KiB these are the line.
 */
const char *m_process_line(struct m_process *process, const char *text, uint64_t timeout_ms);

/*
 * A TCP port that nothing uses, and that no other call gives until the attempt's (or fixture's) process ends: not in
 * another slot, nor in another run on this machine, nor of another user. It is held by an abstract unix socket of its
 * number, so the server binds the port as if there was nobody. Ports are taken from 10000 to 32767, without those that
 * the kernel gives to clients (ip_local_port_range), so that a connection does not take one in between. When none is
 * free the scenario ends as an error.
 */
int32_t m_port(struct muster_ctx *t);
/*
 * Stops it now, where the cleanup would do so later, and returns how it ended, as waitpid() has it: WIFEXITED() and its
 * like read that. One that has ended before, or was stopped, gives the same again. One that outlives SIGKILL is told as
 * an error in the log, and as ended by that signal here.
 */
int m_process_stop(struct m_process *process);

M_KIT_END_

/* For kill(2), as long as it is running. */
int32_t m_process_pid(const struct m_process *process);
/* Whether it has not ended yet. */
int32_t m_process_is_running(const struct m_process *process);
/* The path of its log, to be read at any time. */
const char *m_process_log(const struct m_process *process);

#define M_ARGV(...) M_LIST_(__VA_ARGS__)
#define M_ENV(...)  M_LIST_(__VA_ARGS__)
#ifndef MUSTER_NO_SHORT_NAMES
#define ARGV(...) M_ARGV(__VA_ARGS__)
#define ENV(...)  M_ENV(__VA_ARGS__)
#endif

#ifdef __cplusplus
}
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_(struct m_process *, m_process_start, (t, options), struct muster_ctx *t,
          const struct m_process_options *options)
M_PLACED_(struct m_process *, m_process_try_start, (t, options, ret_why), struct muster_ctx *t,
          const struct m_process_options *options, const char **ret_why)
M_PLACED_(const char *, m_process_line, (process, text, timeout_ms), struct m_process *process, const char *text,
          uint64_t timeout_ms)
M_PLACED_(int32_t, m_port, (t), struct muster_ctx *t)
M_PLACED_(int, m_process_stop, (process), struct m_process *process)
#ifdef M_PLACED_IN_C_
#define m_process_start(...)     m_process_start_at_(M_HERE_, __VA_ARGS__)
#define m_process_try_start(...) m_process_try_start_at_(M_HERE_, __VA_ARGS__)
#define m_process_line(...)      m_process_line_at_(M_HERE_, __VA_ARGS__)
#define m_port(...)              m_port_at_(M_HERE_, __VA_ARGS__)
#define m_process_stop(...)      m_process_stop_at_(M_HERE_, __VA_ARGS__)
#endif

#endif

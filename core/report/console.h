/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console of a live run: a line for each case as it ends, a progress block below on a terminal, the
 * failures again at the end.
 *
 * A console is an event sink that reads what it prints from the model, so the model must have had the event
 * before. Events only gather text; console_flush() writes it, without waiting for a reader, at most ten times a second
 * or so, and console_deadline() says when it wants to be called next. The caller's clock is the events': ns since the
 * run started. Nothing here reads a clock or asks the terminal, so a test sees exactly what a user does.
 *
 * The progress block is the last text on the terminal, without a final newline, and is erased before anything
 * else is printed: use console_message() for a line of the runner's own in between.
 */
#ifndef MUSTER_REPORT_CONSOLE_H
#define MUSTER_REPORT_CONSOLE_H

#include "report/output_reader.h"

enum console_color { CONSOLE_COLOR_AUTO, CONSOLE_COLOR_ALWAYS, CONSOLE_COLOR_NEVER };

/* "auto", "always", "never"; 0 or -EINVAL. */
int console_color_parse(const char *name, enum console_color *ret_color);
/* Auto: on a terminal that is not dumb, without NO_COLOR. The last two are the environment's, NULL when unset. */
bool console_wants_color(enum console_color color, bool is_tty, const char *no_color, const char *term);

struct console_options {
    int fd;        /* stays the caller's */
    bool progress; /* a terminal: keep the progress block up to date */
    bool color;
    bool defuse;          /* base/ci_text.h */
    bool utf8;            /* as in struct style */
    size_t width, height; /* of the terminal; 0: there is none, and neither wrapping nor progress */
    int verbosity;        /* -1 only what went wrong, 0, 1 also steps and logs, 2 everything */
    bool setup_show;      /* a line when a fixture is set up, is ready, and is torn down */
};

struct console;

/* The model outlives the console. */
struct console *console_new(const struct console_options *options, const struct run_model *model);
void console_event(struct console *console, const struct event *event);
/* The terminal has another size now, if it is another. What stands of the progress block has been wrapped anew by it.
 */
void console_resize(struct console *console, size_t width, size_t height);
/* A line of the runner's own, such as "interrupted: ending the attempts"; without a newline. */
void console_message(struct console *console, const char *text);
/* The same for text of several lines, which are not wrapped. */
void console_lines(struct console *console, const char *text);
/* Writes what is due. */
void console_flush(struct console *console, int64_t now_ns);
/* When console_flush() has something to do again; NEVER when only an event can change that. */
int64_t console_deadline(const struct console *console);
/* Erases the progress, prints the failures and the summary (human.h) and writes all of it; to be called once,
 * after run.ended. Returns 0 or the negative errno of the first write that failed. */
int console_finish(struct console *console, const struct output_reader *source);
void console_free(struct console *console);

#endif

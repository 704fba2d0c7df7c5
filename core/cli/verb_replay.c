/* SPDX-License-Identifier: Apache-2.0 */
/* muster replay: the console of a run again. */
#include "artifacts/format.h"
#include "base/ci_text.h"
#include "base/cleanup.h"
#include "base/terminal.h"
#include "cli/cli.h"
#include "cli/configuring.h"
#include "cli/named_run.h"
#include "cli/rerun_text.h"
#include "evidence/past_run.h"
#include "evidence/recording.h"
#include "evidence/run_folder.h"
#include "report/console.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct replay_settings {
    const char *out;
    int verbose, color; /* enum console_color */
    bool quiet, setup_show;
    struct configuring configuring;
};

#define AT(member_) offsetof(struct replay_settings, member_)

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_COUNT, 'v', "verbose", NULL, "Steps and logs as they came; twice: debug lines too.", AT(verbose), NULL},
    {OPTION_FLAG, 'q', "quiet", NULL, "Only what went wrong, and the summary.", AT(quiet), NULL},
    {OPTION_FLAG, 0, "setup-show", NULL, "Say when fixtures were set up, ready and torn down.", AT(setup_show), NULL},
    {OPTION_CHOICE, 0, "color", "WHEN", "auto (the default), always or never.", AT(color), evidence_choose_color},
    OPTION_RUNS_OUT(struct replay_settings, out),
    OPTIONS_CONFIGURING(struct replay_settings, configuring),
    OPTIONS_END,
};

static const char details[] =
    "What the console of the run has said, from its events: with -v also what it had\n"
    "not been asked for then. Nothing is printed of a log that was changed.\n\n" RUN_TEXT " Without it,\n"
    "the latest.\n";

static struct console *make_console(const struct replay_settings *s, const struct run_model *model)
{
    struct terminal terminal;
    bool is_tty = terminal_look(STDOUT_FILENO, &terminal);
    /* Without a progress block: nothing is going on. */
    const struct console_options o = {
        .fd = STDOUT_FILENO,
        .color = console_wants_color((enum console_color)s->color, is_tty, getenv("NO_COLOR"), getenv("TERM")),
        .defuse = ci_reads_output(),
        .utf8 = terminal.utf8,
        .width = terminal.size.columns,
        .height = terminal.size.rows,
        .verbosity = s->verbose > 0 ? s->verbose
                     : s->quiet     ? -1
                                    : 0, /* quiet may be configured, for runs */
        .setup_show = s->setup_show};
    return console_new(&o, model);
}

static void on_event(void *data, const struct event *event)
{
    console_event(data, event);
}

static int kept_bundle(int dir)
{
    for (int f = 0; f < BUNDLE_N_FORMATS; f++)
        if (faccessat(dir, bundle_file_name((enum bundle_format)f), F_OK, 0) == 0)
            return f;
    return BUNDLE_NONE;
}

/* The last lines of a run: where its evidence is, and how to go on. */
static void say_end(const struct past_run *run, const char *path)
{
    autobuf struct buf say = {0}, rerun = {0};
    if (run->dir >= 0)
        run_folder_say(run->dir, path, kept_bundle(run->dir), &say);
    else
        buf_addf(&say, "    Evidence %s\n", path);
    rerun_text_add(&rerun, &run->model, path);
    if (rerun.len > 0)
        buf_addf(&say, "       Rerun %s\n", buf_str(&rerun));
    cli_print(&say);
}

static int replay(const struct replay_settings *s, const char *path)
{
    autoerr struct err err = {0};
    struct past_run run = {.dir = -1};
    struct console *console = make_console(s, &run.model);
    const struct event_sink sink = {on_event, console};
    int r = past_run_read(&run, path, &sink, &err);
    if (r == 0)
        r = past_run_check_begun(&run, path, &err);
    if (r == 0)
        r = past_run_take_outputs(&run, REPORT_HUMAN, NULL, &err);
    if (r == 0)
        cli_note_output(console_finish(console, &run.source));
    if (r == 0)
        say_end(&run, path);
    else
        cli_complain("%s", err_text(&err));
    console_free(console);
    past_run_close(&run);
    return r < 0 ? cli_usage_unless_system(r) : EXIT_OK;
}

static int main_replay(const struct verb *verb, int argc, char **argv)
{
    struct replay_settings s = {.out = "muster-out", .color = CONSOLE_COLOR_AUTO};
    struct option_list operands = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status)) {
        autofree char *path = NULL;
        if (operands.n > 1)
            status = cli_usage(verb, "one run at a time");
        else
            path = named_run(operands.n ? operands.items[0] : NULL, s.out, &status);
        if (path)
            status = replay(&s, path = named_run_itself(path));
    }
    option_list_free(&operands);
    return status;
}

const struct verb verb_replay = {.name = "replay",
                                 .usage = "replay [OPTION]... [RUN]",
                                 .summary = "Show the console of a run again, from its events.",
                                 .details = details,
                                 .options = options,
                                 .main = main_replay};

/* SPDX-License-Identifier: Apache-2.0 */
/* muster: which verb? */
#include "base/ci_text.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/machine_error.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/configured.h"

#include <muster/plugin.h>

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct verb *const cli_verbs[] = {
    &verb_run,   &verb_list,    &verb_steps,   &verb_target,  &verb_inspect, &verb_verify,     &verb_report,
    &verb_runs,  &verb_show,    &verb_compare, &verb_explain, &verb_replay,  &verb_flaky,      &verb_slow,
    &verb_merge, &verb_cleanup, &verb_config,  &verb_new,     &verb_doctor,  &verb_completion, NULL};

static bool output_failed;

void cli_print(struct buf *text)
{
    if (ci_reads_output())
        ci_defuse(text);
    cli_print_data(text);
}

void cli_print_data(const struct buf *text)
{
    cli_note_output(io_write_all(STDOUT_FILENO, text->data, text->len));
}

void cli_note_output(int error)
{
    if (error >= 0 || error == -EPIPE || output_failed)
        return;
    cli_complain("writing to stdout: %s", strerror(-error));
    output_failed = true;
}

static void __attribute__((format(printf, 1, 0))) complain(const char *fmt, va_list ap)
{
    autobuf struct buf line = {0};
    char *text = xvasprintf(fmt, ap);
    buf_adds(&line, "muster: ");
    terminal_add(&line, text, strlen(text)); /* it may quote a plugin or a file */
    buf_addc(&line, '\n');
    if (ci_reads_output())
        ci_defuse(&line);
    io_write_all(STDERR_FILENO, line.data, line.len);
    free(text);
}

void cli_complain(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    complain(fmt, ap);
    va_end(ap);
}

void cli_tell_of_bundle(int64_t elapsed_ns)
{
    cli_complain("the bundle is being written, for %lld s so far; ^C ends that", (long long)(elapsed_ns / NS_PER_S));
}

int cli_usage(const struct verb *verb, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    complain(fmt, ap);
    va_end(ap);
    fprintf(stderr, "Try 'muster %s --help'.\n", verb->name);
    return EXIT_USAGE;
}

int cli_usage_unless_system(int error)
{
    return is_machine_error(error) ? EXIT_RUNNER : EXIT_USAGE;
}

static void print_verb_help(const struct verb *verb)
{
    autobuf struct buf out = {0};
    buf_addf(&out, "Usage: muster %s\n\n%s\n", verb->usage, verb->summary);
    options_help(verb->options, &out);
    buf_addf(&out, "%28s%s\n", "  -h, --help                ", "Show this help.");
    if (verb->details)
        buf_addf(&out, "\n%s", verb->details);
    cli_print(&out);
}

static bool knows(const struct verb *verb, const char *name, size_t len)
{
    autofree char *word = xstrndup(name, len);
    return option_find(verb->options, word) != NULL;
}

/* What is to be said of the first --option that this verb lacks, and others have. malloc'd; NULL: nothing. */
static char *verbs_with_unknown(const struct verb *verb, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        size_t len = strncmp(argv[i], "--", 2) == 0 ? strcspn(argv[i] + 2, "=") : 0;
        if (len == 0 || knows(verb, argv[i] + 2, len))
            continue;
        autobuf struct buf others = {0};
        for (size_t v = 0; cli_verbs[v]; v++)
            if (knows(cli_verbs[v], argv[i] + 2, len))
                buf_addf(&others, "%smuster %s", others.len > 0 ? ", " : "", cli_verbs[v]->name);
        return others.len > 0
                   ? xasprintf("unknown option --%.*s: it is one of %s", (int)len, argv[i] + 2, buf_str(&others))
                   : NULL;
    }
    return NULL;
}

/* What is configured comes first: of two values the later one counts. */
static int apply_options(const struct option *table, const struct option_values *given, void *settings, struct err *err)
{
    struct option_values values = {0};
    int r = 0;
    if (option_find(table, "config")) {
        r = configured_read(given, err);
        if (r == 0)
            r = configured_values(table, &values, err);
    }
    if (r == 0)
        r = options_apply(&values, settings, err);
    if (r == 0)
        r = options_apply(given, settings, err);
    option_values_free(&values);
    return r;
}

bool cli_options(const struct verb *verb, int argc, char **argv, void *settings, struct option_list *ret_operands,
                 int *ret_status)
{
    autoerr struct err err = {0};
    struct option_values given = {0};
    bool help;
    int r = options_collect(verb->options, argc, argv, &given, ret_operands, &help, &err);
    if (r < 0) {
        autofree char *others = verbs_with_unknown(verb, argc, argv);
        bool unknown = strncmp(err_text(&err), "unknown option", 14) == 0;
        if (others && unknown)
            err_set(&err, r, "%s", others);
    } else if (!help) {
        r = apply_options(verb->options, &given, settings, &err);
    }
    option_values_free(&given);
    if (r < 0) {
        *ret_status = cli_usage(verb, "%s", err_text(&err));
        return false;
    }
    if (help) {
        print_verb_help(verb);
        *ret_status = EXIT_OK;
    }
    return !help;
}

static void print_help(void)
{
    autobuf struct buf out = {0};
    buf_adds(&out, "Usage: muster VERB [OPTION]... [ARGUMENT]...\n\n"
                   "Runs end-to-end scenarios that plugins bring, each in a process of its own, and\n"
                   "leaves evidence that can be verified.\n\nVerbs:\n");
    for (size_t i = 0; cli_verbs[i]; i++)
        buf_addf(&out, "  %-10s %s\n", cli_verbs[i]->name, cli_verbs[i]->summary);
    buf_adds(&out, "\n'muster VERB --help' tells more of a verb. 'muster --version' prints versions.\n\n"
                   "Exit status: 0 passed; 1 scenarios failed; 2 interrupted; 3 the runner failed;\n"
                   "4 usage; 5 nothing selected; 6 a plugin could not be loaded; 7 cleanup left\n"
                   "something behind; 8 a threshold was missed.\n");
    cli_print(&out);
}

static void print_version(void)
{
    autobuf struct buf out = {0};
    buf_addf(&out, "muster %s (plugin interface %d.%d)\n", MUSTER_VERSION, MUSTER_ABI_MAJOR, MUSTER_ABI_MINOR);
    cli_print(&out);
}

/* Usual words of other tools, each with what there is for it here. */
static const char *verb_elsewhere(const char *word)
{
#define RERUN "'muster run --rerun failed' runs again what failed"
    static const struct {
        const char *word, *advice;
    } words[] = {
        {"rerun", RERUN},
        {"retry", RERUN},
        {"results", "'muster show' shows the results of a run"},
        {"view", "'muster show' shows the results of a run"},
        {"summary", "'muster show' shows the results of a run"},
        {"test", "'muster run' runs scenarios"},
        {"exec", "'muster run' runs scenarios"},
        {"start", "'muster run' runs scenarios"},
        {"ls", "'muster list' shows scenarios"},
        {"collect", "'muster list' shows what would run"},
        {"discover", "'muster list' shows what would run"},
        {"clean", "'muster cleanup' undoes what runs have left, 'muster runs --prune' removes old runs"},
        {"check", "'muster inspect' checks a plugin or a file of scenarios, 'muster verify' a run's evidence"},
        {"validate", "'muster inspect' checks a plugin or a file of scenarios, 'muster verify' a run's evidence"},
        {"lint", "'muster inspect' checks a plugin or a file of scenarios"},
        {"describe", "'muster inspect' shows a plugin, 'muster steps' its steps"},
        {"combine", "'muster merge' makes one run of several shards"},
        {"diff", "'muster compare' tells what is another in two runs"},
        {"history", "'muster runs' lists runs"},
        {"prune", "'muster runs --prune' removes old runs"},
        {"gc", "'muster runs --prune' removes old runs"},
        {"version", "'muster --version' says it"},
    };
#undef RERUN
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(words[i].word, word) == 0)
            return words[i].advice;
    return NULL;
}

static int unknown_verb(const char *name)
{
    const char *advice = verb_elsewhere(name);
    struct suggestion s = suggest_start(name);
    for (size_t i = 0; cli_verbs[i]; i++)
        suggest_offer(&s, cli_verbs[i]->name);
    if (advice)
        cli_complain("unknown verb %s: %s", name, advice);
    else if (*name == '-')
        cli_complain("unknown option %s: a verb comes first, as in 'muster run %s'", name, name);
    else if (s.best)
        cli_complain("unknown verb %s: did you mean %s?", name, s.best);
    else
        cli_complain("unknown verb %s", name);
    fputs("Try 'muster --help'.\n", stderr);
    return EXIT_USAGE;
}

static int help_with(const char *name)
{
    for (size_t i = 0; cli_verbs[i]; i++) {
        if (strcmp(cli_verbs[i]->name, name) == 0) {
            print_verb_help(cli_verbs[i]);
            return EXIT_OK;
        }
    }
    return unknown_verb(name);
}

/* A closed standard descriptor would be given to the next file that is opened, and printed into. */
static void open_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            open("/dev/null", O_RDWR);
}

static int call_verb(int argc, char **argv)
{
    if (argc < 2) {
        cli_complain("which verb?");
        fputs("Try 'muster --help'.\n", stderr);
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "help") == 0 && argc > 2)
        return help_with(argv[2]);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help();
        return EXIT_OK;
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        print_version();
        return EXIT_OK;
    }
    for (size_t i = 0; cli_verbs[i]; i++) {
        if (strcmp(cli_verbs[i]->name, name) != 0)
            continue;
        if (argc > 2 && strcmp(argv[2], "--version") == 0) {
            print_version();
            return EXIT_OK;
        }
        return cli_verbs[i]->main(cli_verbs[i], argc - 1, argv + 1);
    }
    return unknown_verb(name);
}

int main(int argc, char **argv)
{
    open_standard_descriptors();
    signal(SIGPIPE, SIG_IGN);
    setlocale(LC_CTYPE, "C.UTF-8"); /* widths of characters */
    int status = call_verb(argc, argv);
    configured_free();
    return output_failed ? EXIT_RUNNER : status;
}

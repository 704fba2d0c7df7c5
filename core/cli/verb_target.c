/* SPDX-License-Identifier: Apache-2.0 */
/* muster target: what a target file says. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "tables/fetch.h"

#include <string.h>

struct target_settings {
    int64_t load_timeout_ns;
};

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_DURATION, 0, "load-timeout", "TIME", "For reading the file. Default: 10s.",
     offsetof(struct target_settings, load_timeout_ns), NULL},
    OPTIONS_END,
};

static const char details[] = "show FILE prints what attempts are given of a target file: JSON, every short form\n"
                              "written out, every default filled in, each entry with its place.\n\n"
                              "  muster target show acme.target.yaml\n";

static int show(const struct target_settings *s, const char *path)
{
    autoerr struct err err = {0};
    struct table_helper helper = {.sock = -1, .signals = -1, .limit_ns = s->load_timeout_ns};
    struct arena arena = {0};
    struct target_info target;
    int e = target_fetch(&helper, path, &arena, &target, &err);
    if (e < 0) {
        cli_complain("%s", err_text(&err));
    } else {
        autobuf struct buf out = {0};
        buf_addf(&out, "%s\n", target.json);
        cli_print_data(&out);
    }
    arena_free(&arena);
    table_helper_end(&helper);
    return e == 0 ? EXIT_OK : cli_usage_unless_system(e);
}

static int main_target(const struct verb *verb, int argc, char **argv)
{
    struct target_settings s = {.load_timeout_ns = 10 * NS_PER_S};
    struct option_list operands = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status)) {
        const char *what = operands.n > 0 ? operands.items[0] : NULL;
        if (!what || strcmp(what, "show") != 0)
            status = cli_usage(verb, "what to do with the target file? It takes: show FILE");
        else if (operands.n != 2)
            status = cli_usage(verb, "show: it takes one FILE");
        else
            status = show(&s, operands.items[1]);
    }
    option_list_free(&operands);
    return status;
}

const struct verb verb_target = {.name = "target",
                                 .usage = "target show FILE",
                                 .summary = "Look at a target file: what operations are on a platform.",
                                 .details = details,
                                 .options = options,
                                 .main = main_target};

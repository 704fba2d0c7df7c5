/* SPDX-License-Identifier: Apache-2.0 */
/* muster completion: the script with which a shell completes muster's command line. */
#include "cli/cli.h"
#include "cli/completion.h"

#include <string.h>

static const struct option options[] = {
    OPTIONS_END,
};

static int main_completion(const struct verb *verb, int argc, char **argv)
{
    struct option_list operands = {0};
    int status;
    if (cli_options(verb, argc, argv, NULL, &operands, &status)) {
        if (operands.n != 1 || strcmp(operands.items[0], "bash") != 0) {
            status = cli_usage(verb, "for which shell? It knows bash: muster completion bash");
        } else {
            autobuf struct buf out = {0};
            completion_add_bash(cli_verbs, &out);
            cli_print_data(&out);
            status = EXIT_OK;
        }
    }
    option_list_free(&operands);
    return status;
}

static const char details[] = "In ~/.bashrc: source <(muster completion bash)\n";

const struct verb verb_completion = {.name = "completion",
                                     .usage = "completion bash",
                                     .summary = "Print a script that completes muster's command line.",
                                     .details = details,
                                     .options = options,
                                     .main = main_completion};

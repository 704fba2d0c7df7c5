/* SPDX-License-Identifier: Apache-2.0 */
/* How text looks on our standard output. */
#include "cli/stdout_style.h"

#include "base/terminal.h"
#include "report/console.h"

#include <stdlib.h>
#include <unistd.h>

struct style stdout_style(void)
{
    struct terminal terminal;
    bool is_tty = terminal_look(STDOUT_FILENO, &terminal);
    return (struct style){.color = console_wants_color(CONSOLE_COLOR_AUTO, is_tty, getenv("NO_COLOR"), getenv("TERM")),
                          .utf8 = terminal.utf8,
                          .width = terminal.size.columns};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* gdb, attached to an attempt. */
#include "forensics/debugger.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/spawn.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int debugger_start(pid_t pid, const char *file, uint32_t line, pid_t *ret_debugger)
{
    char number[16];
    snprintf(number, sizeof number, "%d", (int)pid);
    autofree char *attached = xasprintf("shell kill -CONT %d", (int)getpid());
    autofree char *stop = *file ? xasprintf("tbreak %s:%u", file, line) : xstrdup("echo");
    /* "sysroot": else it reads programs in the namespace of the process, which an ordinary user may not.
     * "pending": without a terminal gdb would answer its own questions, and quit before anything was seen. */
    char *const argv[] = {(char *)"gdb",
                          (char *)"-q",
                          (char *)"-iex",
                          (char *)"set sysroot /",
                          (char *)"-iex",
                          (char *)"set pagination off", /* its greeting would wait for a key, page by page */
                          (char *)"-p",
                          number,
                          (char *)"-ex",
                          (char *)"set breakpoint pending off",
                          (char *)"-ex",
                          stop,
                          (char *)"-ex",
                          attached,
                          (char *)"-ex",
                          (char *)"echo The scenario has not begun: `continue` runs it.\\n",
                          NULL};
    /* At the terminal: it is who talks there. */
    const struct spawn gdb = {
        .program = argv[0], .argv = argv, .fds = {SPAWN_OURS, SPAWN_OURS, SPAWN_OURS}, .n_fds = 3};
    int r = spawn(&gdb, ret_debugger);
    if (r < 0) {
        *ret_debugger = 0;
        fprintf(stderr, "muster: --debugger: gdb could not be started: %s\n", strerror(-r));
    }
    return r;
}

void debugger_wait(pid_t *debugger)
{
    while (*debugger > 0 && waitpid(*debugger, NULL, 0) < 0 && errno == EINTR)
        ;
    *debugger = 0;
}

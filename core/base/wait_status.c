/* SPDX-License-Identifier: Apache-2.0 */
/* Ends of processes, in words. */
#include "base/wait_status.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

const char *describe_signal(int signo)
{
    static char text[24];
    const char *name = sigabbrev_np(signo);
    if (name)
        snprintf(text, sizeof text, "SIG%s", name);
    else
        snprintf(text, sizeof text, "signal %d", signo);
    return text;
}

char *describe_wait_status(int status)
{
    if (WIFSIGNALED(status))
        return xasprintf("was ended by %s", describe_signal(WTERMSIG(status)));
    return xasprintf("exited with status %d", WEXITSTATUS(status));
}

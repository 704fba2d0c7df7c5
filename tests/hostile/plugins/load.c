/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plugins that misbehave while they are loaded. Built once for each LOAD_..., since a plugin can be loaded in one
 * way only.
 */
#include "bystanders.h"

#include <stdlib.h>

#if defined(LOAD_CONSTRUCTOR_CRASHES)
#define IN_CONSTRUCTOR *(volatile int *)0 = 1
#elif defined(LOAD_CONSTRUCTOR_HANGS)
#define IN_CONSTRUCTOR                                                                                                 \
    for (;;)                                                                                                           \
    pause()
#elif defined(LOAD_CONSTRUCTOR_PRINTS)
#define IN_CONSTRUCTOR printf("hello from the constructor\n")
#elif defined(LOAD_CONSTRUCTOR_EXITS)
#define IN_CONSTRUCTOR fputs("no licence file\n", stderr), exit(0)
#elif defined(LOAD_CONSTRUCTOR_CLOSES_ALL)
#define IN_CONSTRUCTOR close_range(0, ~0u, 0)
#elif defined(LOAD_CONSTRUCTOR_DAEMONISES)
#define IN_CONSTRUCTOR daemonise()
#elif defined(LOAD_CONSTRUCTOR_LINGERS)
#define IN_CONSTRUCTOR linger()
#elif defined(LOAD_ENTRY_CRASHES)
#define IN_ENTRY *(volatile int *)0 = 1
#elif defined(LOAD_ENTRY_EXITS)
#define IN_ENTRY _exit(0)
#elif defined(LOAD_ENTRY_HANGS)
#define IN_ENTRY                                                                                                       \
    for (;;)                                                                                                           \
    pause()
#elif defined(LOAD_SYMBOL_IS_MISSING)
extern int hostile_nobody_defines_this(void);
#define IN_ENTRY hostile_nobody_defines_this()
#elif !defined(LOAD_WITHOUT_ENTRY) && !defined(LOAD_OTHER_MAJOR)
#error "say how"
#endif

#ifdef LOAD_CONSTRUCTOR_DAEMONISES
#include <signal.h>
#include <sys/wait.h>

/* One that never ends by itself, and holds nothing that would tell it of the runner's end. */
static void daemonise(void)
{
    pid_t between = fork();
    if (between == 0) {
        setsid();
        if (fork() != 0)
            _exit(0);
        signal(SIGTERM, SIG_IGN);
        close_range(0, ~0u, 0);
        for (;;)
            pause();
    }
    waitpid(between, NULL, 0);
}
#endif

#ifdef LOAD_CONSTRUCTOR_LINGERS
#include <fcntl.h>

/* Says into the fifo that it is under way, and stays for ever: for ended-loading.sh. Elsewhere it only does nothing. */
static void linger(void)
{
    const char *fifo = getenv("HOSTILE_FIFO");
    int fd = fifo ? open(fifo, O_WRONLY) : -1;
    if (fd < 0 || write(fd, "here\n", 5) != 5)
        return;
    close(fd);
    for (;;)
        pause();
}
#endif

#ifdef IN_CONSTRUCTOR
__attribute__((constructor)) static void misbehave(void)
{
    IN_CONSTRUCTOR;
}
MUSTER_PLUGIN("hostile.load", "1.0")
#endif

#ifdef IN_ENTRY
MUSTER_EXPORT const struct muster_plugin *muster_plugin_v1(uint32_t host_minor)
{
    (void)host_minor;
    IN_ENTRY;
    return NULL;
}
#endif

#ifdef LOAD_OTHER_MAJOR
MUSTER_EXPORT const void *muster_plugin_v2(uint32_t host_minor);
MUSTER_EXPORT const void *muster_plugin_v2(uint32_t host_minor)
{
    (void)host_minor;
    return NULL;
}
#endif

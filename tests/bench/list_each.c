/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-list-each LISTER JOBS FOLDER: runs LISTER once for each plugin of the folder, JOBS at a time; the
 * exec-per-plugin way of listing. posix_spawn, since a good engineer would not copy an address space for it.
 */
#include <errno.h>
#include <glob.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void start(const char *lister, char *plugin)
{
    char *argv[] = {(char *)lister, plugin, NULL};
    pid_t pid;
    int error = posix_spawn(&pid, lister, NULL, NULL, argv, environ);
    if (error != 0) {
        fprintf(stderr, "bench-list-each: %s: %s\n", lister, strerror(error));
        exit(3);
    }
}

static int one_ended_well(void)
{
    int status;
    return wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(int argc, char **argv)
{
    glob_t plugins;
    char pattern[4096];
    unsigned long jobs = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
    if (jobs == 0) {
        fprintf(stderr, "usage: bench-list-each LISTER JOBS FOLDER\n");
        return 4;
    }
    snprintf(pattern, sizeof(pattern), "%s/*.so", argv[3]);
    if (glob(pattern, 0, NULL, &plugins) != 0) {
        fprintf(stderr, "bench-list-each: no plugins in %s\n", argv[3]);
        return 4;
    }
    size_t running = 0;
    int good = 1;
    for (size_t i = 0; i < plugins.gl_pathc; i++) {
        if (running == jobs) {
            good &= one_ended_well();
            running--;
        }
        start(argv[1], plugins.gl_pathv[i]);
        running++;
    }
    for (; running > 0; running--)
        good &= one_ended_well();
    globfree(&plugins);
    return !good;
}

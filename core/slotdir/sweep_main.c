/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster-sweep: the program that removes temporary folders while nobody waits.
 *
 *   muster-sweep aside TEMP SLOTS [RUN]   removes what was set aside in the first two (slotdir/folder.h)
 *   muster-sweep all TEMP SLOTS [RUN]     removes these two themselves; then makes what scenarios left in the run's
 * folder readable by its owner
 *
 * It writes to standard output, now and then, how many entries it has removed, and ends when there is nothing left to
 * remove, also when nobody reads that. It is muster's, not a user's.
 */
#include "artifacts/tree.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/remove_tree.h"
#include "slotdir/folder.h"
#include "slotdir/temp_base.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EXIT_USAGE = 4, NICER = 10 };

struct progress {
    uint64_t before; /* of folders that are done */
    int64_t told_ns;
};

static bool tell(void *data, uint64_t steps)
{
    enum { STEPS_A_LOOK = 256 };
    struct progress *p = data;
    if (steps % STEPS_A_LOOK)
        return true;
    int64_t now = clock_mono();
    if (now < p->told_ns + NS_PER_S / 4)
        return true;
    char text[32];
    int len = snprintf(text, sizeof text, "%llu\n", (unsigned long long)p->before + steps);
    io_write_all(STDOUT_FILENO, text, (size_t)len);
    p->told_ns = now;
    return true;
}

static void count(struct removal *r, struct progress *p)
{
    p->before += r->steps;
    free(r->left);
}

static void remove_all(const char *path, struct progress *p)
{
    struct removal r = {.go_on = tell, .data = p};
    temp_base_discard(path, &r);
    count(&r, p);
}

static void remove_aside(const char *path, struct progress *p)
{
    autoclosedir DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (strchr(e->d_name, FOLDER_ASIDE)) {
            struct removal r = {.go_on = tell, .data = p};
            remove_tree(dirfd(dir), e->d_name, &r);
            count(&r, p);
        }
}

static void open_up(const char *run)
{
    autoclose int fd = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        tree_unbar(fd);
}

int main(int argc, char **argv)
{
    enum { VERB = 1, TEMP, SLOTS, RUN, ARGS_MAX };
    bool all = argc > SLOTS && argc <= ARGS_MAX && strcmp(argv[VERB], "all") == 0;
    if (!all && !(argc > SLOTS && argc <= ARGS_MAX && strcmp(argv[VERB], "aside") == 0)) {
        fputs("muster-sweep is muster's own helper for temporary folders\n", stderr);
        return EXIT_USAGE;
    }
    signal(SIGPIPE, SIG_IGN);
    if (!all)
        setpriority(PRIO_PROCESS, 0, NICER); /* what runs meanwhile comes first */
    struct progress p = {0};
    for (int i = TEMP; i <= SLOTS; i++) {
        if (all)
            remove_all(argv[i], &p);
        else
            remove_aside(argv[i], &p);
    }
    if (all && argc > RUN)
        open_up(argv[RUN]);
    return 0;
}

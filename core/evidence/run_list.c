/* SPDX-License-Identifier: Apache-2.0 */
/* Runs below a folder, the newest first. */
#include "evidence/run_list.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "record/evlog.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* A run on its way into the list. */
struct found {
    char *name;
    char *began; /* only of those that began in the same second as another; "": its log doesn't say */
};

enum { SECOND = sizeof "YYYYMMDD-HHMMSS" - 1 };

static bool is_same_second(const struct found *a, const struct found *b)
{
    return strncmp(a->name, b->name, SECOND) == 0;
}

static int newest_first(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    int order = x->began && y->began && is_same_second(x, y) ? strcmp(y->began, x->began) : 0;
    return order ? order : strcmp(y->name, x->name);
}

static char *read_beginning(int out, const char *name)
{
    autofree char *path = xasprintf("%s/%s", name, EVLOG_NAME);
    const char *what;
    autoclose int log = io_open_regular(out, path, &what);
    if (log < 0)
        return xstrdup("");
    const struct evlog_input input = evlog_input_file(&log);
    struct evlog_reader *reader = evlog_reader_open(&input);
    struct event event;
    autoerr struct err err = {0};
    bool knows = evlog_reader_next(reader, &event, &err) == 1 && event.type == EVENT_RUN_STARTED;
    char *began = xstrdup(knows ? event.run_started.started_at : "");
    evlog_reader_close(reader);
    return began;
}

/* The rest of a name is random: of runs of one second only the logs know which was first. */
static void tell_apart(struct found *runs, size_t n, int out)
{
    for (size_t i = 0; i < n; i++)
        if ((i > 0 && is_same_second(&runs[i], &runs[i - 1])) || (i + 1 < n && is_same_second(&runs[i], &runs[i + 1])))
            runs[i].began = read_beginning(out, runs[i].name);
}

static struct run_list sort(struct found *runs, size_t n, int out)
{
    struct run_list list = {.n = n, .cap = n};
    if (n == 0)
        return list;
    qsort(runs, n, sizeof *runs, newest_first);
    tell_apart(runs, n, out);
    qsort(runs, n, sizeof *runs, newest_first);
    list.names = xcalloc(n, sizeof *list.names);
    for (size_t i = 0; i < n; i++) {
        list.names[i] = runs[i].name;
        free(runs[i].began);
    }
    return list;
}

int run_list_make(struct run_list *ret_runs, const char *out, bool (*takes)(void *data, int out, const char *name),
                  void *data)
{
    struct found *runs = NULL;
    size_t n = 0, cap = 0;
    autoclosedir DIR *dir = opendir(out);
    if (!dir)
        return -errno;
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] == '.' || e->d_type == DT_LNK || !takes(data, dirfd(dir), e->d_name))
            continue;
        GROW(runs, n, cap);
        runs[n++] = (struct found){.name = xstrdup(e->d_name)};
    }
    *ret_runs = sort(runs, n, dirfd(dir));
    free(runs);
    return 0;
}

bool run_list_has_log(void *data, int out, const char *name)
{
    (void)data;
    autofree char *log = xasprintf("%s/%s", name, EVLOG_NAME);
    return faccessat(out, log, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

void run_list_free(struct run_list *runs)
{
    for (size_t i = 0; i < runs->n; i++)
        free(runs->names[i]);
    free(runs->names);
    *runs = (struct run_list){0};
}

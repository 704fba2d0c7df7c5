/* SPDX-License-Identifier: Apache-2.0 */
/* Which run is meant. */
#include "evidence/run_name.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_NAMED = 3 };

static int say_none(const char *out, struct err *err)
{
    return err_set(err, -ENOENT, "%s: no run is there: 'muster run' makes one, --out names another folder", out);
}

static int list(const char *out, struct run_list *ret_runs, struct err *err)
{
    int r = run_list_make(ret_runs, out, run_list_has_log, NULL);
    if (r == -ENOENT)
        return say_none(out, err);
    if (r < 0)
        return err_errno(err, r, "--out %s", out);
    return 0;
}

/* 0 for the latest; -1: it is no such word. */
static long how_far_back(const char *run)
{
    if (!run || strcmp(run, "latest") == 0)
        return 0;
    if (strcmp(run, "previous") == 0)
        return 1;
    if (run[0] != '-' || !run[1] || strspn(run + 1, "0123456789") != strlen(run + 1))
        return -1;
    errno = 0;
    long n = strtol(run + 1, NULL, 10);
    return errno == 0 && n > 0 ? n : -1;
}

/* The link may stand behind the newest: runs that go on at the same time end in any order. */
size_t run_name_latest(const struct run_list *runs, const char *out)
{
    autofree char *link = xasprintf("%s/latest", out);
    char target[PATH_MAX];
    ssize_t n = readlink(link, target, sizeof target - 1);
    target[n > 0 ? n : 0] = '\0';
    for (size_t i = 0; i < runs->n; i++)
        if (strcmp(runs->names[i], target) == 0)
            return i;
    return 0;
}

static int find_back(long back, const char *out, char **ret_path, struct err *err)
{
    autofree char *link = xasprintf("%s/latest", out);
    if (back == 0 && access(link, F_OK) == 0) {
        *ret_path = steal_ptr(&link);
        return 0;
    }
    struct run_list runs = {0};
    int r = list(out, &runs, err);
    if (r == 0) {
        size_t at = run_name_latest(&runs, out) + (size_t)back;
        if (runs.n == 0)
            r = say_none(out, err);
        else if (at >= runs.n)
            r = err_set(err, -ENOENT, "%s: there %s only %zu run%s: none that many before the latest", out,
                        runs.n == 1 ? "is" : "are", runs.n, runs.n == 1 ? "" : "s");
        else
            *ret_path = xasprintf("%s/%s", out, runs.names[at]);
    }
    run_list_free(&runs);
    return r;
}

static int say_several(const char *run, const char *out, const struct run_list *runs, size_t n, struct err *err)
{
    autobuf struct buf named = {0};
    size_t len = strlen(run), told = 0;
    for (size_t i = 0; i < runs->n && told < MOST_NAMED; i++)
        if (strncmp(runs->names[i], run, len) == 0)
            buf_addf(&named, "%s%s", told++ > 0 ? ", " : "", runs->names[i]);
    if (n > told)
        buf_addf(&named, " and %zu more", n - told);
    return err_set(err, -EINVAL, "%s: %zu runs below %s begin so: %s", run, n, out, buf_str(&named));
}

static int find_by_beginning(const char *run, const char *out, char **ret_path, struct err *err)
{
    struct run_list runs = {0};
    int r = list(out, &runs, err);
    if (r < 0)
        return err_prefix(err, "%s: no such file", run);
    size_t n = 0, found = 0, len = strlen(run);
    for (size_t i = 0; i < runs.n; i++) {
        if (strncmp(runs.names[i], run, len) != 0)
            continue;
        found = i;
        n++;
    }
    if (n == 1)
        *ret_path = xasprintf("%s/%s", out, runs.names[found]);
    else if (n == 0)
        r = err_set(err, -ENOENT, "%s: no such file, and no run below %s begins so: 'muster runs' lists them", run,
                    out);
    else
        r = say_several(run, out, &runs, n, err);
    run_list_free(&runs);
    return r;
}

int run_name_find(const char *run, const char *out, char **ret_path, struct err *err)
{
    if (run && (strchr(run, '/') || access(run, F_OK) == 0)) {
        if (access(run, F_OK) < 0)
            return err_errno(err, -errno, "%s", run);
        *ret_path = xstrdup(run);
        return 0;
    }
    long back = how_far_back(run);
    if (back >= 0)
        return find_back(back, out, ret_path, err);
    autofree char *below = xasprintf("%s/%s", out, run);
    if (*run && access(below, F_OK) == 0) {
        *ret_path = steal_ptr(&below);
        return 0;
    }
    return *run ? find_by_beginning(run, out, ret_path, err) : err_set(err, -ENOENT, "'' is no run");
}

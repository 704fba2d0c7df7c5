/* SPDX-License-Identifier: Apache-2.0 */
/* The coverage of the product's code by a run. */
#include "coverage/coverage.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "coverage/collector.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

int coverage_check(const char *objects, struct err *err)
{
    struct stat st;
    if (objects && *objects && stat(objects, &st) < 0)
        return err_errno(err, -errno, "--coverage=%s", objects);
    if (objects && *objects && !S_ISDIR(st.st_mode))
        return err_set(err, -ENOTDIR, "--coverage=%s: it is no folder", objects);
    if (tool_is_there("gcovr") || (tool_is_there("llvm-cov") && tool_is_there("llvm-profdata")))
        return 0;
    return err_set(err, -ENOENT,
                   "--coverage: no collector is installed: gcovr for gcc and for clang's --coverage (apt-get install "
                   "gcovr), llvm-profdata and llvm-cov for clang's -fprofile-instr-generate (apt-get install llvm)");
}

int coverage_begin(const char *run_path, char *ret_variables[COVERAGE_VARIABLES], struct err *err)
{
    if (strchr(run_path, '%')) /* a place holder, in LLVM_PROFILE_FILE */
        return err_set(err, -EINVAL, "--coverage: clang's counters can't be kept below a folder with a %% in its name");
    autofree char *counters = xasprintf("%s/" COVERAGE_COUNTERS, run_path);
    int r = io_mkdirs(AT_FDCWD, counters);
    if (r < 0)
        return err_errno(err, r, "--coverage: making the folder %s", counters);
    /* %m: processes that count for the same program or library add to one file, which they lock. */
    ret_variables[0] = xasprintf("GCOV_PREFIX=%s", counters);
    ret_variables[1] = xstrdup("GCOV_PREFIX_STRIP=0");
    ret_variables[2] = xasprintf("LLVM_PROFILE_FILE=%s/%%m.profraw", counters);
    ret_variables[3] = NULL;
    return 0;
}

static bool is_gcda(const char *path)
{
    return path_ends(path, ".gcda");
}

static bool is_profraw(const char *path)
{
    return path_ends(path, ".profraw");
}

static int nothing_written(struct err *err)
{
    return err_set(
        err, -ENODATA,
        "nothing that ran has written counters: build the product, or its plugins, with --coverage (gcc, "
        "clang) or with -fprofile-instr-generate -fcoverage-mapping (clang); a process that is killed writes "
        "none");
}

static void say_counts(const char *what, struct line_counts n, struct buf *say)
{
    buf_addf(say, "%scoverage%s: %.1f %% of %zu lines", say->len > 0 ? "; " : "", what,
             100.0 * (double)n.covered / (double)n.lines, n.lines);
}

/* With both, those of clang have a folder of their own. */
static int collect_both(struct collector *c, const char *top, const struct paths *gcda, const struct paths *profraw,
                        struct buf *say, struct err *err)
{
    autofree char *beside = xasprintf("%s/llvm", top);
    struct line_counts gcov = {0}, llvm = {0};
    int r = 0;
    if (gcda->n > 0) {
        c->to = top;
        r = collect_gcov(c, gcda, &gcov, err);
    }
    if (r == 0 && profraw->n > 0) {
        c->to = gcda->n > 0 ? beside : top;
        autofree char *html = xasprintf("%s/html", c->to);
        r = io_mkdirs(AT_FDCWD, html);
        r = r < 0 ? err_errno(err, r, "making the folder %s", html) : collect_llvm(c, profraw, &llvm, err);
    }
    if (r < 0)
        return r;
    if (gcov.lines + llvm.lines == 0)
        return err_set(err, -ENODATA,
                       "none of the sources that counters tell of is below %s: run it in the folder of the sources",
                       c->root);
    if (gcov.lines > 0)
        say_counts("", gcov, say);
    if (llvm.lines > 0)
        say_counts(gcov.lines > 0 ? " of clang's" : "", llvm, say);
    return 0;
}

static int collect_found(struct collector *c, const char *top, struct buf *say, struct err *err)
{
    autopaths gcda = {0}, profraw = {0};
    paths_below(c->counters, is_gcda, &gcda);
    paths_below(c->counters, is_profraw, &profraw);
    if (gcda.n + profraw.n == 0)
        return nothing_written(err);
    autofree char *html = xasprintf("%s/html", top);
    int r = io_mkdirs(AT_FDCWD, html);
    return r < 0 ? err_errno(err, r, "making the folder %s", html) : collect_both(c, top, &gcda, &profraw, say, err);
}

int coverage_collect(const struct coverage_collect *asked, int *ret_signo, struct buf *say, struct err *err)
{
    autofree char *counters = xasprintf("%s/" COVERAGE_COUNTERS, asked->run_path);
    autofree char *top = xasprintf("%s/" COVERAGE_FOLDER, asked->run_path);
    autofree char *log_path = xasprintf("%s/" COVERAGE_LOG, asked->run_path);
    autofree char *root = realpath(".", NULL);
    autoclose int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0 || !root)
        return err_errno(err, -errno, "%s", log < 0 ? log_path : "the working folder");
    *ret_signo = 0;
    struct collector c = {.objects = asked->objects,
                          .plugins = asked->plugins,
                          .n_plugins = asked->n_plugins,
                          .tools = {.signals = asked->signals, .log = log, .out = log, .interrupt = ret_signo},
                          .root = root,
                          .counters = counters};
    int r = collect_found(&c, top, say, err);
    bool silent = lseek(log, 0, SEEK_END) == 0;
    if (silent)
        unlink(log_path);
    if (r == 0 || r == -ENODATA)
        io_remove_tree(AT_FDCWD, counters);
    else if (!silent)
        err_set(err, r, "%s: see %s", err_text(err), log_path);
    if (r == -ENODATA && silent) /* no folder without anything in it */
        io_remove_tree(AT_FDCWD, top);
    return r;
}

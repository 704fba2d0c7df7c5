/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of a run. */
#include "evidence/run_folder.h"

#include "artifacts/format.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "coverage/coverage.h"
#include "record/evlog.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int run_folder_make(const char *out, const char *name, bool is_there, char **ret_shown, int *ret_dir, struct err *err)
{
    int r = io_mkdirs(AT_FDCWD, out);
    if (r < 0)
        return err_errno(err, r, "--out %s: making the folder", out);
    autofree char *shown = xasprintf("%s/%s", out, name);
    if (mkdir(shown, 0700) < 0 && !(is_there && errno == EEXIST))
        return err_errno(err, -errno, "making the folder %s", shown);
    int dir = open(shown, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir < 0)
        return err_errno(err, -errno, "opening the folder %s", shown);
    *ret_shown = steal_ptr(&shown);
    *ret_dir = dir;
    return 0;
}

int run_folder_open(const char *path, int *ret_dir, int *ret_log, struct err *err)
{
    autoclose int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return err_errno(err, -errno, "%s", path);
    const char *what;
    int log = io_open_regular(dir, EVLOG_NAME, &what);
    if (what)
        return err_set(err, -EILSEQ, "%s/%s: it is %s, not a regular file", path, EVLOG_NAME, what);
    if (log == -ENOENT)
        return err_set(err, log, "%s: no %s: not a run's folder", path, EVLOG_NAME);
    if (log < 0)
        return err_errno(err, log, "%s/%s", path, EVLOG_NAME);
    *ret_dir = steal_fd(&dir);
    *ret_log = log;
    return 0;
}

int run_folder_check_latest(const char *out, struct err *err)
{
    autofree char *link = xasprintf("%s/latest", out);
    struct stat st;
    if (lstat(link, &st) < 0 || S_ISLNK(st.st_mode))
        return 0;
    return err_set(err, -EEXIST,
                   "%s is %s, where muster makes a link to the newest run (a copy of a run, perhaps): it would go on "
                   "showing what it holds; "
                   "remove or rename it",
                   link, S_ISDIR(st.st_mode) ? "a folder" : "a file");
}

bool run_folder_link_latest(const char *out, const char *run_id)
{
    autofree char *link = xasprintf("%s/latest", out);
    autofree char *temp = xasprintf("%s/.latest-%s", out, run_id);
    struct stat st;
    if (lstat(link, &st) == 0 && !S_ISLNK(st.st_mode))
        return false; /* it came after run_folder_check_latest(): somebody's own */
    if (symlink(run_id, temp) < 0)
        return false;
    if (rename(temp, link) == 0)
        return true;
    unlink(temp); /* something else has the name: the run has its own folder all the same */
    return false;
}

/* Ids begin with the time of the run, as 20261125-151311. A run that began in the same second may have come later. */
static bool is_no_older_run(const char *out, const char *id, const char *run_id)
{
    enum { TIME = 15 };
    autofree char *log = xasprintf("%s/%s/%s", out, id, EVLOG_NAME);
    return strlen(id) == strlen(run_id) && !strchr(id, '/') && strncmp(id, run_id, TIME) >= 0 && access(log, F_OK) == 0;
}

char *run_folder_judge_latest(const char *out, const char *run_id)
{
    autofree char *link = xasprintf("%s/latest", out);
    char target[PATH_MAX];
    ssize_t n = readlink(link, target, sizeof target - 1);
    if (n < 0)
        return xstrdup("it is gone, or no link any more: somebody else has done that");
    target[n] = '\0';
    if (strcmp(target, run_id) == 0 || is_no_older_run(out, target, run_id))
        return NULL;
    return xasprintf("it points to %s, and not to this run or a newer one: somebody else has changed it", target);
}

int run_folder_check_junit(const struct report_settings *settings, struct err *err)
{
    if (!settings->junit)
        return 0;
    const char *slash = strrchr(settings->junit, '/');
    autofree char *folder = slash ? xasprintf("%.*s/", (int)(slash - settings->junit), settings->junit) : xstrdup(".");
    struct stat st;
    if (access(folder, W_OK | X_OK) < 0)
        return err_errno(err, -errno, "--junit %s: its folder", settings->junit);
    if (stat(settings->junit, &st) == 0 && !S_ISREG(st.st_mode))
        return err_set(err, -EISDIR, "--junit %s: it is no regular file", settings->junit);
    return 0;
}

int run_folder_reports(int dir, const struct run_model *model, const struct report_settings *settings, struct err *err)
{
    const struct output_reader source = output_reader_dir(&dir);
    const struct report_options o = {.family = (enum junit_family)settings->junit_family};
    int r = report_write_file(model, REPORT_JUNIT, &source, &o, dir, report_file_name(REPORT_JUNIT), err);
    if (r == 0)
        r = report_write_file(model, REPORT_JSON, &source, &o, dir, report_file_name(REPORT_JSON), err);
    if (r == 0)
        r = report_write_file(model, REPORT_HTML, &source, &o, dir, report_file_name(REPORT_HTML), err);
    if (r == 0 && settings->junit)
        r = report_write_file(model, REPORT_JUNIT, &source, &o, AT_FDCWD, settings->junit, err);
    return r;
}

void run_folder_say(int dir, const char *shown, int bundle, struct buf *out)
{
    const char *const names[] = {report_file_name(REPORT_JUNIT),
                                 report_file_name(REPORT_JSON),
                                 report_file_name(REPORT_HTML),
                                 COVERAGE_COBERTURA,
                                 COVERAGE_HTML,
                                 bundle != BUNDLE_NONE ? bundle_file_name((enum bundle_format)bundle) : NULL};
    buf_addf(out, "    Evidence %s/\n", shown);
    const char *between = "             ";
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (!names[i] || faccessat(dir, names[i], F_OK, 0) < 0)
            continue;
        buf_addf(out, "%s%s", between, names[i]);
        between = ", ";
    }
    if (*between == ',')
        buf_addc(out, '\n');
}

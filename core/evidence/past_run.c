/* SPDX-License-Identifier: Apache-2.0 */
/* A run that is over. */
#include "evidence/past_run.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/program.h"
#include "evidence/run_folder.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int to_model(void *data, const struct event *event, struct err *err)
{
    (void)err;
    struct past_run *p = data;
    p->is_whole = event->type == EVENT_RUN_ENDED; /* until another follows it */
    model_event(&p->model, event);
    return 0;
}

static int read_log(struct past_run *p, const struct evlog_input *input, const char *path, struct err *err)
{
    int r = evlog_read(input, &p->log, err, to_model, p);
    if (r < 0)
        err_prefix(err, "%s/%s", path, EVLOG_NAME);
    return r;
}

static int read_folder(struct past_run *p, const char *path, struct err *err)
{
    autoclose int log = -1;
    int r = run_folder_open(path, &p->dir, &log, err);
    if (r < 0)
        return r;
    p->source = output_reader_dir(&p->dir);
    const struct evlog_input input = evlog_input_file(&log);
    return read_log(p, &input, path, err);
}

static int read_bundle(struct past_run *p, const char *path, struct err *err)
{
    autofree char *helper = helper_path("muster-bundle");
    int r = bundle_open(helper, path, &p->bundle, err);
    if (r < 0)
        return r;
    if (!bundle_find(p->bundle, EVLOG_NAME))
        return err_set(err, -EINVAL, "%s: the bundle has no file %s", path, EVLOG_NAME);
    p->source = output_reader_bundle(p->bundle);
    const struct evlog_input input = evlog_input_bundle(p->bundle);
    return read_log(p, &input, path, err);
}

char *past_run_path(const char *run, const char *out)
{
    return strchr(run, '/') || access(run, F_OK) == 0 ? xstrdup(run) : xasprintf("%s/%s", out, run);
}

int past_run_open(struct past_run *p, const char *path, struct err *err)
{
    *p = (struct past_run){.dir = -1};
    model_init(&p->model);
    struct stat st;
    if (stat(path, &st) < 0)
        return err_errno(err, -errno, "%s", path);
    if (S_ISDIR(st.st_mode))
        return read_folder(p, path, err);
    const char *name = strrchr(path, '/');
    if (strcmp(name ? name + 1 : path, EVLOG_NAME) != 0)
        return read_bundle(p, path, err);
    autofree char *folder = name ? xstrndup(path, (size_t)(name - path) + 1) : xstrdup(".");
    return read_folder(p, folder, err);
}

void past_run_close(struct past_run *p)
{
    model_free(&p->model);
    if (p->bundle)
        bundle_close(p->bundle);
    close_fd(p->dir);
}

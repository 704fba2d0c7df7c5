/* SPDX-License-Identifier: Apache-2.0 */
/* A run that is over. */
#include "evidence/past_run.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/program.h"
#include "evidence/bundle_log.h"
#include "evidence/run_folder.h"
#include "evidence/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int to_model(void *data, const struct event *event, struct err *err)
{
    (void)err;
    struct past_run *p = data;
    p->is_whole = event->type == EVENT_RUN_ENDED; /* until another follows it */
    model_event(&p->model, event);
    if (p->also)
        p->also->event(p->also->data, event);
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

static int read_bundled_log(void *data, const struct evlog_input *input, struct evlog_summary *ret_log, struct err *err)
{
    struct past_run *p = data;
    int r = read_log(p, input, p->bundle, err);
    *ret_log = p->log;
    return r;
}

static int read_bundle(struct past_run *p, const char *path, struct err *err)
{
    struct verify_report report = {0};
    p->bundle = xstrdup(path);
    p->source = output_reader_bundle(NULL);
    int r = bundle_log_read(path, false, read_bundled_log, p, &report, &p->log, err);
    if (r == 0)
        r = verify_judge(&report, path, err);
    if (r == 0 && report.sizes[0] < 0)
        r = err_set(err, -EINVAL, "%s: the bundle has no file %s", path, EVLOG_NAME);
    if (r == 0)
        p->manifest = xstrdup(report.manifest);
    verify_report_free(&report);
    return r;
}

int past_run_open(struct past_run *p, const char *path, struct err *err)
{
    return past_run_read(p, path, NULL, err);
}

int past_run_read(struct past_run *p, const char *path, const struct event_sink *also, struct err *err)
{
    *p = (struct past_run){.also = also, .dir = -1, .spool = -1};
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

int past_run_check_begun(const struct past_run *p, const char *path, struct err *err)
{
    return *p->model.run_id
               ? 0
               : err_set(err, -EINVAL, "%s: its log is empty: the run has not begun, or was killed before", path);
}

/* What a report asks for. */
struct outputs {
    struct bundle_wanted *items;
    size_t n, cap;
    struct arena paths;
};

static int note_output(void *data, const char *path, size_t max_tail, struct buf *out, int64_t *ret_size)
{
    (void)out, (void)ret_size;
    struct outputs *o = data;
    GROW(o->items, o->n, o->cap);
    o->items[o->n++] = (struct bundle_wanted){.path = arena_strdup(&o->paths, path), .max_tail = (int64_t)max_tail};
    return -ENOENT;
}

/* By path, and of one path the longest first. */
static int compare_outputs(const void *a, const void *b)
{
    const struct bundle_wanted *x = a, *y = b;
    int order = strcmp(x->path, y->path);
    return order ? order : (x->max_tail < y->max_tail) - (x->max_tail > y->max_tail);
}

static int64_t sort_outputs(struct outputs *o)
{
    int64_t bytes = 0;
    size_t kept = 0;
    if (o->n > 0)
        qsort(o->items, o->n, sizeof *o->items, compare_outputs);
    for (size_t i = 0; i < o->n; i++) {
        if (kept > 0 && strcmp(o->items[kept - 1].path, o->items[i].path) == 0)
            continue;
        bytes += o->items[i].max_tail;
        o->items[kept++] = o->items[i];
    }
    o->n = kept;
    return bytes;
}

static int take_outputs(struct past_run *p, struct outputs *o, struct err *err)
{
    int64_t bytes = sort_outputs(o);
    if (o->n == 0)
        return 0;
    p->spool = spool_open(bytes, err);
    if (p->spool < 0)
        return p->spool;
    autofree char *helper = helper_path("muster-bundle");
    const struct bundle_check_options options = {
        .manifest = p->manifest, .wanted = o->items, .n_wanted = o->n, .stream = p->spool, .folder = -1};
    int r = bundle_open(helper, p->bundle, &options, &p->outputs, err);
    if (r == 0)
        p->source = output_reader_bundle(p->outputs);
    return r;
}

/* What reads files is done twice: at the first time for nobody, and it is noted what it asks for. */
int past_run_take(struct past_run *p, past_run_reading reading, void *data, struct err *err)
{
    if (!p->bundle)
        return 0;
    struct outputs wanted = {0};
    const struct output_reader noting = {note_output, &wanted};
    int r = reading(data, &p->model, &noting, err);
    if (r == 0)
        r = take_outputs(p, &wanted, err);
    free(wanted.items);
    arena_free(&wanted.paths);
    return r;
}

struct report_wanted {
    enum report_format format;
    const struct report_options *options;
};

static int report_to_nobody(void *data, const struct run_model *model, const struct output_reader *source,
                            struct err *err)
{
    const struct report_wanted *wanted = data;
    autoclose int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0)
        return err_errno(err, -errno, "/dev/null");
    return report_write(model, wanted->format, source, wanted->options, nowhere, err);
}

int past_run_take_outputs(struct past_run *p, enum report_format format, const struct report_options *options,
                          struct err *err)
{
    struct report_wanted wanted = {format, options};
    return past_run_take(p, report_to_nobody, &wanted, err);
}

void past_run_close(struct past_run *p)
{
    model_free(&p->model);
    bundle_close(p->outputs);
    close_fd(p->dir);
    close_fd(p->spool);
    free(p->bundle);
    free(p->manifest);
}

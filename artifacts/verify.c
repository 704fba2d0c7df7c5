/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying a bundle, through the helper: its answer, read. */
#include "artifacts/verify.h"

#include "artifacts/helper.h"
#include "base/cleanup.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

enum { STREAM_PIPE_SIZE = 1024 * 1024 };

static char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return xstrdup(text ? text : "");
}

static void read_problems(const json_t *list, struct verify_report *r)
{
    r->problems = xcalloc(json_array_size(list), sizeof *r->problems);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *p = json_array_get(list, i);
        r->problems[r->n_problems++] = (struct verify_problem){text_of(p, "member"), text_of(p, "why")};
    }
}

struct bundle_check {
    struct helper helper;
    size_t n_wanted;
    int stream; /* -1: the caller's own, or closed */
};

static void send_request(struct bundle_check *c, const struct bundle_check_options *o)
{
    autobuf struct buf request = {0};
    helper_add(&request, o->container ? "container" : "content");
    helper_add(&request, o->manifest ? o->manifest : "");
    for (size_t i = 0; i < o->n_wanted; i++) {
        helper_add(&request, o->wanted[i].path);
        helper_add(&request, o->wanted[i].to ? o->wanted[i].to : "");
        helper_add_int(&request, o->wanted[i].max_tail);
    }
    helper_add(&request, "");
    helper_send(&c->helper, request.data, request.len, o->folder);
}

int bundle_check_start(const char *helper, const char *path, const struct bundle_check_options *o,
                       struct bundle_check **ret_check, struct err *err)
{
    const char *const args[] = {"check", path, NULL};
    int ends[2] = {-1, -1};
    if (o->stream < 0 && pipe2(ends, O_CLOEXEC) < 0)
        return err_errno(err, -errno, "starting %s", helper);
    autoclose int from = ends[0], to = ends[1];
    if (from >= 0)
        fcntl(from, F_SETPIPE_SZ, STREAM_PIPE_SIZE); /* fewer turns; one that is not to be had is no matter */
    struct bundle_check *c = xmalloc(sizeof *c);
    int r = helper_start(helper, args, o->stream < 0 ? to : o->stream, &c->helper, err);
    if (r < 0) {
        free(c);
        return r;
    }
    c->n_wanted = o->n_wanted;
    c->stream = steal_fd(&from);
    send_request(c, o);
    *ret_check = c;
    return 0;
}

const int *bundle_check_stream(const struct bundle_check *c)
{
    return &c->stream;
}

static int64_t *read_sizes(const json_t *list)
{
    size_t n = json_array_size(list);
    int64_t *sizes = xcalloc(n, sizeof *sizes);
    for (size_t i = 0; i < n; i++)
        sizes[i] = json_integer_value(json_array_get(list, i));
    return sizes;
}

static int read_report(json_t *ok, size_t n_wanted, struct verify_report *ret_report, struct err *err)
{
    const json_t *problems = json_object_get(ok, "problems"), *sizes = json_object_get(ok, "sizes");
    if (!json_is_array(problems) || json_array_size(sizes) != n_wanted)
        return err_set(err, -EIO, "muster-bundle gave an answer without a verdict");
    *ret_report = (struct verify_report){
        .run = text_of(ok, "run"),
        .created = text_of(ok, "created"),
        .format = text_of(ok, "format"),
        .head = text_of(ok, "head"),
        .archiver = text_of(ok, "archiver"),
        .compressor = text_of(ok, "compressor"),
        .members = json_integer_value(json_object_get(ok, "members")),
        .bytes = json_integer_value(json_object_get(ok, "bytes")),
        .reencoded = json_is_true(json_object_get(ok, "reencoded")),
        .checksum = json_is_true(json_object_get(ok, "checksum")),
        .manifest = text_of(ok, "manifest"),
        .sizes = read_sizes(sizes),
    };
    read_problems(problems, ret_report);
    return 0;
}

int bundle_check_finish(struct bundle_check *c, struct verify_report *ret_report, struct err *err)
{
    json_t *ok = NULL;
    close_fd(c->stream); /* who waits to write the rest of it goes on without */
    int r = helper_finish(&c->helper, &ok, err);
    if (r == 0)
        r = read_report(ok, c->n_wanted, ret_report, err);
    free(c);
    json_decref(ok);
    return r;
}

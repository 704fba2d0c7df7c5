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

enum { LOG_PIPE_SIZE = 1024 * 1024 };

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
    int log; /* -1: closed */
};

int bundle_check_start(const char *helper, const char *path, struct bundle_check **ret_check, struct err *err)
{
    const char *const args[] = {"check", path, NULL};
    int log[2];
    if (pipe2(log, O_CLOEXEC) < 0)
        return err_errno(err, -errno, "starting %s", helper);
    autoclose int from = log[0], to = log[1];
    fcntl(from, F_SETPIPE_SZ, LOG_PIPE_SIZE); /* fewer turns; one that is not to be had is no matter */
    struct bundle_check *c = xmalloc(sizeof *c);
    int r = helper_start(helper, args, to, &c->helper, err);
    if (r < 0) {
        free(c);
        return r;
    }
    c->log = steal_fd(&from);
    *ret_check = c;
    return 0;
}

const int *bundle_check_log(const struct bundle_check *c)
{
    return &c->log;
}

static int read_report(json_t *ok, struct verify_report *ret_report, struct err *err)
{
    const json_t *problems = json_object_get(ok, "problems");
    if (!json_is_array(problems))
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
    };
    read_problems(problems, ret_report);
    return 0;
}

int bundle_check_finish(struct bundle_check *c, struct verify_report *ret_report, struct err *err)
{
    json_t *ok = NULL;
    close_fd(c->log); /* who waits to write the rest of it goes on without */
    int r = helper_finish(&c->helper, &ok, err);
    free(c);
    if (r == 0)
        r = read_report(ok, ret_report, err);
    json_decref(ok);
    return r;
}

int bundle_verify(const char *helper, const char *path, struct verify_report *ret_report, struct err *err)
{
    struct bundle_check *c;
    int r = bundle_check_start(helper, path, &c, err);
    return r < 0 ? r : bundle_check_finish(c, ret_report, err);
}

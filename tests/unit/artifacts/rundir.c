/* SPDX-License-Identifier: Apache-2.0 */
/* A run's directory for a test. */
#include "rundir.h"

#include "artifacts/pack.h"
#include "artifacts/verify_bundle.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka.h wants the headers above before it. */
#include <cmocka.h>

static const char EVENTS[] =
    "{\"v\":1,\"seq\":0,\"type\":\"run.started\"}\n{\"v\":1,\"seq\":1,\"type\":\"run.ended\"}\n";

struct rundir rundir_make(void)
{
    struct rundir r = {.path = "/tmp/muster-run-XXXXXX"};
    assert_non_null(mkdtemp(r.path));
    r.fd = open(r.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(r.fd >= 0);
    rundir_write(&r, "events.jsonl", EVENTS, strlen(EVENTS));
    rundir_write(&r, "junit.xml", "<testsuites/>\n", 14);
    rundir_write(&r, "cases/a.b/attempt-1/stdout.log", "hello\n", 6);
    const char *last = strchr(EVENTS, '\n') + 1;
    autodigest struct digest *d = digest_new();
    digest_add(d, last, strlen(last) - 1);
    digest_end(d, r.head);
    return r;
}

void rundir_remove(struct rundir *r)
{
    close(r->fd);
    io_remove_tree(AT_FDCWD, r->path);
}

void rundir_write(const struct rundir *r, const char *path, const void *data, size_t len)
{
    autofree char *dirs = xstrdup(path);
    char *slash = strrchr(dirs, '/');
    if (slash) {
        *slash = '\0';
        assert_int_equal(io_mkdirs(r->fd, dirs), 0);
    }
    assert_int_equal(io_write_file(r->fd, path, data, len), 0);
}

struct bundle_options rundir_options(const struct rundir *r, enum bundle_format format)
{
    return (struct bundle_options){
        .format = format, .run_id = "20261120-1", .created = 1795000000123456789, .head = r->head};
}

void rundir_pack(const struct rundir *r, enum bundle_format format, struct buf *ret_bundle)
{
    autoerr struct err err = {0};
    struct bundle_options o = rundir_options(r, format);
    struct bundle_result result;
    if (pack_run(r->fd, &o, &result, &err) < 0)
        fail_msg("%s", err_text(&err));
    assert_int_equal(io_read_file(r->fd, bundle_file_name(format), SIZE_MAX, ret_bundle), 0);
}

struct verify_report rundir_check(const struct rundir *r, const void *data, size_t len)
{
    autofree char *path = xasprintf("%s/suspect", r->path);
    autoclose int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(io_write_all(fd, data, len), 0);
    autoerr struct err err = {0};
    struct verify_report report;
    const struct bundle_check_options options = {.container = true, .stream = -1, .folder = -1};
    if (check_bundle(path, &options, &report, &err) < 0)
        fail_msg("%s", err_text(&err));
    return report;
}

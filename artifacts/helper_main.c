/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster-bundle: the program that writes and reads archives, so that muster need not load their libraries.
 *
 *   muster-bundle pack
 *       input: the run's directory as a descriptor; format, run id, start in ns, head, cap of artifacts, paths left out
 *   muster-bundle check BUNDLE
 *       descriptor 3: the stream; input: the folder as a descriptor, or none; "container" or "content", the manifest's
 *       SHA-256 or "", and of each member that is wanted its path, where it goes, or "", and how much of its end
 *
 * It answers on standard output as helper.h says. It is muster's, not a user's: its arguments may change with any
 * version.
 */
#include "artifacts/digest.h"
#include "artifacts/helper.h"
#include "artifacts/pack.h"
#include "artifacts/verify_bundle.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/json_out.h"
#include "base/mem.h"

#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>

enum { EXIT_USAGE = 4, EXIT_NO_ANSWER = 3 };

static void add_report(struct json_out *j, const struct verify_report *r, size_t n_wanted)
{
    json_open(j, "ok", '{');
    json_text(j, "run", r->run);
    json_text(j, "created", r->created);
    json_text(j, "format", r->format);
    json_text(j, "head", r->head);
    json_text(j, "archiver", r->archiver);
    json_text(j, "compressor", r->compressor);
    json_int(j, "members", r->members);
    json_int(j, "bytes", r->bytes);
    json_bool(j, "reencoded", r->reencoded);
    json_bool(j, "checksum", r->checksum);
    json_text(j, "manifest", r->manifest);
    json_open(j, "sizes", '[');
    for (size_t i = 0; i < n_wanted; i++)
        json_int(j, NULL, r->sizes[i]);
    json_close(j, ']');
    json_open(j, "problems", '[');
    for (size_t i = 0; i < r->n_problems; i++) {
        json_open(j, NULL, '{');
        json_text(j, "member", r->problems[i].member);
        json_text(j, "why", r->problems[i].why);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
}

/* Fields of requests; in the end of a check's three of each member. */
enum { FORMAT, RUN, CREATED, HEAD, ARTIFACTS_CAP, LEFT_OUT };
enum { GROUNDS, MANIFEST, WANTED, WANTED_PATH = 0, WANTED_TO, WANTED_TAIL, WANTED_N };

/* The fields point into *input. NULL with an error. */
static const char **receive(struct buf *input, size_t at_least, size_t *ret_n, int *ret_fd, struct err *err)
{
    int r = helper_receive(input, ret_fd);
    if (r < 0) {
        err_errno(err, r, "reading the request");
        return NULL;
    }
    autofree const char **fields = helper_fields(input, ret_n);
    if (!fields || *ret_n < at_least) {
        err_set(err, -EPROTO, "the request was cut off");
        return NULL;
    }
    return steal_ptr(&fields);
}

static int do_pack(char **argv, struct json_out *answer, struct err *err)
{
    (void)argv;
    /* Set up while nobody waits: the request comes when the run has ended. */
    digest_free(digest_new());
    autobuf struct buf input = {0};
    autoclose int dir = -1;
    size_t n;
    autofree const char **fields = receive(&input, LEFT_OUT, &n, &dir, err);
    if (!fields)
        return err->code;
    if (dir < 0)
        return err_set(err, -EPROTO, "the request was cut off");
    struct bundle_options o = {
        .run_id = fields[RUN],
        .created = strtoll(fields[CREATED], NULL, 10),
        .head = fields[HEAD],
        .artifacts_cap = strtoll(fields[ARTIFACTS_CAP], NULL, 10),
        .left_out = fields + LEFT_OUT,
    };
    if (bundle_format_parse(fields[FORMAT], &o.format) < 0)
        return err_set(err, -EINVAL, "there is no bundle format %s", fields[FORMAT]);
    struct bundle_result result;
    int r = pack_run(dir, &o, &result, err);
    if (r < 0)
        return r;
    json_open(answer, "ok", '{');
    json_int(answer, "above_cap", result.n_above_cap);
    json_close(answer, '}');
    return 0;
}

static struct bundle_wanted *wanted_of(const char **fields, size_t n)
{
    struct bundle_wanted *wanted = xcalloc(n, sizeof *wanted);
    for (size_t i = 0; i < n; i++, fields += WANTED_N)
        wanted[i] = (struct bundle_wanted){.path = fields[WANTED_PATH],
                                           .to = *fields[WANTED_TO] ? fields[WANTED_TO] : NULL,
                                           .max_tail = strtoll(fields[WANTED_TAIL], NULL, 10)};
    return wanted;
}

/* What is taken out is for our caller alone, and the folder that it was filling is somebody else's to remove. */
static void end_with_caller(void)
{
    struct pollfd answer = {.fd = STDOUT_FILENO};
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (poll(&answer, 1, 0) == 1 && answer.revents & POLLERR) /* it was gone before */
        raise(SIGTERM);
}

static int do_check(char **argv, struct json_out *answer, struct err *err)
{
    end_with_caller();
    autobuf struct buf input = {0};
    autoclose int folder = -1;
    size_t n;
    autofree const char **fields = receive(&input, WANTED, &n, &folder, err);
    if (!fields)
        return err->code;
    if ((n - WANTED) % WANTED_N != 0)
        return err_set(err, -EPROTO, "the request was cut off");
    autofree struct bundle_wanted *wanted = wanted_of(fields + WANTED, (n - WANTED) / WANTED_N);
    const struct bundle_check_options o = {.container = strcmp(fields[GROUNDS], "container") == 0,
                                           .manifest = *fields[MANIFEST] ? fields[MANIFEST] : NULL,
                                           .wanted = wanted,
                                           .n_wanted = (n - WANTED) / WANTED_N,
                                           .stream = HELPER_FD,
                                           .folder = folder};
    struct verify_report report = {0};
    signal(SIGPIPE, SIG_IGN); /* whoever reads the stream may stop */
    signal(SIGXFSZ, SIG_IGN); /* an error of writing is told as one */
    int r = check_bundle(argv[0], &o, &report, err);
    close_fd(HELPER_FD); /* the stream's end, before the answer is waited for */
    if (r < 0)
        return r;
    add_report(answer, &report, o.n_wanted);
    verify_report_free(&report);
    return 0;
}

static const struct {
    const char *verb;
    int n_args;
    int (*run)(char **argv, struct json_out *answer, struct err *err);
} VERBS[] = {{"pack", 0, do_pack}, {"check", 1, do_check}};

static int answer_to(int (*run)(char **, struct json_out *, struct err *), char **argv)
{
    autobuf struct buf ok = {0}, failed = {0};
    autoerr struct err err = {0};
    struct json_out j = {.out = &ok};
    json_open(&j, NULL, '{');
    int r = run(argv, &j, &err);
    if (r < 0) {
        j = (struct json_out){.out = &failed};
        json_open(&j, NULL, '{');
        json_int(&j, "errno", -r);
        json_text(&j, "error", err_text(&err));
    }
    json_close(&j, '}');
    json_line(&j);
    return io_write_all(STDOUT_FILENO, j.out->data, j.out->len) < 0 ? EXIT_NO_ANSWER : 0;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < ARRAY_LEN(VERBS); i++) {
        if (strcmp(argv[1], VERBS[i].verb) == 0 && argc - 2 == VERBS[i].n_args)
            return answer_to(VERBS[i].run, argv + 2);
    }
    fputs("muster-bundle is muster's own helper for archives; see: muster help verify\n", stderr);
    return EXIT_USAGE;
}

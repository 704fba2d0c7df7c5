/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster-bundle: the program that writes and reads archives, so that muster need not load their libraries.
 *
 *   muster-bundle pack             input: the run's directory as a descriptor; format, run id, start in ns, head, cap
 * of artifacts, paths left out, and an empty string, each ended by NUL muster-bundle check BUNDLE muster-bundle unpack
 * BUNDLE    descriptor 3: the spool
 *
 * It answers on standard output as helper.h says. It is muster's, not a user's: its arguments may change with any
 * version.
 */
#include "artifacts/digest.h"
#include "artifacts/helper.h"
#include "artifacts/pack.h"
#include "artifacts/unpack.h"
#include "artifacts/verify_bundle.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/json_out.h"
#include "base/mem.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>

enum { EXIT_USAGE = 4, EXIT_NO_ANSWER = 3 };

static void add_report(struct json_out *j, const struct verify_report *r)
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

enum { FORMAT, RUN, CREATED, HEAD, ARTIFACTS_CAP, LEFT_OUT };

/* The input's NUL-ended strings, in a list ended by NULL that points into it; NULL when the last is not the empty one
 * that ends a request: whoever sent it died over it. */
static const char **split(struct buf *input)
{
    autofree const char **list = xcalloc(input->len + 1, sizeof *list);
    const char *end = input->data + input->len;
    size_t n = 0;
    for (const char *p = input->data, *nul; p < end && (nul = memchr(p, '\0', (size_t)(end - p))); p = nul + 1)
        list[n++] = p;
    if (n <= LEFT_OUT || *list[n - 1] || end[-1])
        return NULL;
    list[n - 1] = NULL;
    return steal_ptr(&list);
}

static int do_pack(char **argv, struct json_out *answer, struct err *err)
{
    (void)argv;
    /* Set up while nobody waits: the request comes when the run has ended. */
    digest_free(digest_new());
    autobuf struct buf input = {0};
    autoclose int dir = -1;
    int r = helper_receive(&input, &dir);
    if (r < 0)
        return err_errno(err, r, "reading the request");
    autofree const char **fields = split(&input);
    if (!fields || dir < 0)
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
    r = pack_run(dir, &o, &result, err);
    if (r < 0)
        return r;
    json_open(answer, "ok", '{');
    json_int(answer, "above_cap", result.n_above_cap);
    json_close(answer, '}');
    return 0;
}

static int do_check(char **argv, struct json_out *answer, struct err *err)
{
    struct verify_report report = {0};
    signal(SIGPIPE, SIG_IGN); /* whoever reads the log may stop */
    int r = check_bundle(argv[0], HELPER_FD, &report, err);
    close_fd(HELPER_FD); /* the log's end, before the answer is waited for */
    if (r < 0)
        return r;
    add_report(answer, &report);
    verify_report_free(&report);
    return 0;
}

static int do_unpack(char **argv, struct json_out *answer, struct err *err)
{
    json_bool(answer, "ok", true);
    return unpack_bundle(argv[0], HELPER_FD, err);
}

static const struct {
    const char *verb;
    int n_args;
    int (*run)(char **argv, struct json_out *answer, struct err *err);
} VERBS[] = {{"pack", 0, do_pack}, {"check", 1, do_check}, {"unpack", 1, do_unpack}};

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

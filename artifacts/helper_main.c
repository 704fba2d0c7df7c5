/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster-bundle: the program that writes and reads archives, so that muster need not load their libraries.
 *
 *   muster-bundle pack             input: the run's directory as a descriptor; format, run id, start in ns, head, paths
 *                                  left out, and an empty string, each ended by NUL
 *   muster-bundle check BUNDLE
 *   muster-bundle unpack BUNDLE    descriptor 3: the spool
 *
 * It answers on standard output as helper.h says. It is muster's, not a user's: its arguments may change with any
 * version.
 */
#include "artifacts/verify_bundle.h"
#include "artifacts/digest.h"
#include "artifacts/helper.h"
#include "artifacts/pack.h"
#include "artifacts/unpack.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>

enum { EXIT_USAGE = 4, EXIT_NO_ANSWER = 3 };

static void add_text(struct buf *out, const char *name, const char *value)
{
    buf_addf(out, "\"%s\":", name);
    json_add_string(out, value, strlen(value));
    buf_addc(out, ',');
}

static void add_report(struct buf *out, const struct verify_report *r)
{
    buf_addc(out, '{');
    add_text(out, "run", r->run);
    add_text(out, "created", r->created);
    add_text(out, "format", r->format);
    add_text(out, "head", r->head);
    add_text(out, "archiver", r->archiver);
    add_text(out, "compressor", r->compressor);
    buf_addf(out, "\"members\":%lld,\"bytes\":%lld,\"reencoded\":%s,\"checksum\":%s,\"problems\":[",
             (long long)r->members, (long long)r->bytes, r->reencoded ? "true" : "false",
             r->checksum ? "true" : "false");
    for (size_t i = 0; i < r->n_problems; i++) {
        buf_adds(out, i ? ",{" : "{");
        add_text(out, "member", r->problems[i].member);
        buf_adds(out, "\"why\":");
        json_add_string(out, r->problems[i].why, strlen(r->problems[i].why));
        buf_addc(out, '}');
    }
    buf_adds(out, "]}");
}

enum { FORMAT, RUN, CREATED, HEAD, LEFT_OUT };

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

static int do_pack(char **argv, struct buf *answer, struct err *err)
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
        .left_out = fields + LEFT_OUT,
    };
    if (bundle_format_parse(fields[FORMAT], &o.format) < 0)
        return err_set(err, -EINVAL, "there is no bundle format %s", fields[FORMAT]);
    buf_adds(answer, "true");
    return pack_run(dir, &o, err);
}

static int do_check(char **argv, struct buf *answer, struct err *err)
{
    struct verify_report report = {0};
    int r = check_bundle(argv[0], &report, err);
    if (r < 0)
        return r;
    add_report(answer, &report);
    verify_report_free(&report);
    return 0;
}

static int do_unpack(char **argv, struct buf *answer, struct err *err)
{
    buf_adds(answer, "true");
    return unpack_bundle(argv[0], HELPER_FD, err);
}

static const struct {
    const char *verb;
    int n_args;
    int (*run)(char **argv, struct buf *answer, struct err *err);
} VERBS[] = {{"pack", 0, do_pack}, {"check", 1, do_check}, {"unpack", 1, do_unpack}};

static int answer_to(int (*run)(char **, struct buf *, struct err *), char **argv)
{
    autobuf struct buf ok = {0}, line = {0};
    autoerr struct err err = {0};
    int r = run(argv, &ok, &err);
    if (r < 0) {
        buf_addf(&line, "{\"errno\":%d,\"error\":", -r);
        json_add_string(&line, err_text(&err), strlen(err_text(&err)));
    } else {
        buf_adds(&line, "{\"ok\":");
        buf_add(&line, ok.data, ok.len);
    }
    buf_adds(&line, "}\n");
    return io_write_all(STDOUT_FILENO, line.data, line.len) < 0 ? EXIT_NO_ANSWER : 0;
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

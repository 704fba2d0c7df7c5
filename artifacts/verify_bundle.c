/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle judged: content, container, checksum; and what is wanted of it taken out. */
#include "artifacts/verify_bundle.h"

#include "artifacts/decode.h"
#include "artifacts/extract.h"
#include "artifacts/recode.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { CHUNK = 128 * 1024, CHECKSUM_FILE_MAX = 64 * 1024 };

struct check {
    const char *path;
    int fd;
    const struct bundle_check_options *options;
    struct verify_report *report;
    struct extract extract;
    int failed;      /* negative errno: what is wanted could not be taken out */
    struct err *why; /* of that */
    struct manifest manifest;
    bool *seen; /* by index in the manifest's files */
    struct decoder *decoder;
    struct recode recode;
    struct digest *digest;
    struct digest *line; /* of the event log's last line */
    char line_hash[DIGEST_HEX];
    char *chunk;
    bool stopped; /* the rest of the archive was not read */
};

static void problem(struct check *c, const char *member, const char *why)
{
    struct verify_report *r = c->report;
    if (r->n_problems == VERIFY_PROBLEMS_MAX)
        return;
    autobuf struct buf shown = {0};
    terminal_add(&shown, member, strlen(member));
    r->problems = xreallocarray(r->problems, r->n_problems + 1, sizeof *r->problems);
    r->problems[r->n_problems++] = (struct verify_problem){xstrdup(buf_str(&shown)), xstrdup(why)};
    recode_stop(&c->recode);
}

/* The archive can't be followed beyond this. */
static void stop(struct check *c, const char *member, const char *why)
{
    problem(c, member, why);
    c->stopped = true;
}

/* Only the last line's hash is asked for: of a chunk with several lines, those before it are skipped. */
static void follow_head(struct check *c, const char *data, size_t len)
{
    const char *last = memrchr(data, '\n', len);
    if (!last) {
        digest_add(c->line, data, len);
        return;
    }
    const char *before = memrchr(data, '\n', (size_t)(last - data));
    if (before)
        digest_end(c->line, c->line_hash); /* begins anew */
    const char *line = before ? before + 1 : data;
    digest_add(c->line, line, (size_t)(last - line));
    digest_end(c->line, c->line_hash);
    digest_add(c->line, last + 1, len - (size_t)(last + 1 - data));
}

/* No fault of the bundle's. */
static void note_failure(struct check *c, int r)
{
    if (r < 0 && c->failed == 0)
        c->failed = r;
    c->stopped |= r < 0;
}

static void check_content(struct check *c, const struct manifest_file *f)
{
    bool is_log = strcmp(f->path, "events.jsonl") == 0;
    int64_t size = 0;
    autoerr struct err err = {0};
    ssize_t n;
    while ((n = decode_data(c->decoder, c->chunk, CHUNK, &err)) > 0) {
        size += n;
        /* Not one chunk more: what follows may be without end. */
        if (size > manifest_bytes(f) || c->failed < 0)
            break;
        note_failure(c, extract_data(&c->extract, c->chunk, (size_t)n, c->why));
        digest_add(c->digest, c->chunk, (size_t)n);
        if (is_log)
            follow_head(c, c->chunk, (size_t)n);
        recode_data(&c->recode, c->chunk, (size_t)n);
    }
    c->report->bytes += size;
    char hex[DIGEST_HEX];
    digest_end(c->digest, hex);
    if (n < 0)
        stop(c, f->path, err_text(&err));
    else if (size > manifest_bytes(f))
        stop(c, f->path, "it is longer than the manifest says");
    else if (size < manifest_bytes(f))
        problem(c, f->path, "it is shorter than the manifest says");
    else if (strcmp(hex, f->sha256) != 0)
        problem(c, f->path, "its content is not what the manifest says");
}

static void check_header(struct check *c, const struct member *m, int64_t size, const struct extents *data)
{
    if (!extents_equal(&m->data, data))
        problem(c, m->path, "its holes are not those that the manifest gives it");
    if (m->oddity)
        problem(c, m->path, m->oddity);
    if (m->mtime != c->manifest.created)
        problem(c, m->path, "its time is not the run's");
    if (m->size >= 0 && m->size != size)
        problem(c, m->path, "its header gives another size than the manifest");
}

static int compare_path(const void *path, const void *file)
{
    return strcmp(path, ((const struct manifest_file *)file)->path);
}

static void check_member(struct check *c, const struct member *m, size_t place)
{
    const struct manifest_file *files = c->manifest.files;
    const struct manifest_file *f =
        files ? bsearch(m->path, files, c->manifest.n_files, sizeof *files, compare_path) : NULL;
    if (!f) {
        stop(c, m->path,
             strcmp(m->path, MANIFEST_NAME) == 0 ? "it is there twice" : "it was added: the manifest does not list it");
        return;
    }
    size_t at = (size_t)(f - files);
    if (c->seen[at]) {
        stop(c, m->path, "it is there twice");
        return;
    }
    c->seen[at] = true;
    if (at != place)
        problem(c, m->path, "it is not in the place that the manifest gives it");
    check_header(c, m, f->size, &f->data);
    recode_member(&c->recode, f->path, f->size, &f->data);
    if (c->report->n_problems == 0) /* else it is for nobody */
        note_failure(c, extract_member(&c->extract, f->path, f->size, &f->data, c->why));
    if (!c->stopped)
        check_content(c, f);
    note_failure(c, extract_end(&c->extract, c->report->n_problems > 0 || c->stopped, c->why));
}

static void check_members(struct check *c)
{
    autoerr struct err err = {0};
    struct member m;
    int r = 0;
    for (size_t place = 0; !c->stopped && (r = decode_next(c->decoder, &m, &err)) > 0; place++) {
        c->report->members++;
        check_member(c, &m, place);
    }
    if (r < 0)
        stop(c, "", err_text(&err));
    for (size_t i = 0; !c->stopped && i < c->manifest.n_files; i++) {
        if (!c->seen[i])
            problem(c, c->manifest.files[i].path, "it is missing: the manifest lists it");
    }
}

static void check_event_chain(struct check *c)
{
    if (!c->stopped && *c->manifest.head && strcmp(c->line_hash, c->manifest.head) != 0)
        problem(c, "events.jsonl",
                *c->line_hash ? "it does not end in the event that the manifest names"
                              : "the manifest names its last event, but it has none");
}

static void replace(char **text, const char *with)
{
    free(*text);
    *text = xstrdup(with);
}

static void report_manifest(struct check *c)
{
    struct verify_report *r = c->report;
    const struct manifest *m = &c->manifest;
    char created[32];
    clock_rfc3339(m->created * NS_PER_S, created, sizeof created);
    replace(&r->run, m->run);
    replace(&r->created, created);
    replace(&r->head, m->head);
    replace(&r->archiver, m->archiver);
    replace(&r->compressor, m->compressor);
}

/* It is passed on, and known again. */
static void extract_manifest(struct check *c, const struct buf *text)
{
    static const struct extents none = {0};
    char hex[DIGEST_HEX];
    digest_add(c->digest, text->data, text->len);
    digest_end(c->digest, hex);
    replace(&c->report->manifest, hex);
    if (c->options->manifest && strcmp(c->options->manifest, hex) != 0)
        stop(c, MANIFEST_NAME, "it is another than before: the bundle was changed while it was read");
    note_failure(c, extract_member(&c->extract, MANIFEST_NAME, (int64_t)text->len, &none, c->why));
    if (!c->stopped)
        note_failure(c, extract_data(&c->extract, text->data, text->len, c->why));
    note_failure(c, extract_end(&c->extract, c->stopped, c->why));
}

/* False: there is no manifest to check anything against. */
static bool check_manifest(struct check *c)
{
    autoerr struct err err = {0};
    autobuf struct buf text = {0};
    enum bundle_format format;
    struct member m;
    int r = decode_open(c->fd, &c->decoder, &format, &err);
    if (r == 0) {
        replace(&c->report->format, bundle_format_name(format));
        r = decode_manifest(c->decoder, &m, &text, &c->manifest, &err);
    }
    if (r < 0) {
        stop(c, "", err_text(&err));
        return false;
    }
    report_manifest(c);
    c->seen = xcalloc(c->manifest.n_files, sizeof *c->seen);
    if (c->manifest.format != format)
        problem(c, MANIFEST_NAME, "it was written for a bundle of another format");
    check_header(c, &m, (int64_t)text.len, &(struct extents){0});
    extract_manifest(c, &text);
    recode_start(&c->recode, c->fd, &c->manifest);
    if (c->report->n_problems > 0 || !c->options->container)
        recode_stop(&c->recode);
    recode_member(&c->recode, MANIFEST_NAME, (int64_t)text.len, NULL);
    recode_data(&c->recode, text.data, text.len);
    return true;
}

static void check_container(struct check *c)
{
    /* What was found already explains any difference. */
    if (c->report->n_problems > 0 || c->stopped || !c->options->container)
        return;
    autofree char *why = NULL;
    switch (recode_end(&c->recode, &why)) {
    case RECODE_SAME:
        c->report->reencoded = true;
        break;
    case RECODE_DIFFERS:
        problem(c, "", why);
        break;
    case RECODE_UNKNOWN:
        break;
    }
}

static int read_checksum(struct check *c, struct buf *line, struct err *err)
{
    autofree char *name = xasprintf("%s.sha256", c->path);
    int r = io_read_file(AT_FDCWD, name, CHECKSUM_FILE_MAX, line);
    return r < 0 && r != -ENOENT ? err_errno(err, r, "%s", name) : r;
}

/* The first field is compared only: a bundle may have been renamed since. */
static int check_checksum(struct check *c, struct err *err)
{
    autobuf struct buf line = {0};
    int r = read_checksum(c, &line, err);
    if (r < 0)
        return r == -ENOENT ? 0 : r;
    char hex[DIGEST_HEX];
    int64_t size;
    r = digest_fd(c->digest, c->fd, hex, &size);
    if (r < 0)
        return err_errno(err, r, "reading it");
    const char *text = buf_str(&line);
    c->report->checksum = strncmp(text, hex, DIGEST_HEX - 1) == 0 && text[DIGEST_HEX - 1] == ' ';
    if (!c->report->checksum)
        problem(c, "", "its SHA-256 is not the one in the .sha256 file beside it");
    return 0;
}

static int check_all(struct check *c, struct err *err)
{
    int r = c->options->container ? check_checksum(c, err) : 0;
    if (r < 0)
        return r;
    if (!check_manifest(c))
        return 0;
    check_members(c);
    check_event_chain(c);
    check_container(c);
    return c->failed < 0 ? err_prefix(err, "%s", c->path), c->failed : 0;
}

int check_bundle(const char *path, const struct bundle_check_options *options, struct verify_report *ret_report,
                 struct err *err)
{
    const char *what;
    autoclose int fd = io_open_regular(AT_FDCWD, path, &what);
    if (fd < 0)
        return what ? err_set(err, fd, "%s: it is %s, not a regular file", path, what) : err_errno(err, fd, "%s", path);
    autoneutral struct neutral neutral = neutral_enter();
    struct verify_report report = {
        .run = xstrdup(""),
        .created = xstrdup(""),
        .format = xstrdup(""),
        .head = xstrdup(""),
        .archiver = xstrdup(""),
        .compressor = xstrdup(""),
        .manifest = xstrdup(""),
        .sizes = xcalloc(options->n_wanted, sizeof *report.sizes),
    };
    struct check c = {.path = path,
                      .fd = fd,
                      .options = options,
                      .report = &report,
                      .why = err,
                      .digest = digest_new(),
                      .line = digest_new()};
    extract_start(&c.extract, options, report.sizes);
    c.chunk = xmalloc(CHUNK);
    int r = check_all(&c, err);
    recode_stop(&c.recode);
    decode_free(c.decoder);
    digest_free(c.digest);
    digest_free(c.line);
    manifest_free(&c.manifest);
    free(c.seen);
    free(c.chunk);
    if (r < 0) {
        verify_report_free(&report);
        return r;
    }
    *ret_report = report;
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The extensions: what muster/ext/ declares, from the attempt's side. */
#include "host/extensions.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/extents.h"
#include "base/io.h"
#include "host/attempt_state.h"
#include "host/cleanups.h"
#include "host/fixture_ext.h"
#include "host/open_steps.h"
#include "host/params_ext.h"
#include "host/place_ext.h"
#include "host/thread_guard.h"
#include "plan/threshold.h"
#include "slotdir/on_failure.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#define MUSTER_NO_SHORT_NAMES
#include <muster/muster.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

static void complain(const char *text)
{
    const struct place at = place_of_call();
    attempt_send(&(struct message){.type = MSG_LOG, .log = {MUSTER_LOG_ERROR, at.line, attempt_cut(at.file), text}});
}

/* ---- attempt ---- */

static const struct muster_attempt_info *attempt_info(struct muster_ctx *ctx)
{
    (void)ctx;
    return &attempt.info;
}

static uint64_t attempt_remaining_ms(struct muster_ctx *ctx)
{
    (void)ctx;
    int64_t deadline_ns = attempt.deadline_ns;
    if (deadline_ns == NEVER)
        return UINT64_MAX;
    int64_t left = deadline_ns - clock_mono();
    return left > 0 ? (uint64_t)(left / NS_PER_MS) : 0;
}

static const struct muster_ext_attempt ext_attempt = {
    .size = sizeof ext_attempt, .info = attempt_info, .remaining_ms = attempt_remaining_ms};

/* ---- artifacts ---- */

static bool is_relative_below(const char *name)
{
    if (!name || !*name || *name == '/' || strlen(name) > 1024)
        return false;
    for (const char *p = name; *p;) {
        size_t n = strcspn(p, "/");
        if (n == 0 || n > 255 || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
            return false;
        p += n;
        if (*p == '/' && !*++p)
            return false;
    }
    return strcmp(name, "stdout.log") != 0 && strcmp(name, "stderr.log") != 0;
}

static int fail_artifact(const char *name, const char *why)
{
    autofree char *text = xasprintf("artifact %s: %s", name ? name : "(no name)", why);
    complain(text);
    return -1;
}

/* Opens the artifact's file; -1 after a complaint. */
static int open_artifact(const char *name)
{
    if (!is_relative_below(name))
        return fail_artifact(name, "the name must be a relative path without \"..\", and not stdout.log or stderr.log");
    autofree char *path = xasprintf("%s/%s", attempt.info.artifacts_dir, name);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    int r = io_mkdirs(AT_FDCWD, path);
    *slash = '/';
    int fd = r < 0 ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0)
        fchmod(fd, 0600); /* whatever the scenario's umask is */
    return fd >= 0 ? fd : fail_artifact(name, strerror(r < 0 ? -r : errno));
}

static int finish_artifact(const char *name, const char *media_type, uint64_t bytes)
{
    if (!on_failure_is(name)) /* whether that is kept is not known yet, and told by who keeps it */
        attempt_send(&(struct message){.type = MSG_ARTIFACT, .artifact = {bytes, name, attempt_cut(media_type)}});
    return 0;
}

static int32_t artifacts_attach(struct muster_ctx *ctx, const char *name, const char *media_type, const void *data,
                                uint64_t length)
{
    (void)ctx;
    if (!data && length > 0)
        return fail_artifact(name, "its data is NULL");
    autoclose int fd = open_artifact(name);
    if (fd < 0)
        return -1;
    int r = io_write_all(fd, data, (size_t)length);
    return r < 0 ? fail_artifact(name, strerror(-r)) : finish_artifact(name, media_type, length);
}

enum { COPY_CHUNK = 1 << 20 };

/* Some files (those of /proc) can be read but not sent from. */
static ssize_t copy_chunk(int from, int to, size_t len)
{
    ssize_t n = sendfile(to, from, NULL, len);
    if (n >= 0 || errno != EINVAL)
        return n;
    char bytes[16 * 1024];
    n = read(from, bytes, len < sizeof bytes ? len : sizeof bytes);
    int r = n > 0 ? io_write_all(to, bytes, (size_t)n) : 0;
    if (r < 0) {
        errno = -r;
        return -1;
    }
    return n;
}

/* `most` bytes, or as many as there are. */
static int copy_part(int from, int to, int64_t most, uint64_t *bytes)
{
    for (int64_t done = 0; done < most;) {
        size_t len = most - done < COPY_CHUNK ? (size_t)(most - done) : COPY_CHUNK;
        ssize_t n = copy_chunk(from, to, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        done += n;
        *bytes += (uint64_t)n;
    }
    return 0;
}

/* A sparse file stays one. */
static int copy_all(int from, int to, int64_t size, uint64_t *ret_bytes)
{
    struct arena arena = {0};
    struct extents data;
    int r = 0;
    *ret_bytes = 0;
    extents_of_file(from, &arena, &data);
    if (data.n == 0)
        r = copy_part(from, to, INT64_MAX, ret_bytes);
    for (size_t i = 0; r == 0 && i < data.n; i++) {
        const struct extent *x = &data.items[i];
        r = lseek(from, x->offset, SEEK_SET) < 0 || lseek(to, x->offset, SEEK_SET) < 0 ? -errno : 0;
        if (r == 0)
            r = copy_part(from, to, x->length, ret_bytes);
    }
    if (r == 0 && data.n > 0) {
        r = ftruncate(to, size) < 0 ? -errno : 0;
        *ret_bytes = (uint64_t)size;
    }
    arena_free(&arena);
    return r;
}

static int32_t artifacts_attach_file(struct muster_ctx *ctx, const char *name, const char *media_type, const char *path)
{
    (void)ctx;
    if (!path)
        return fail_artifact(name, "the path of its file is NULL");
    autoclose int from = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (from < 0 || fstat(from, &st) < 0)
        return fail_artifact(name, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return fail_artifact(name, "what should be attached is not a regular file");
    autoclose int to = open_artifact(name);
    if (to < 0)
        return -1;
    uint64_t bytes;
    int r = copy_all(from, to, st.st_size, &bytes);
    return r < 0 ? fail_artifact(name, strerror(-r)) : finish_artifact(name, media_type, bytes);
}

static const struct muster_ext_artifacts ext_artifacts = {
    .size = sizeof ext_artifacts, .attach = artifacts_attach, .attach_file = artifacts_attach_file};

/* ---- metrics ---- */

static void metrics_record(struct muster_ctx *ctx, const char *name, double value, const char *unit)
{
    (void)ctx;
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    if (!name || !*name || name[strspn(name, allowed)] || strlen(name) > 255) {
        complain("metric: a name is 1 to 255 of A-Z a-z 0-9 _ . -");
        return;
    }
    if (!isfinite(value)) {
        autofree char *text = xasprintf("metric %s: the value is not finite", name);
        complain(text);
        return;
    }
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    attempt_send(&(struct message){.type = MSG_METRIC, .metric = {bits, name, attempt_cut(unit)}});
}

static void metrics_threshold(struct muster_ctx *ctx, const char *text)
{
    struct arena arena = {0};
    struct threshold t;
    autoerr struct err err = {0};
    int r = threshold_parse(text ? text : "", &arena, &t, &err);
    if (r == 0 && t.off)
        r = err_set(&err, -EINVAL, "off is for the command line");
    if (r < 0) {
        const struct place at = place_of_call();
        autofree char *why = xasprintf("threshold: %s", err_text(&err));
        arena_free(&arena);
        ctx->host->stop(ctx, MUSTER_STOP_ERROR, at.file, at.line, why); /* does not return */
        return;
    }
    attempt_send(&(struct message){.type = MSG_THRESHOLD, .threshold = {t.text}});
    arena_free(&arena);
}

static const struct muster_ext_metrics ext_metrics = {
    .size = sizeof ext_metrics, .record = metrics_record, .threshold = metrics_threshold};

/* ---- ledger ---- */

static void ledger_defer(struct muster_ctx *ctx, const char *cleanup, const char *payload)
{
    (void)ctx;
    guard_pass();
    attempt_defer(cleanup ? cleanup : "", payload);
}

static const struct muster_ext_ledger ext_ledger = {.size = sizeof ext_ledger, .defer = ledger_defer};

/* ---- target ---- */

static const char *target_value(struct muster_ctx *ctx, const char *key)
{
    (void)ctx;
    size_t n = key ? strlen(key) : 0;
    for (size_t i = 0; n > 0 && i < attempt.spec->run->n_target; i++) {
        const char *pair = attempt.spec->run->target[i];
        if (strncmp(pair, key, n) == 0 && pair[n] == '=')
            return pair + n + 1;
    }
    return NULL;
}

static const char *target_document(struct muster_ctx *ctx)
{
    (void)ctx;
    return attempt.spec->run->document;
}

/* What fixtures and cleanups ask for is nobody's declaration. */
static const char *const *target_operations(struct muster_ctx *ctx)
{
    static const char *const none[] = {NULL};
    (void)ctx;
    if (!attempt.entry || attempt.fixture || attempt.user != 0 || attempt.phase == PHASE_CLEANUP)
        return NULL;
    const char *const *operations = attempt.entry->operations;
    for (size_t i = 0; operations && operations[i]; i++)
        if (strcmp(operations[i], "*") == 0)
            return NULL;
    return operations ? operations : none;
}

static const struct muster_ext_target ext_target = {
    .size = sizeof ext_target, .value = target_value, .document = target_document, .operations = target_operations};

/* ---- secrets ---- */

static void secrets_hide(struct muster_ctx *ctx, const char *name, const char *value)
{
    (void)ctx;
    guard_pass();
    if (!value || strlen(value) >= MESSAGE_STRING_MAX) {
        complain(value ? "secret: it is longer than 32 KiB, and is not hidden" : "secret: its value is NULL");
        return;
    }
    if (!attempt_ask(&(struct message){.type = MSG_SECRET, .secret = {name ? name : "", value}}))
        _exit(EXIT_CONNECTION_LOST); /* it would be shown */
}

static const struct muster_ext_secrets ext_secrets = {.size = sizeof ext_secrets, .hide = secrets_hide};

/* ---- all of them ---- */

#define ENTRY(id_, name_) {MUSTER_EXT_##id_, &ext_##name_, sizeof ext_##name_},

const void *extension_find(const char *id, uint32_t wanted_size)
{
    static const struct {
        const char *id;
        const void *table;
        uint32_t size;
    } all[] = {MUSTER_EXTENSIONS(ENTRY)};
    for (size_t i = 0; id && i < ARRAY_LEN(all); i++)
        if (strcmp(all[i].id, id) == 0)
            return all[i].size >= wanted_size ? all[i].table : NULL;
    return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The one encoding of messages between processes: a table of fields, one encoder, one decoder. */
#include "ipc/message.h"

#include "base/hot.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

enum field_kind { END, U32, U64, STR, LIST };

struct field {
    uint8_t kind;
    uint16_t offset; /* in struct message */
};

#define F(kind_, member_)                                                                                              \
    {                                                                                                                  \
        kind_, offsetof(struct message, member_)                                                                       \
    }
#define FILE_IDENTITY(member_) F(U64, member_.dev), F(U64, member_.ino), F(U64, member_.size), F(U64, member_.mtime_ns)
#define FIELDS(...)            ((const struct field[]){__VA_ARGS__, {END, 0}})

static const struct {
    const char *name;
    const struct field *fields;
} types[MSG_N_TYPES] = {
    [MSG_RUN] = {"run", FIELDS(F(STR, run.run_id), F(U64, run.seed), F(LIST, run.target), F(U32, run.exit_handlers),
                               F(U32, run.log_checks))},
    [MSG_PROBE] = {"probe", FIELDS(F(U32, probe.rung))},
    [MSG_PROBED] = {"probed", FIELDS(F(STR, probed.error))},
    [MSG_HOST_SPAWN] = {"host-spawn", FIELDS(F(U32, host_spawn.host), F(STR, host_spawn.path), F(U32, host_spawn.fresh),
                                             F(U32, host_spawn.serve), F(LIST, host_spawn.providers))},
    [MSG_HOST_KILL] = {"host-kill", FIELDS(F(U32, host_kill.host))},
    [MSG_HOST_GONE] = {"host-gone", FIELDS(F(U32, host_gone.host), F(U32, host_gone.wait_status),
                                           F(U32, host_gone.stage), F(U32, host_gone.error))},
    [MSG_PLUGIN] = {"plugin", FIELDS(F(STR, plugin.name), F(STR, plugin.version), F(STR, plugin.summary),
                                     F(U32, plugin.abi_minor), F(U32, plugin.fresh), FILE_IDENTITY(plugin.file),
                                     F(LIST, plugin.named), F(LIST, plugin.thresholds))},
    [MSG_SCENARIO] = {"scenario", FIELDS(F(U32, scenario.index), F(U32, scenario.line), F(U32, scenario.timeout_ms),
                                         F(U32, scenario.setup_timeout_ms), F(U32, scenario.teardown_timeout_ms),
                                         F(U32, scenario.reruns), F(U32, scenario.rerun_delay_ms), F(STR, scenario.id),
                                         F(STR, scenario.summary), F(STR, scenario.file), F(LIST, scenario.markers),
                                         F(LIST, scenario.needs), F(LIST, scenario.uses), F(LIST, scenario.params))},
    [MSG_CATALOGUE_END] = {"catalogue-end", FIELDS(F(U32, catalogue_end.scenarios))},
    [MSG_REFUSED] = {"refused", FIELDS(F(STR, refused.reason), F(STR, refused.text))},
    [MSG_MONITOR_SPAWN] = {"monitor-spawn",
                           FIELDS(F(U32, monitor_spawn.slot), F(U32, monitor_spawn.rung), F(U32, monitor_spawn.holder),
                                  F(U32, monitor_spawn.document), F(STR, monitor_spawn.temp_dir),
                                  F(STR, monitor_spawn.artifacts_dir), FILE_IDENTITY(monitor_spawn.file))},
    [MSG_MONITOR_READY] = {"monitor-ready", FIELDS(F(STR, monitor_ready.error))},
    [MSG_ATTEMPT] = {"attempt",
                     FIELDS(F(U32, attempt.scenario), F(U32, attempt.attempt), F(U32, attempt.serial),
                            F(U32, attempt.after), F(U32, attempt.early), F(U32, attempt.ends),
                            F(U32, attempt.pause_at_start), F(U32, attempt.pause_on_failure), F(STR, attempt.case_id),
                            F(U64, attempt.setup_ns), F(U64, attempt.body_ns), F(U64, attempt.teardown_ns),
                            F(U64, attempt.cleanup_ns), F(U32, attempt.keep), F(U64, attempt.settle_ns),
                            F(U32, attempt.name_files), F(U32, attempt.fixture), F(LIST, attempt.values),
                            F(U64, attempt.health_ns), F(LIST, attempt.fixtures), F(LIST, attempt.local_fixtures),
                            F(LIST, attempt.groups), F(LIST, attempt.cleanups))},
    [MSG_STARTED] = {"started", FIELDS(F(U32, started.error))},
    [MSG_EXITED] = {"exited",
                    FIELDS(F(U32, exited.wait_status), F(U64, exited.user_us), F(U64, exited.system_us),
                           F(U64, exited.max_rss_kb), F(U64, exited.read_bytes), F(U64, exited.written_bytes),
                           F(U32, exited.dirty), F(U32, exited.artifacts), F(U32, exited.quiet), F(U64, exited.at_ns),
                           F(U32, exited.n_leaked), F(LIST, exited.leaked), F(LIST, exited.listening))},
    [MSG_FOLDERS] = {"folders", FIELDS(F(STR, folders.aside), F(U32, folders.worn), F(U32, folders.n_files),
                                       F(U32, folders.barred), F(U64, folders.artifact_bytes), F(STR, folders.stuck),
                                       F(LIST, folders.files))},
    [MSG_PHASE] = {"phase",
                   FIELDS(F(U32, phase.phase), F(U32, phase.local), F(U64, phase.budget_ns), F(U64, phase.at_ns))},
    [MSG_LOG] = {"log", FIELDS(F(U32, log.level), F(U32, log.line), F(STR, log.file), F(STR, log.text))},
    [MSG_CHECK] = {"check",
                   FIELDS(F(U32, check.required), F(U32, check.line), F(U32, check.step), F(STR, check.expression),
                          F(STR, check.actual), F(STR, check.expected), F(STR, check.message), F(STR, check.file))},
    [MSG_STEP] = {"step", FIELDS(F(U32, step.step), F(U32, step.parent), F(U32, step.ended), F(U32, step.failed),
                                 F(U64, step.duration_ns), F(STR, step.name))},
    [MSG_THRESHOLD] = {"threshold", FIELDS(F(STR, threshold.text))},
    [MSG_METRIC] = {"metric", FIELDS(F(U64, metric.value), F(STR, metric.name), F(STR, metric.unit))},
    [MSG_ARTIFACT] = {"artifact", FIELDS(F(U64, artifact.bytes), F(STR, artifact.name), F(STR, artifact.media_type))},
    [MSG_DEFER] = {"defer",
                   FIELDS(F(U32, defer.id), F(STR, defer.cleanup), F(STR, defer.payload), F(STR, defer.plugin))},
    [MSG_SECRET] = {"secret", FIELDS(F(STR, secret.name), F(STR, secret.value))},
    [MSG_CLEANED] = {"cleaned", FIELDS(F(U32, cleaned.id), F(STR, cleaned.error), F(U32, cleaned.lacked))},
    [MSG_CRASH] = {"crash", FIELDS(F(U32, crash.signal), F(U32, crash.has_address), F(U32, crash.tid),
                                   F(U32, crash.phase), F(U64, crash.address))},
    [MSG_VERDICT] = {"verdict", FIELDS(F(U32, verdict.outcome), F(U32, verdict.line), F(U64, verdict.checks),
                                       F(U64, verdict.failed_checks), F(U64, verdict.at_ns), F(STR, verdict.reason),
                                       F(STR, verdict.file))},
    [MSG_PAUSE] = {"pause", FIELDS(F(U32, pause.at_start), F(STR, pause.why))},
    [MSG_TABLE] = {"table",
                   FIELDS(F(U32, table.more), F(STR, table.file), F(LIST, table.columns), F(LIST, table.cells))},
    [MSG_FIXTURE] = {"fixture", FIELDS(F(U32, fixture.index), F(U32, fixture.scope), F(U32, fixture.line),
                                       F(U32, fixture.setup_timeout_ms), F(U32, fixture.ready_timeout_ms),
                                       F(U32, fixture.teardown_timeout_ms), F(U32, fixture.health_interval_ms),
                                       F(STR, fixture.name), F(STR, fixture.summary), F(STR, fixture.file),
                                       F(LIST, fixture.params), F(LIST, fixture.uses))},
    [MSG_STEP_FUNCTION] = {"step-function", FIELDS(F(U32, step_function.returns), F(U32, step_function.line),
                                                   F(U32, step_function.timeout_ms), F(STR, step_function.name),
                                                   F(STR, step_function.summary), F(STR, step_function.file),
                                                   F(LIST, step_function.params), F(LIST, step_function.uses),
                                                   F(LIST, step_function.needs))},
    [MSG_CLEANUP_FUNCTION] = {"cleanup-function",
                              FIELDS(F(U32, cleanup_function.timeout_ms), F(STR, cleanup_function.name))},
    [MSG_PUBLISH] = {"publish", FIELDS(F(STR, publish.key), F(STR, publish.value))},
    [MSG_WATCH] = {"watch", FIELDS(F(STR, watch.what))},
    [MSG_READY] = {"ready", FIELDS(F(U32, ready.unused))},
    [MSG_DIED] = {"died", FIELDS(F(STR, died.reason))},
    [MSG_STOP] = {"stop", FIELDS(F(U32, stop.keep))},
    [MSG_RESUME] = {"resume", FIELDS(F(U32, resume.images), F(U32, resume.steps), F(U32, resume.deferred),
                                     F(U64, resume.deadline_ns), F(STR, resume.work_dir), F(STR, resume.state))},
    [MSG_TABLE_READ] = {"table-read", FIELDS(F(STR, table_read.what), F(LIST, table_read.params))},
    [MSG_ROWS] = {"rows", FIELDS(F(U32, rows.last), F(LIST, rows.columns), F(LIST, rows.cells))},
    [MSG_BESIDE] = {"beside", FIELDS(F(U64, beside.bytes))},
    [MSG_CAUSE] = {"cause", FIELDS(F(U32, cause.outcome), F(U32, cause.line), F(U32, cause.foreign),
                                   F(STR, cause.reason), F(STR, cause.file))},
    [MSG_CHECKED] = {"checked", FIELDS(F(U32, checked.n))},
    [MSG_TARGET_READ] = {"target-read", FIELDS(F(STR, target_read.path))},
    [MSG_TARGET] = {"target",
                    FIELDS(F(U32, target.last), F(STR, target.name), F(STR, target.summary), F(STR, target.fixture),
                           F(STR, target.json), F(LIST, target.operation), F(LIST, target.value))},
    [MSG_SETTINGS_READ] = {"settings-read", FIELDS(F(STR, settings_read.path))},
    [MSG_SETTINGS] = {"settings", FIELDS(F(U32, settings.last), F(LIST, settings.setting))},
    [MSG_GO] = {"go", FIELDS(F(U32, go.unused))},
};

const char *message_name(enum message_type type)
{
    return type > 0 && type < MSG_N_TYPES ? types[type].name : "unknown";
}

const char *phase_name(enum phase p)
{
    static const char *const names[PHASE_N] = {"setup", "body", "teardown", "cleanup"};
    return p < PHASE_N ? names[p] : "unknown";
}

static HOT void put_int(struct buf *out, uint64_t value, size_t bytes)
{
    char *p = buf_reserve(out, bytes);
    for (size_t i = 0; i < bytes; i++)
        p[i] = (char)(value >> (8 * i));
    out->len += bytes;
}

/* Most strings of a verdict are empty: an attempt that passed maps no page for strlen() and memcpy(). */
static size_t length_of(const char *s)
{
    return s && *s ? strlen(s) : 0;
}

static HOT void put_str(struct buf *out, const char *s)
{
    size_t n = length_of(s);
    put_int(out, n + 1, 4);
    buf_add(out, s, n);
    buf_addc(out, '\0');
}

static HOT size_t str_size(const char *s)
{
    return 4 + length_of(s) + 1;
}

HOT size_t message_size(const struct message *m)
{
    size_t size = 1;
    for (const struct field *f = types[m->type].fields; f->kind != END; f++) {
        const void *at = (const char *)m + f->offset;
        const struct message_list *list = at;
        if (f->kind == STR)
            size += str_size(*(const char *const *)at);
        else
            size += f->kind == U64 ? 8 : 4;
        for (uint32_t i = 0; f->kind == LIST && i < list->n; i++)
            size += str_size(list->items[i]);
    }
    return size;
}

HOT void message_encode(const struct message *m, struct buf *out)
{
    put_int(out, m->type, 1);
    for (const struct field *f = types[m->type].fields; f->kind != END; f++) {
        const void *at = (const char *)m + f->offset;
        if (f->kind == U32) {
            put_int(out, *(const uint32_t *)at, 4);
        } else if (f->kind == U64) {
            put_int(out, *(const uint64_t *)at, 8);
        } else if (f->kind == STR) {
            put_str(out, *(const char *const *)at);
        } else {
            const struct message_list *list = at;
            put_int(out, list->n, 4);
            for (uint32_t i = 0; i < list->n; i++)
                put_str(out, list->items[i]);
        }
    }
}

static int get_int(const char **p, const char *end, size_t bytes, uint64_t *ret_value)
{
    if ((size_t)(end - *p) < bytes)
        return -EBADMSG;
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value |= (uint64_t)(unsigned char)(*p)[i] << (8 * i);
    *p += bytes;
    *ret_value = value;
    return 0;
}

static int get_str(const char **p, const char *end, const char **ret_str)
{
    uint64_t n;
    if (get_int(p, end, 4, &n) < 0 || n == 0 || n > (uint64_t)(end - *p))
        return -EBADMSG;
    if (memchr(*p, '\0', n) != *p + n - 1) /* ends with the one NUL that it has */
        return -EBADMSG;
    *ret_str = *p;
    *p += n;
    return 0;
}

static int get_list(const char **p, const char *end, struct arena *arena, struct message_list *ret_list)
{
    uint64_t n;
    enum { LEAST_STRING = 5 }; /* length and NUL: bounds what a lying count can allocate */
    if (get_int(p, end, 4, &n) < 0 || n > (uint64_t)(end - *p) / LEAST_STRING)
        return -EBADMSG;
    if (n == 0) {
        *ret_list = (struct message_list){0};
        return 0;
    }
    const char **items = arena_alloc(arena, n * sizeof *items);
    for (uint64_t i = 0; i < n; i++)
        if (get_str(p, end, &items[i]) < 0)
            return -EBADMSG;
    *ret_list = (struct message_list){items, (uint32_t)n};
    return 0;
}

static int get_field(const struct field *f, const char **p, const char *end, struct arena *arena, void *at)
{
    uint64_t value = 0;
    if (f->kind == STR)
        return get_str(p, end, at);
    if (f->kind == LIST)
        return get_list(p, end, arena, at);
    int r = get_int(p, end, f->kind == U32 ? 4 : 8, &value);
    if (r == 0 && f->kind == U32)
        *(uint32_t *)at = (uint32_t)value;
    else if (r == 0)
        *(uint64_t *)at = value;
    return r;
}

int message_decode(const char **p, const char *end, struct arena *arena, struct message *ret_message)
{
    if (*p == end)
        return -ENODATA;
    uint64_t type;
    if (get_int(p, end, 1, &type) < 0 || type == 0 || type >= MSG_N_TYPES)
        return -EBADMSG;
    struct message m = {.type = (enum message_type)type};
    for (const struct field *f = types[type].fields; f->kind != END; f++)
        if (get_field(f, p, end, arena, (char *)&m + f->offset) < 0)
            return -EBADMSG;
    *ret_message = m;
    return 0;
}

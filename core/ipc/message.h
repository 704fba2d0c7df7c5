/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages between the processes of a run: the one encoding.
 *
 * A packet (one datagram of a SOCK_SEQPACKET socket) holds one or more messages, each a type byte followed by
 * its fields in the order of the table in message.c: integers little-endian, a string as length and bytes with
 * a final NUL, a list of strings as count and strings. Descriptors travel beside the packet (ipc/sock.h).
 *
 * Whoever decodes trusts nothing: attempts run plugin code and may send anything. A decoded message points into
 * the packet and into the arena given; it owns nothing.
 *
 *   supervisor -> zygote    RUN, PROBE, HOST_*       zygote -> supervisor   PROBED, HOST_GONE
 *   supervisor -> host      MONITOR_SPAWN              host -> supervisor     PLUGIN, SCENARIO, TABLE, FIXTURE,
 *                                                                           STEP_FUNCTION, CATALOGUE_END, REFUSED
 *   supervisor -> monitor     ATTEMPT                  monitor -> supervisor    MONITOR_READY, STARTED, FOLDERS, EXITED
 *   supervisor -> attempt   GO                       attempt -> supervisor  PHASE, LOG, CHECK, STEP, METRIC, THRESHOLD,
 * ARTIFACT, DEFER, CLEANED, CRASH, PAUSE, CAUSE, VERDICT supervisor -> fixture   GO, STOP                 fixture ->
 * supervisor  the same, PUBLISH, WATCH, READY, DIED supervisor -> muster-table  TABLE_READ           muster-table ->
 * supervisor  ROWS, REFUSED attempt -> its next image   RUN, HOST_SPAWN, MONITOR_SPAWN, ATTEMPT, VERDICT, RESUME: in a
 * memory file
 */
#ifndef MUSTER_IPC_MESSAGE_H
#define MUSTER_IPC_MESSAGE_H

#include "base/buf.h"
#include "base/mem.h"

#include <stdint.h>

enum message_type {
    MSG_RUN = 1,
    MSG_PROBE,
    MSG_PROBED,
    MSG_HOST_SPAWN,
    MSG_HOST_KILL,
    MSG_HOST_GONE,
    MSG_PLUGIN,
    MSG_SCENARIO,
    MSG_CATALOGUE_END,
    MSG_REFUSED,
    MSG_MONITOR_SPAWN,
    MSG_MONITOR_READY,
    MSG_ATTEMPT,
    MSG_STARTED,
    MSG_EXITED,
    MSG_PHASE,
    MSG_LOG,
    MSG_CHECK,
    MSG_STEP,
    MSG_METRIC,
    MSG_ARTIFACT,
    MSG_DEFER,
    MSG_CLEANED,
    MSG_CRASH,
    MSG_VERDICT,
    MSG_GO,
    MSG_PAUSE,
    MSG_TABLE,
    MSG_FIXTURE,
    MSG_STEP_FUNCTION,
    MSG_CLEANUP_FUNCTION,
    MSG_PUBLISH,
    MSG_READY,
    MSG_DIED,
    MSG_STOP,
    MSG_WATCH,
    MSG_RESUME,
    MSG_TABLE_READ,
    MSG_ROWS,
    MSG_FOLDERS,
    MSG_BESIDE,
    MSG_CAUSE,
    MSG_TARGET_READ,
    MSG_TARGET,
    MSG_SETTINGS_READ,
    MSG_SETTINGS,
    MSG_CHECKED,
    MSG_THRESHOLD,
    MSG_SECRET,
    MSG_N_TYPES
};

/* How far a host came with its plugin: for the message when it dies on the way. */
enum load_stage { STAGE_CHECKING, STAGE_LOADING, STAGE_ENTRY, STAGE_TABLES, STAGE_LOADED };

/* The part of an attempt that is running; each has its own budget. */
enum phase { PHASE_SETUP, PHASE_BODY, PHASE_TEARDOWN, PHASE_CLEANUP, PHASE_N };
const char *phase_name(enum phase p);

/* Which attempts leave what they deferred in the ledger. */
enum keep { KEEP_NONE, KEEP_BAD, KEEP_ALL };

/* What an attempt says of itself. */
enum outcome { OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_SKIPPED, OUTCOME_ERROR };

struct message_list {
    const char **items;
    uint32_t n;
};

struct msg_run { /* constant facts of the run, for all processes below the zygote */
    const char *run_id;
    uint64_t seed;
    struct message_list target; /* "key=value" */
    uint32_t exit_handlers;     /* attempts end by exit(3) */
    uint32_t log_checks;        /* checks that passed are logged */
};
struct msg_beside { /* the message itself is in the sealed file behind the last descriptor (ipc/sock.h) */
    uint64_t bytes;
};
struct msg_probe {
    uint32_t rung; /* can it be entered here? A place in the table of contain/rung.h */
};
struct msg_probed {
    const char *error; /* "" when it can */
};
struct msg_host_spawn { /* descriptors: the host's socket, the pipe for what it prints */
    uint32_t host;
    const char *path;
    uint32_t fresh;                /* do not load the plugin in the host: every attempt loads it */
    uint32_t serve;                /* stay for monitors; 0: describe the plugin and end */
    struct message_list providers; /* plugins with step functions, for a file of scenarios as data:
                                    * "PATH\nNAME\nSTEP\nSTEP..."; "\nJSON": the run's target */
};
struct msg_host_kill {
    uint32_t host;
};
struct msg_host_gone {
    uint32_t host;
    int32_t wait_status;
    uint32_t stage; /* enum load_stage: how far it came */
    uint32_t error; /* errno of the fork that would have made it, or 0 */
};
struct file_identity { /* of a plugin's file: differs when it was replaced or written to */
    uint64_t dev, ino, size, mtime_ns;
};
struct msg_plugin {
    const char *name, *version, *summary;
    uint32_t abi_minor;
    uint32_t fresh;
    struct file_identity file;
    struct message_list named; /* paths of plugins that it brings along */
    struct message_list thresholds;
};
struct msg_scenario {
    uint32_t index, line;
    uint32_t timeout_ms, setup_timeout_ms, teardown_timeout_ms, reruns, rerun_delay_ms;
    const char *id, *summary, *file;
    struct message_list markers, needs, uses;
    struct message_list params; /* MESSAGE_PARAM_PARTS strings each */
};
struct msg_table { /* of the scenario before it */
    uint32_t more; /* these are further rows of the table before it */
    const char *file;
    struct message_list columns;
    struct message_list cells; /* "=text"; "": the parameter's fallback */
};
struct msg_fixture {
    uint32_t index, scope, line;
    uint32_t setup_timeout_ms, ready_timeout_ms, teardown_timeout_ms, health_interval_ms;
    const char *name, *summary, *file;
    struct message_list params, uses;
};
struct msg_step_function {
    uint32_t returns, line; /* MUSTER_TYPE_* */
    uint32_t timeout_ms;
    const char *name, *summary, *file;
    struct message_list params, uses, needs;
};
struct msg_cleanup_function {
    uint32_t timeout_ms;
    const char *name;
};
struct msg_catalogue_end {
    uint32_t scenarios;
};
struct msg_refused {
    const char *reason; /* a stable word */
    const char *text;
};
struct msg_monitor_spawn { /* descriptors: the monitor's socket, the ENDS_FDS; the directory of the slot's group, where
                            * it has one; the target's document in a sealed file, with its NUL, where the run has one */
    uint32_t slot;
    uint32_t rung, holder; /* places in the table of contain/rung.h: its containment, and what that stands in or none */
    uint32_t document;     /* bytes of the target's, with the NUL; 0: the run has none */
    const char *temp_dir, *artifacts_dir;
    struct file_identity file; /* of the plugin when it was discovered: scenarios are named by their place in it */
};
struct msg_monitor_ready { /* descriptor: a pidfd of the monitor; none when it failed */
    const char *error;     /* "" when all is well */
};
/*
 * An order may be sent ahead, while the attempt before it runs. It counts only if that one turns out to leave nothing
 * to be looked at first (msg_exited.quiet), and else is sent again: so the monitor never waits for a word of whether it
 * may go on, and the two agree without one.
 */
#define ORDER_NO_KEY ":" /* no key is called so */
struct msg_attempt {
    uint32_t scenario; /* index in the plugin's table; UINT32_MAX: a janitor */
    uint32_t attempt;
    uint32_t serial; /* of the order, from 1; it differs from that of the order before it */
    uint32_t after;  /* sent ahead: counts only behind the quiet end of the attempt with this serial; 0: in any case */
    uint32_t early;  /* and only if that one was over before STARTED was told of it */
    uint32_t ends;   /* which of the monitor's sets it speaks through */
    uint32_t pause_at_start, pause_on_failure; /* send PAUSE there */
    const char *case_id;
    uint64_t setup_ns, body_ns, teardown_ns, cleanup_ns;
    uint32_t keep;                /* enum keep */
    uint64_t settle_ns;           /* what ends this soon after it is no leak */
    uint32_t name_files;          /* say in FOLDERS what it leaves in its temp folder */
    uint32_t fixture;             /* index in the plugin's table: be this fixture; UINT32_MAX: none */
    struct message_list values;   /* of the scenario's parameters, or the fixture's, in their order */
    uint64_t health_ns;           /* of a fixture: from one look whether it is well to the next; 0: none */
    struct message_list fixtures; /* what those that it uses have published: name, key, value, name, key, value ...;
                                   * what one of the local fixtures uses has its number and ':' before the name, and a
                                   * local fixture that is used has its number as value of the key ""; ORDER_NO_KEY
                                   * where one has published nothing */
    struct message_list local_fixtures; /* of attempt scope, in the order of their set-up: index in the plugin's table,
                                         * budgets of set-up and tear-down in ns, number of values, values ... */
    struct message_list groups;         /* cgroup.procs of groups to enter: they limit it */
    struct message_list cleanups;       /* a janitor's: id, name, payload, id, name, payload ... in the order to run */
};
struct msg_started { /* descriptor: a pidfd of the attempt; none when fork failed */
    uint32_t error;  /* errno of fork, or 0 */
};
struct msg_exited {
    int32_t wait_status;
    uint64_t user_us, system_us, max_rss_kb, read_bytes, written_bytes;
    uint32_t dirty;     /* the monitor is to be ended: with processes that are left, or for a channel that was shut */
    uint32_t artifacts; /* the artifacts directory is not empty */
    uint32_t quiet;     /* it gave a good verdict, and left nothing at all: an order that was sent ahead counts */
    uint64_t at_ns;     /* monotonic: when its end was seen */
    uint32_t n_leaked;  /* processes left behind; `leaked` names the first of them */
    struct message_list leaked;    /* "4711 sleep 1000" */
    struct message_list listening; /* what they listened on: "tcp 127.0.0.1:8080 of 4711 server" */
};
struct msg_folders {           /* before EXITED, where there is something to say */
    const char *aside;         /* path: what the attempt left was set aside, and the sweeper has work; "": nothing */
    uint32_t worn;             /* errno: its folder can't be renewed, and the monitor takes no further order */
    uint32_t n_files;          /* left in the temp folder; `files` names the first of them */
    uint32_t barred;           /* its artifacts have modes that bar their owner, or may have */
    uint64_t artifact_bytes;   /* in its artifacts, as far as they were looked at */
    const char *stuck;         /* what can't be removed, and why; "": nothing */
    struct message_list files; /* relative to the temp folder */
};
struct msg_phase {
    uint32_t phase;     /* enum phase */
    uint32_t local;     /* of this one of the local fixtures, from 1; 0: of the scenario */
    uint64_t budget_ns; /* 0: none */
    uint64_t at_ns;     /* monotonic: when it began */
};
struct msg_log {
    uint32_t level, line;
    const char *file, *text;
};
struct msg_check { /* failed checks only */
    uint32_t required, line, step;
    const char *expression, *actual, *expected, *message, *file;
};
struct msg_step {
    uint32_t step, parent, ended, failed;
    uint64_t duration_ns;
    const char *name;
};
struct msg_metric {
    uint64_t value; /* the bits of a double */
    const char *name, *unit;
};
struct msg_threshold { /* the attempt declares one */
    const char *text;
};
struct msg_artifact {
    uint64_t bytes;
    const char *name, *media_type;
};
struct msg_defer { /* answered by GO once it is in the ledger */
    uint32_t id;   /* within the attempt, from 1 */
    const char *cleanup, *payload;
    const char *plugin; /* path of the plugin that has the cleanup; "": the attempt's own */
};
struct msg_secret { /* answered by GO once it is hidden */
    const char *name, *value;
};
struct msg_cleaned {
    uint32_t id;
    const char *error; /* "" when it was undone */
    uint32_t lacked;   /* it asked for what a fixture had published, and that was not there */
};
struct msg_crash { /* answered by GO, or by the end */
    uint32_t signal, has_address, tid, phase;
    uint64_t address;
};
struct msg_verdict {
    uint32_t outcome; /* enum outcome */
    uint32_t line;
    uint64_t checks, failed_checks;
    uint64_t at_ns; /* monotonic: when it was given, which decides whether that was in time */
    const char *reason, *file;
};
struct msg_cause { /* what makes it bad, told when it happens: it may not come to a verdict. A worse one follows it */
    uint32_t outcome; /* enum outcome */
    uint32_t line;
    uint32_t foreign; /* by a process that it forked, whose failures its own verdict does not know */
    const char *reason, *file;
};
struct msg_checked { /* checks passed in a process that it forked, of which its verdict's counts know nothing */
    uint32_t n;
};
struct msg_pause {     /* answered by GO, as late as a person likes */
    uint32_t at_start; /* else before its tear-down, since it failed */
    const char *why;
};
struct msg_publish {
    const char *key, *value;
};
struct msg_watch { /* descriptor: a pidfd of a process that the fixture stands on */
    const char *what;
};
struct msg_ready { /* it can be used; then, each time that it was looked at, that it still can */
    uint32_t unused;
};
struct msg_died { /* it can't be used any more, and ends itself */
    const char *reason;
};
struct msg_stop {  /* to a fixture: its last user has ended */
    uint32_t keep; /* what it deferred stays in the ledger */
};
struct msg_resume {  /* an attempt to itself, in a new image of its process: where it was (host/resume.h) */
    uint32_t images; /* how many there were before this one */
    uint32_t steps, deferred;
    uint64_t deadline_ns; /* of its tear-down; CLOCK_MONOTONIC */
    const char *work_dir; /* what the plugin's path is relative to */
    const char *state;    /* the scenario's own */
};
struct msg_table_read {         /* answered by ROWS, or by REFUSED */
    const char *what;           /* path, and "#/POINTER" behind it or not */
    struct message_list params; /* MESSAGE_PARAM_PARTS strings each */
};
struct msg_rows {
    uint32_t last;               /* else more follow */
    struct message_list columns; /* names of parameters; the same in all of them */
    struct message_list cells;   /* of each row: its line, then for each column "=text", or "" for the fallback */
};
struct msg_settings_read { /* answered by SETTINGS, again and again until the last, or by REFUSED */
    const char *path;
};
struct msg_settings {
    uint32_t last;               /* then without a setting */
    struct message_list setting; /* SETTING_PARTS strings: settings/settings_file.h */
};
struct msg_target_read { /* answered by TARGET, again and again until the last, or by REFUSED */
    const char *path;
};
struct msg_target { /* a piece of what a target file says; the first one has the names */
    uint32_t last;  /* else more follow */
    const char *name, *summary, *fixture;
    const char *json;                     /* the next piece of it, or "" */
    struct message_list operation, value; /* one of either, or empty: tables/target_pieces.h */
};
struct msg_go {
    uint32_t unused;
};

struct message {
    enum message_type type;
    union {
        struct msg_run run;
        struct msg_beside beside;
        struct msg_probe probe;
        struct msg_probed probed;
        struct msg_host_spawn host_spawn;
        struct msg_host_kill host_kill;
        struct msg_host_gone host_gone;
        struct msg_plugin plugin;
        struct msg_scenario scenario;
        struct msg_catalogue_end catalogue_end;
        struct msg_refused refused;
        struct msg_monitor_spawn monitor_spawn;
        struct msg_monitor_ready monitor_ready;
        struct msg_attempt attempt;
        struct msg_started started;
        struct msg_exited exited;
        struct msg_folders folders;
        struct msg_phase phase;
        struct msg_log log;
        struct msg_check check;
        struct msg_step step;
        struct msg_metric metric;
        struct msg_threshold threshold;
        struct msg_artifact artifact;
        struct msg_defer defer;
        struct msg_secret secret;
        struct msg_cleaned cleaned;
        struct msg_crash crash;
        struct msg_verdict verdict;
        struct msg_go go;
        struct msg_cause cause;
        struct msg_checked checked;
        struct msg_pause pause;
        struct msg_table table;
        struct msg_fixture fixture;
        struct msg_step_function step_function;
        struct msg_cleanup_function cleanup_function;
        struct msg_publish publish;
        struct msg_watch watch;
        struct msg_ready ready;
        struct msg_died died;
        struct msg_stop stop;
        struct msg_resume resume;
        struct msg_table_read table_read;
        struct msg_rows rows;
        struct msg_target_read target_read;
        struct msg_settings_read settings_read;
        struct msg_settings settings;
        struct msg_target target;
    };
};

enum {
    EXIT_CONNECTION_LOST = 113,      /* status of an attempt that can't send its verdict */
    EXIT_QUIET = 112,                /* of one that passed or was skipped, and leaves nothing to be done after it */
    MESSAGE_PACKET_MAX = 128 * 1024, /* of a packet: below the kernel's default for a datagram */
    MESSAGE_ORDER_MAX = 16 << 20,    /* of an order, which travels beside its packet when it is larger than that */
    ENDS_SETS = 2, /* of what attempts speak through, made with their monitor and used by turns: an attempt may begin
                    * while what the one before said is still being taken. While nothing outlives an attempt, nobody
                    * but the monitor and the next one holds its set */
    ENDS_OF_A_SET = 3, /* stdout and stderr, which are pipes, and the channel, which is a socket */
    ENDS_FDS = ENDS_SETS * ENDS_OF_A_SET,
    MESSAGE_STRING_MAX = 32 * 1024, /* of a string that an attempt sends: longer ones are cut by the sender */
};

/* How many bytes message_encode() will append. */
size_t message_size(const struct message *m);
/* Appends a message. NULL strings are written as "". */
void message_encode(const struct message *m, struct buf *out);
/* Takes one message off the front of [*p, end). 0; -EBADMSG when it is none; -ENODATA at the end. */
int message_decode(const char **p, const char *end, struct arena *arena, struct message *ret_message);
const char *message_name(enum message_type type);

/* A parameter in a list: its type as a number, its name, "=" and its fallback or "" without one, its summary. */
enum { MESSAGE_PARAM_PARTS = 4 };

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/plugin.h: the binary interface between a plugin and the runner, version 1.1.
 *
 * Model
 *   A plugin is a shared object that exports one function, muster_plugin_v1(). A process of the
 *   runner, the host, maps the plugin, calls that function once and reads the tables that it
 *   returns. For each attempt the host forks (or, on request, spawns) a process, in which the
 *   scenario's functions are called with a context. The runner itself never maps plugin code.
 *
 * Who calls what, where
 *   muster_plugin_v1()                 once in each process that maps the plugin (the host; an attempt that
 *                                      is spawned), on its main thread, before anything else.
 *   setup, run, teardown               in the attempt's process, on its main thread, in this order. When
 *                                      another thread ends the attempt, tear-down runs on that one while
 *                                      the others go on. Of several that end it the first counts; the
 *                                      others are held in that call.
 *   a fixture's setup, ready, teardown for an attempt's fixture in the attempt's process, like the scenario's own; for
 *                                      the plugin's or the run's in a process of its own, on its main thread.
 *   a step's call                      in the attempt's process, from any thread.
 *   cleanup functions                  in the process that deferred them, or, when that died or its main
 *                                      thread was not the one that ended it, in another one that has mapped
 *                                      the plugin: they may rely on their payload only.
 *   functions of struct muster_host    in the attempt's process, from any thread; not from a signal
 *     and of the extensions' tables    handler, nor from a process that the scenario forked.
 *
 * Ownership
 *   Whoever allocates frees; nothing is freed across the interface. Everything that a plugin's
 *   tables point to stays constant and valid until the process ends. What a plugin passes to a
 *   call is copied before the call returns. What the host returns is valid until the attempt ends,
 *   unless the call says otherwise.
 *
 * Types
 *   Strings are UTF-8 and end with a NUL. Numbers are fixed-width integers or double: no enum, bool, long,
 *   bit-field, variadic function, FILE, time_t or errno crosses. Times are in milliseconds (_ms).
 *   A runner takes strings below 16 KiB, lists of up to 1023 strings and tables of up to a million
 *   entries; what is longer is refused.
 *
 * Versions
 *   The major version is in the entry's name. Within a major version structs grow only at their end;
 *   each opens with its size as the plugin was compiled with, and a zero in a field means what the
 *   field's absence meant. A runner that meets a non-zero byte beyond the fields it knows, an unknown
 *   flag or a non-zero `reserved` refuses the plugin: a test runner that ignores what it does not
 *   understand may turn a test falsely green.
 *   So a plugin runs on an older runner of the same major as long as it uses nothing newer, and on every
 *   newer one. Structs that the host makes open with its size of them: read a field that a later minor
 *   appended only after comparing.
 *
 * Failure
 *   No exception, longjmp or other unwinding may cross. muster_host.stop() and a failed required
 *   check do not return: they run the scenario's tear-down and cleanups on top of the caller's
 *   frame and end the process. Locals of the caller stay valid meanwhile; C++ destructors don't run.
 *
 * This header needs C11 or C++11, and includes nothing but <stdint.h>. Every struct is free of hidden
 * padding on the platforms that the interface is defined for: Linux with 64-bit pointers.
 */
#ifndef MUSTER_PLUGIN_H
#define MUSTER_PLUGIN_H

#include <stdint.h>

#if UINTPTR_MAX != UINT64_MAX
#error "the plugin interface is defined for 64-bit pointers"
#endif

/* What the entry is declared with, so that a plugin that hides its symbols still exports it. */
#if defined(__GNUC__)
#define MUSTER_EXPORT __attribute__((visibility("default")))
#else
#define MUSTER_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define MUSTER_ABI_MAJOR 1
#define MUSTER_ABI_MINOR 2

struct muster_ctx;

/* How much a log line matters: struct muster_host.log. */
#define MUSTER_LOG_DEBUG   0
#define MUSTER_LOG_INFO    1
#define MUSTER_LOG_WARNING 2
#define MUSTER_LOG_ERROR   3

/* How an attempt ends early: struct muster_host.stop. */
#define MUSTER_STOP_FAIL  1 /* the product is at fault */
#define MUSTER_STOP_SKIP  2 /* the scenario does not apply here */
#define MUSTER_STOP_ERROR 3 /* the surroundings are at fault: a verdict on the product is not possible */

/* struct muster_check.flags */
#define MUSTER_CHECK_PASSED   1u
#define MUSTER_CHECK_REQUIRED 2u /* a failure ends the body */

/*
 * One comparison, passed or failed. Made by the plugin, copied by the host. An unknown flag or a non-zero
 * byte beyond what the host knows ends the attempt as an error. Since 1.0.
 */
struct muster_check {
    uint32_t size;          /* sizeof(struct muster_check) */
    uint32_t flags;         /* MUSTER_CHECK_* */
    const char *file;       /* source file, or NULL */
    uint32_t line;          /* from 1, 0 when unknown */
    uint32_t reserved;      /* 0 */
    const char *expression; /* as written: "reply.status == 200"; not NULL */
    const char *actual;     /* the left value as text, or NULL; read only when the check failed */
    const char *expected;   /* the right value as text, or NULL; read only when the check failed */
    const char *message;    /* more to say, or NULL; read only when the check failed */
};

/*
 * What the runner offers to an attempt: no more than this within major version 1, since all else is
 * an extension. Owned by the host, constant during the attempt; no function is NULL. Since 1.0.
 */
struct muster_host {
    uint32_t size;  /* sizeof(struct muster_host) as the runner was compiled with */
    uint32_t minor; /* the runner's MUSTER_ABI_MINOR */
    /*
     * The extension's table, or NULL when the runner does not have it or its table is smaller than
     * `wanted_size` bytes. Ids are "muster.NAME/MAJOR"; see the headers in ext/. Every table opens
     * with its own uint32_t size, as the host has it; tables grow at their end like all structs, and
     * `wanted_size` says how much of one the caller is going to use. Declare what a scenario can't do
     * without in muster_scenario.needs: it is then skipped where that is missing.
     */
    const void *(*extension)(struct muster_ctx *ctx, const char *id, uint32_t wanted_size);
    /* A line for the event log; level is MUSTER_LOG_*. `text` has `length` bytes and needs no NUL. file may
     * be NULL. */
    void (*log)(struct muster_ctx *ctx, int32_t level, const char *file, uint32_t line, const char *text,
                uint64_t length);
    /* Records a check. Does not return when it failed and MUSTER_CHECK_REQUIRED is set. */
    void (*check)(struct muster_ctx *ctx, const struct muster_check *check);
    /* Ends the attempt with MUSTER_STOP_*; does not return. reason and file may be NULL. A skip does not
     * cover up a check that failed before it. */
    void (*stop)(struct muster_ctx *ctx, int32_t how, const char *file, uint32_t line, const char *reason);
};

/*
 * The context of an attempt, made by the host. A plugin reads `host` and passes the pointer back;
 * what lies behind it is the host's.
 */
struct muster_ctx {
    const struct muster_host *host;
};

/*
 * Types of parameters and of what steps return, since 1.1: how a value is passed in a call, and the text that stands
 * for it in tables, files and fixtures' arguments.
 */
#define MUSTER_TYPE_NONE 0u /* of a step that returns nothing: void */
#define MUSTER_TYPE_I32  1u /* int32_t; decimal: -5 */
#define MUSTER_TYPE_I64  2u /* int64_t; decimal */
#define MUSTER_TYPE_U64  3u /* uint64_t; decimal, or hexadecimal with 0x */
#define MUSTER_TYPE_F64  4u /* double; as strtod() reads it in the C locale, finite */
#define MUSTER_TYPE_BOOL 5u /* int32_t, 0 or 1; true or false */
#define MUSTER_TYPE_STR  6u /* const char *, not NULL; UTF-8 */
#define MUSTER_TYPE_JSON 7u /* const char *, not NULL; a JSON text (RFC 8259) */

/* A parameter of a scenario, a fixture or a step. Since 1.1. */
struct muster_param {
    uint32_t size;        /* sizeof(struct muster_param) */
    uint32_t type;        /* MUSTER_TYPE_*, not NONE */
    const char *name;     /* [A-Za-z_][A-Za-z0-9_]*, unique in its list; not NULL */
    const char *fallback; /* its value, as text, where none is given; NULL: one has to be given */
    const char *summary;  /* one line, or NULL */
};

/*
 * Rows of values for some of a scenario's parameters. A scenario has a case for each row of its table; with several
 * tables, for each combination of their rows (the last table's vary fastest). Since 1.1.
 */
struct muster_table {
    uint32_t size;              /* sizeof(struct muster_table) */
    uint32_t reserved;          /* 0 */
    const char *const *columns; /* NULL-terminated names of parameters, no one in two tables; or NULL: the file's own */
    const char *const *cells;   /* row by row, a cell for each column; a NULL cell: the parameter's fallback */
    uint64_t n_rows;
    /* A file with more rows, *.yaml, *.json or *.csv, which is read before the run; relative to the plugin's folder.
     * Its columns have names, in any order; where `columns` isn't NULL they are among them. Or NULL. */
    const char *file;
};

/* struct muster_scenario.flags */
#define MUSTER_SCENARIO_FRESH 1u /* its attempts load the plugin anew, instead of forking from the host */

/* A test. Since 1.0. */
struct muster_scenario {
    uint32_t size;       /* sizeof(struct muster_scenario) */
    uint32_t flags;      /* MUSTER_SCENARIO_* */
    const char *id;      /* [A-Za-z_][A-Za-z0-9_-]*, unique among the plugin's; not NULL */
    const char *summary; /* one line, or NULL */
    const char *file;    /* where it stands in the source: scenarios are listed by file and line; or NULL */
    uint32_t line;       /* from 1, 0 when unknown */
    uint32_t reserved;   /* 0 */
    /* run is the body, and not NULL unless `call` is it; the others may be. When set-up fails or stops, the body does
     * not run; tear-down runs in every case, except when the process died. What must be undone even then belongs in the
     * ledger (ext/ledger.h). */
    void (*setup)(struct muster_ctx *ctx);
    void (*run)(struct muster_ctx *ctx);
    void (*teardown)(struct muster_ctx *ctx);
    const char *const *markers;   /* NULL-terminated: "e2e", "priority_p0", "issue(id=4711)"; or NULL */
    const char *const *needs;     /* NULL-terminated extension ids without which it is skipped; or NULL */
    uint32_t timeout_ms;          /* of the body; 0: the run's default */
    uint32_t setup_timeout_ms;    /* 0: the run's default */
    uint32_t teardown_timeout_ms; /* 0: the run's default */
    uint32_t reruns;              /* how often a failed attempt is tried again; 0: the run's default */
    uint32_t rerun_delay_ms;      /* before the first retry, doubled for each further one; 0: the run's default */
    uint32_t reserved2;           /* 0 */
    /* Since 1.1. The cases' ids are ID[plan=pro,seats=10], with the parameters in their order, those that tables have.
     */
    const struct muster_param *const *params; /* NULL-terminated; or NULL */
    const struct muster_table *const *tables; /* NULL-terminated; NULL: one case, all parameters' fallbacks */
    /* NULL-terminated: "testbed", "acme.db", "postgres(version=15, as=old)": fixtures by name, with arguments, and
     * under another name. ${plan} in an argument is the case's parameter. Or NULL. */
    const char *const *uses;
    /* The body with parameters, in place of run: void (*)(struct muster_ctx *, ...) with one argument of its native
     * type for each parameter, in their order. */
    void (*call)(void);
};

/*
 * Undoes what a scenario created; named in the ledger together with a payload. It may run in
 * another process than the one that deferred it, and, after a crash at the wrong moment, for
 * something that was never created: it must be idempotent. A failed check, stop(), a signal or the
 * deadline make it a failed cleanup. Since 1.0.
 */
struct muster_cleanup {
    uint32_t size;       /* sizeof(struct muster_cleanup) */
    uint32_t timeout_ms; /* 0: the run's default */
    const char *name;    /* "tenant.delete"; unique in the plugin; not NULL */
    void (*run)(struct muster_ctx *ctx, const char *payload);
};

/* struct muster_fixture.scope: who shares one */
#define MUSTER_SCOPE_ATTEMPT 1u /* nobody: made and removed in the attempt's own process */
#define MUSTER_SCOPE_PLUGIN  2u /* the attempts of one plugin's scenarios */
#define MUSTER_SCOPE_RUN     3u /* all attempts of the run: a service */

/*
 * A named resource that scenarios and other fixtures use. Fixtures with the same name and arguments are one; it is set
 * up before its first user begins and torn down after its last has ended, users before what they use. What it has
 * to say crosses as text (ext/fixtures.h); what it creates beyond its process belongs in the ledger. A fixture whose
 * scope is the plugin or the run lives in a process of its own between set-up and tear-down; its children and what they
 * print are the fixture's. Since 1.1.
 */
struct muster_fixture {
    uint32_t size;                            /* sizeof(struct muster_fixture) */
    uint32_t scope;                           /* MUSTER_SCOPE_* */
    const char *name;                         /* [A-Za-z_][A-Za-z0-9_-]*, unique in the plugin; not NULL */
    const char *summary;                      /* one line, or NULL */
    const char *file;                         /* where it stands in the source, or NULL */
    uint32_t line;                            /* from 1, 0 when unknown */
    uint32_t reserved;                        /* 0 */
    const struct muster_param *const *params; /* NULL-terminated; or NULL. ext/params.h reads the arguments */
    const char *const *uses;                  /* NULL-terminated, as in struct muster_scenario; or NULL */
    /* Not NULL. A failed check or stop() fails it, and makes its users errors; so does its deadline. */
    void (*setup)(struct muster_ctx *ctx);
    /* Whether it can be used (1) or not yet (0): asked after set-up, again and again until it is or the time for that
     * is up; and later, every health_interval_ms: it has died when it can't be used any more. Or NULL. */
    int32_t (*ready)(struct muster_ctx *ctx);
    void (*teardown)(struct muster_ctx *ctx); /* or NULL. Not called when the process died: see the ledger */
    uint32_t setup_timeout_ms;                /* 0: the run's default */
    uint32_t ready_timeout_ms;                /* from the end of set-up until it is ready; 0: 30 s */
    uint32_t teardown_timeout_ms;             /* 0: the run's default */
    uint32_t health_interval_ms;              /* 0: ready is not asked again */
};

/*
 * A function that scenarios written as data call by name, with typed arguments. It fails as a scenario does: by checks
 * and by stop(). Since 1.1.
 */
struct muster_step {
    uint32_t size;    /* sizeof(struct muster_step) */
    uint32_t returns; /* MUSTER_TYPE_* of its value, which data scenarios save; NONE: void */
    const char *name; /* [A-Za-z_][A-Za-z0-9_]*, unique in the plugin; not NULL */
    const char *summary;
    const char *file; /* where it stands in the source, or NULL */
    uint32_t line;
    uint32_t timeout_ms;                      /* 0: what is left of the scenario's */
    const struct muster_param *const *params; /* NULL-terminated; or NULL */
    /* RETURNS (*)(struct muster_ctx *, ...) with one argument for each parameter. Not NULL. A string that it returns
     * stays the plugin's and valid until the thread's next call of a step; NULL is an error. */
    void (*call)(void);
    /* Since 1.2. NULL-terminated, as in struct muster_scenario: what each scenario that calls it uses, unless that uses
     * something else under the name. Or NULL. */
    const char *const *uses;
    /* Since 1.2. NULL-terminated, as in struct muster_scenario: what each scenario that calls it needs, and so declares
     * of the target's operations. Or NULL. */
    const char *const *needs;
};

/* struct muster_plugin.flags */
#define MUSTER_PLUGIN_FRESH 1u /* MUSTER_SCENARIO_FRESH for all of its scenarios */

/* A plugin's table of contents. Since 1.0. */
struct muster_plugin {
    uint32_t size;       /* sizeof(struct muster_plugin) */
    uint32_t abi_minor;  /* MUSTER_ABI_MINOR as the plugin was compiled with */
    const char *name;    /* dotted words of [A-Za-z0-9_-]: "acme.payments"; scenario ids become "acme.payments.ID" */
    const char *version; /* the plugin's own: "1.4.0"; not NULL */
    const char *summary; /* one line, or NULL */
    /* Arrays of pointers, in any order; NULL entries are passed over. A plugin without a scenario, a fixture or a step
     * is refused. */
    const struct muster_scenario *const *scenarios;
    uint64_t n_scenarios;
    const struct muster_cleanup *const *cleanups; /* or NULL */
    uint64_t n_cleanups;
    uint32_t flags;    /* MUSTER_PLUGIN_* */
    uint32_t reserved; /* 0 */
    /* Since 1.1. */
    const struct muster_fixture *const *fixtures; /* or NULL */
    uint64_t n_fixtures;
    const struct muster_step *const *steps; /* or NULL */
    uint64_t n_steps;
    /* Since 1.2. NULL-terminated: "provisioning.time < 5 m", "p95(query.time) < 2 s": bounds on what its scenarios
     * record (ext/metrics.h). A missed one fails no scenario, and the run ends with status 8. Or NULL. */
    const char *const *thresholds;
};

/*
 * The entry, and the only symbol that a plugin exports. `host_minor` is the runner's minor version.
 * Returns the plugin's table, or NULL to refuse this runner. Called after the constructors and before
 * anything else of the plugin. A next major version would be another symbol, and one file may export both.
 */
MUSTER_EXPORT const struct muster_plugin *muster_plugin_v1(uint32_t host_minor);

#ifdef __cplusplus
}
#endif

#endif

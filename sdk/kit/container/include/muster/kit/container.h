/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/container.h: containers, by the Docker Engine's API.
 *
 *     SCENARIO(shop_survives_a_kill, .uses = USES("docker"))
 *     {
 *         struct m_engine *engine = m_engine_open(t, NULL);
 *         struct m_container *shop = M_CONTAINER(engine, .image = m_image_program(engine, m_beside(t, "shop")),
 *                                                .name = "shop", .ports = PORTS(80), .memory = 64 << 20,
 *                                                .health = ARGV("/shop", "--check"));
 *         m_container_await(shop, "healthy", 10000);
 *         m_container_kill(shop, "KILL");
 *         CHECK_INT(m_container_wait(shop, 5000), ==, 137);
 *     }
 *
 * Model
 *   An engine is a daemon as one attempt asks it: the one that the service `docker` gives (plugins/docker), or any
 * whose URL is given. A container is made with limits, and is looked at, asked, disturbed and ended by its handle.
 *
 * Its end
 *   Images, networks and containers are on the ledger before they are made, under names that nobody else has, and
 *   labelled: muster.run, muster.case, and muster.name, which is what the scenario calls them. So they go after a crash
 *   and after SIGKILL of the runner, too, the last first. What a container has written last, and how it was, is kept as
 *   container-NAME.log and container-NAME.json where the attempt does not pass.
 *
 * Ownership and threads
 *   Everything returned is the kit's, and holds until the attempt's process ends; documents may be given to
 *   m_json_free(). Options are copied. An engine, with its containers, belongs to one thread at a time: open another
 * for another.
 *
 * Failure
 *   What the engine refuses, and that it gives no answer, ends the scenario as an *error* in the engine's own words,
 *   since it says nothing about the product. That a container does not become what is waited for is the product's:
 *   m_container_await() and m_container_wait() fail the scenario, and say what was seen last.
 *
 * Time
 *   In milliseconds. No wait outlives the attempt: see muster/kit/wait.h.
 */
#ifndef MUSTER_KIT_CONTAINER_H
#define MUSTER_KIT_CONTAINER_H

#include <muster/muster.h>
#include <muster/place.h>

#ifdef __cplusplus
extern "C" {
#endif

struct m_engine;
struct m_container;
struct m_http;
struct m_json;

/* Zero is the default of each. */
struct m_engine_options {
    const char *url;     /* "unix:///var/run/docker.sock", "tcp://127.0.0.1:2375"; NULL: what the fixture publishes */
    const char *fixture; /* "docker" */
    uint64_t timeout_ms; /* of one request; 30000 */
};

/* Zero is the default of each but the image. */
struct m_container_options {
    const char *image;
    const char *name;              /* in messages and files, and as its host name: [a-z0-9-]+; NULL: "container" */
    const char *const *argv;       /* ARGV("/shop", "--port=80"); NULL: what the image runs */
    const char *const *env;        /* ENV("NAME=value") */
    const char *const *mounts;     /* MOUNTS("/here:/in/it:ro") */
    const char *const *labels;     /* LABELS("tier=web"), besides the kit's own */
    const int32_t *ports;          /* PORTS(80, 443): each reached at a free port of 127.0.0.1, m_container_port() */
    const char *network;           /* of m_network_create(), or "none", "host"; NULL: the engine's default */
    const char *user, *dir;        /* as whom and where it runs */
    const char *restart;           /* "always", "on-failure:3"; NULL: it stays as it ended */
    const char *const *health;     /* ARGV(...), run in it again and again: it is healthy when that ends with 0 */
    uint32_t health_interval_ms;   /* 200 */
    uint32_t health_timeout_ms;    /* 5000 */
    uint32_t health_start_ms;      /* at its beginning, in which failures do not count; 0 */
    uint32_t health_retries;       /* failures in a row that make it unhealthy; 3 */
    uint64_t memory;               /* bytes, without swap; 0: no limit */
    double cpus;                   /* 0.5: half of one; 0: no limit */
    uint32_t pids;                 /* processes and threads; 0: no limit */
    int32_t privileged, read_only; /* 1: it may do anything; its root file system can't be written */
    int32_t init;                  /* 1: a small init is its first process, which reaps */
};

/* What a program has written, a NUL behind each. */
struct m_output {
    const char *out, *err; /* never NULL */
    uint64_t out_len, err_len;
    int32_t status; /* its exit status; 128 + N: ended by signal N. Of logs: 0 */
    int32_t reserved;
};

/* What it uses now; NAN: the engine does not say. */
struct m_container_stats {
    double memory, memory_limit;       /* bytes */
    double cpu_ms;                     /* used since it was started */
    double pids;                       /* processes and threads */
    double received_bytes, sent_bytes; /* of all its networks */
    double read_bytes, written_bytes;  /* of disks */
};

M_KIT_BEGIN_

/* ---- an engine ---- */

struct m_engine *m_engine_open(struct muster_ctx *t, const struct m_engine_options *options);
/* For what is not here: its client, whose paths begin behind the API's version, as "/info". */
struct m_http *m_engine_http(struct m_engine *engine);
/*
 * What has happened there to things with this label, as "muster.run=ID"; NULL: with this run's. An array of the
 * engine's own objects (/0/Action, /0/Actor/Attributes/name), from the attempt's beginning until now.
 */
struct m_json *m_engine_events(struct m_engine *engine, const char *label);
/* Removes containers, networks, volumes and images with the label, whoever made them: how many. */
int64_t m_engine_sweep(struct m_engine *engine, const char *label);

/* ---- what containers are made of ---- */

/* An image whose files are those of a tar archive, without a registry: its name. */
const char *m_image_import(struct m_engine *engine, const char *tar_file);
/* One with a single program in it, which is linked statically: "/NAME", which it runs. It has a /tmp, too. */
const char *m_image_program(struct m_engine *engine, const char *program);
/* A network of its own, in which containers find each other by the names of their options: its name. */
const char *m_network_create(struct m_engine *engine, const char *name);

/* ---- a container ---- */

struct m_container *m_container_create(struct m_engine *engine, const struct m_container_options *options);
/* Made and started. */
struct m_container *m_container_run(struct m_engine *engine, const struct m_container_options *options);
/* One that somebody else has made, by its name or id; it is not removed at the end. */
struct m_container *m_container_find(struct m_engine *engine, const char *name);
/* Those with the label, running or not; NULL: this run's. An array of the engine's own objects (/0/Id, /0/State). */
struct m_json *m_containers(struct m_engine *engine, const char *label);

void m_container_start(struct m_container *container);
/* SIGTERM, or what the image says, and after the grace SIGKILL. */
void m_container_stop(struct m_container *container, uint64_t grace_ms);
void m_container_restart(struct m_container *container, uint64_t grace_ms);
/* "KILL", "TERM", "USR1": to its first process. The engine then starts it again for no policy. */
void m_container_kill(struct m_container *container, const char *signal);
void m_container_pause(struct m_container *container);
void m_container_unpause(struct m_container *container);
/* Takes it off a network, and back: a partition that the others see. */
void m_container_disconnect(struct m_container *container, const char *network);
void m_container_connect(struct m_container *container, const char *network);
/* Now, where the cleanup would do so later. Once more is nothing. */
void m_container_remove(struct m_container *container);

/* ---- looking at it ---- */

/* All that the engine knows of it: /State/Status, /RestartCount, /HostConfig/Memory. */
struct m_json *m_container_inspect(struct m_container *container);
/* 1 when it is in that state: "created", "running", "paused", "restarting", "exited", "dead"; or, of one with a health
 * check that runs, "starting", "healthy", "unhealthy". For M_UNTIL, which tells what was seen last. */
int m_container_is(struct m_container *container, const char *state);
/* Waits for that, which it requires. One that has ended, or is gone, is waited for no longer. */
void m_container_await(struct m_container *container, const char *state, uint64_t timeout_ms);
/* Waits for its end, which it requires: its exit status. */
int32_t m_container_wait(struct m_container *container, uint64_t timeout_ms);
/* Runs a program in it to its end; M_EXEC(shop, "/bin/sh", "-c", "kill 1"). */
struct m_output m_container_exec(struct m_container *container, const char *const *argv);
/* What it has written so far. */
struct m_output m_container_logs(struct m_container *container);
struct m_container_stats m_container_stats(struct m_container *container);

/* Where a port of .ports is on 127.0.0.1. */
int32_t m_container_port(struct m_container *container, int32_t port);
/* Its address on its (first) network. */
const char *m_container_address(struct m_container *container);
/* Its control group, for .cgroup of muster/kit/monitor.h: on an engine of this machine. */
const char *m_container_cgroup(struct m_container *container);
/* The process id of its first process on this machine; 0: it does not run. */
int32_t m_container_pid(struct m_container *container);

M_KIT_END_

/* As the engine has them. */
const char *m_container_id(const struct m_container *container);
const char *m_container_name(const struct m_container *container);

/* M_CONTAINER(engine, .image = image, .memory = 64 << 20): never NULL. */
#define M_CONTAINER(engine_, ...) M_WITH_FIELDS_(m_container_options, m_container_run, (engine_), __VA_ARGS__)
#define M_EXEC(container_, ...)   m_container_exec((container_), M_LIST_(__VA_ARGS__))

#define M_MOUNTS(...) M_LIST_(__VA_ARGS__)
#define M_LABELS(...) M_LIST_(__VA_ARGS__)
/* The last is 0. */
#ifdef __cplusplus
}
struct m_ports_ {
    int32_t all[32];

    template <typename... numbers> m_ports_(numbers... given) : all{static_cast<int32_t>(given)...}
    {
    }
};
#define M_PORTS(...) (m_ports_{__VA_ARGS__}.all)
extern "C" {
#else
#define M_PORTS(...) ((const int32_t[32]){__VA_ARGS__})
#endif

#ifndef M_ARGV
#define M_ARGV(...) M_LIST_(__VA_ARGS__)
#define M_ENV(...)  M_LIST_(__VA_ARGS__)
#ifndef MUSTER_NO_SHORT_NAMES
#define ARGV(...) M_ARGV(__VA_ARGS__)
#define ENV(...)  M_ENV(__VA_ARGS__)
#endif
#endif
#ifndef MUSTER_NO_SHORT_NAMES
#define MOUNTS(...) M_MOUNTS(__VA_ARGS__)
#define LABELS(...) M_LABELS(__VA_ARGS__)
#define PORTS(...)  M_PORTS(__VA_ARGS__)
#endif

#ifdef __cplusplus
}
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_(struct m_engine *, m_engine_open, (t, options), struct muster_ctx *t, const struct m_engine_options *options)
M_PLACED_(struct m_http *, m_engine_http, (engine), struct m_engine *engine)
M_PLACED_(struct m_json *, m_engine_events, (engine, label), struct m_engine *engine, const char *label)
M_PLACED_(int64_t, m_engine_sweep, (engine, label), struct m_engine *engine, const char *label)
M_PLACED_(const char *, m_image_import, (engine, tar_file), struct m_engine *engine, const char *tar_file)
M_PLACED_(const char *, m_image_program, (engine, program), struct m_engine *engine, const char *program)
M_PLACED_(const char *, m_network_create, (engine, name), struct m_engine *engine, const char *name)
M_PLACED_(struct m_container *, m_container_create, (engine, options), struct m_engine *engine,
          const struct m_container_options *options)
M_PLACED_(struct m_container *, m_container_run, (engine, options), struct m_engine *engine,
          const struct m_container_options *options)
M_PLACED_(struct m_container *, m_container_find, (engine, name), struct m_engine *engine, const char *name)
M_PLACED_(struct m_json *, m_containers, (engine, label), struct m_engine *engine, const char *label)
M_PLACED_VOID_(m_container_start, (container), struct m_container *container)
M_PLACED_VOID_(m_container_stop, (container, grace_ms), struct m_container *container, uint64_t grace_ms)
M_PLACED_VOID_(m_container_restart, (container, grace_ms), struct m_container *container, uint64_t grace_ms)
M_PLACED_VOID_(m_container_kill, (container, signal), struct m_container *container, const char *signal)
M_PLACED_VOID_(m_container_pause, (container), struct m_container *container)
M_PLACED_VOID_(m_container_unpause, (container), struct m_container *container)
M_PLACED_VOID_(m_container_disconnect, (container, network), struct m_container *container, const char *network)
M_PLACED_VOID_(m_container_connect, (container, network), struct m_container *container, const char *network)
M_PLACED_VOID_(m_container_remove, (container), struct m_container *container)
M_PLACED_(struct m_json *, m_container_inspect, (container), struct m_container *container)
M_PLACED_(int, m_container_is, (container, state), struct m_container *container, const char *state)
M_PLACED_VOID_(m_container_await, (container, state, timeout_ms), struct m_container *container, const char *state,
               uint64_t timeout_ms)
M_PLACED_(int32_t, m_container_wait, (container, timeout_ms), struct m_container *container, uint64_t timeout_ms)
M_PLACED_(struct m_output, m_container_exec, (container, argv), struct m_container *container, const char *const *argv)
M_PLACED_(struct m_output, m_container_logs, (container), struct m_container *container)
M_PLACED_(struct m_container_stats, m_container_stats, (container), struct m_container *container)
M_PLACED_(int32_t, m_container_port, (container, port), struct m_container *container, int32_t port)
M_PLACED_(const char *, m_container_address, (container), struct m_container *container)
M_PLACED_(const char *, m_container_cgroup, (container), struct m_container *container)
M_PLACED_(int32_t, m_container_pid, (container), struct m_container *container)
#ifdef M_PLACED_IN_C_
#define m_engine_open(...)          m_engine_open_at_(M_HERE_, __VA_ARGS__)
#define m_engine_http(...)          m_engine_http_at_(M_HERE_, __VA_ARGS__)
#define m_engine_events(...)        m_engine_events_at_(M_HERE_, __VA_ARGS__)
#define m_engine_sweep(...)         m_engine_sweep_at_(M_HERE_, __VA_ARGS__)
#define m_image_import(...)         m_image_import_at_(M_HERE_, __VA_ARGS__)
#define m_image_program(...)        m_image_program_at_(M_HERE_, __VA_ARGS__)
#define m_network_create(...)       m_network_create_at_(M_HERE_, __VA_ARGS__)
#define m_container_create(...)     m_container_create_at_(M_HERE_, __VA_ARGS__)
#define m_container_run(...)        m_container_run_at_(M_HERE_, __VA_ARGS__)
#define m_container_find(...)       m_container_find_at_(M_HERE_, __VA_ARGS__)
#define m_containers(...)           m_containers_at_(M_HERE_, __VA_ARGS__)
#define m_container_start(...)      m_container_start_at_(M_HERE_, __VA_ARGS__)
#define m_container_stop(...)       m_container_stop_at_(M_HERE_, __VA_ARGS__)
#define m_container_restart(...)    m_container_restart_at_(M_HERE_, __VA_ARGS__)
#define m_container_kill(...)       m_container_kill_at_(M_HERE_, __VA_ARGS__)
#define m_container_pause(...)      m_container_pause_at_(M_HERE_, __VA_ARGS__)
#define m_container_unpause(...)    m_container_unpause_at_(M_HERE_, __VA_ARGS__)
#define m_container_disconnect(...) m_container_disconnect_at_(M_HERE_, __VA_ARGS__)
#define m_container_connect(...)    m_container_connect_at_(M_HERE_, __VA_ARGS__)
#define m_container_remove(...)     m_container_remove_at_(M_HERE_, __VA_ARGS__)
#define m_container_inspect(...)    m_container_inspect_at_(M_HERE_, __VA_ARGS__)
#define m_container_is(...)         m_container_is_at_(M_HERE_, __VA_ARGS__)
#define m_container_await(...)      m_container_await_at_(M_HERE_, __VA_ARGS__)
#define m_container_wait(...)       m_container_wait_at_(M_HERE_, __VA_ARGS__)
#define m_container_exec(...)       m_container_exec_at_(M_HERE_, __VA_ARGS__)
#define m_container_logs(...)       m_container_logs_at_(M_HERE_, __VA_ARGS__)
#define m_container_stats(...)      m_container_stats_at_(M_HERE_, __VA_ARGS__)
#define m_container_port(...)       m_container_port_at_(M_HERE_, __VA_ARGS__)
#define m_container_address(...)    m_container_address_at_(M_HERE_, __VA_ARGS__)
#define m_container_cgroup(...)     m_container_cgroup_at_(M_HERE_, __VA_ARGS__)
#define m_container_pid(...)        m_container_pid_at_(M_HERE_, __VA_ARGS__)
#endif

#endif

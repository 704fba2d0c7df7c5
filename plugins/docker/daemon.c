/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A daemon of the run's own, in a private folder. Nothing that it makes is outside of that folder, its control group, a
 * mount namespace of its own and bridges with addresses of its own: so it ends without a trace, also when it is killed.
 */
#include "docker.h"

#include <muster/kit/json.h>
#include <muster/kit/process.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define CLEANUP_NAME "docker.remove"
#define NAME_BEGINS  "muster-docker-"
#define SBIN         "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

enum { READY_MS = 60000, GRACE_MS = 20000 };

static const char *folder; /* of the one that is being started */

/* ---- its end ----------------------------------------------------------------------------------------------------- */

static const char *block_file(struct muster_ctx *t, const char *of)
{
    return m_fmt(t, "%s/block", of);
}

static struct block read_block(struct muster_ctx *t, const char *of)
{
    struct block b = {0};
    FILE *in = fopen(block_file(t, of), "re");
    if (in && fscanf(in, "%u", &b.first) != 1)
        b.first = 0;
    if (in)
        fclose(in);
    return b;
}

CLEANUP(remove_daemon, CLEANUP_NAME, .timeout_ms = 60000)
{
    const char *name = strrchr(payload, '/');
    if (!name || strncmp(name + 1, NAME_BEGINS, strlen(NAME_BEGINS)) != 0)
        FAIL("not a folder of ours: \"%s\"", payload);
    if (end_processes(t, payload))
        FAIL("processes of the Docker daemon in %s do not end", payload);
    if (remove_bridges(bridge_of(t, payload), read_block(t, payload)))
        FAIL("a bridge of the Docker daemon in %s can't be removed", payload);
    if (remove_cgroups(t, payload))
        FAIL("the control groups %s can't be removed", cgroup_of(t, payload));
    remove_folder(payload);
    if (access(payload, F_OK) == 0)
        FAIL("%s can't be removed", payload);
}

/* ---- its beginning ----------------------------------------------------------------------------------------------- */

/* In PATH, or where administrators' programs are, which is not in everybody's. */
static const char *find_program(struct muster_ctx *t, const char *name)
{
    const char *path = getenv("PATH"), *all = m_fmt(t, "%s:" SBIN, path ? path : "");
    for (size_t n; *(all += strspn(all, ":")); all += n) {
        n = strcspn(all, ":");
        const char *file = m_fmt(t, "%.*s/%s", (int)n, all, name);
        if (access(file, X_OK) == 0)
            return file;
    }
    return NULL;
}

static const char *require_daemon(struct muster_ctx *t)
{
    const char *given = m_target(t, "dockerd"), *program = given ? given : find_program(t, "dockerd");
    if (!program)
        ERROR("no Docker daemon runs at /var/run/docker.sock, and there is no dockerd to start one: install it (Debian "
              "has "
              "it in docker.io), say where it is (--set dockerd=PATH), or which daemon to use: --set docker=URL");
    if (geteuid() != 0)
        ERROR(
            "no Docker daemon runs at /var/run/docker.sock, and only root may start one: start it, run muster as root, "
            "or say which daemon to use: --set docker=URL");
    return program;
}

/* Where muster puts the run's temporary folder: TMPDIR, mostly. */
static const char *run_base(struct muster_ctx *t)
{
    const char *temp = m_attempt(t)->temp_dir, *at = strstr(temp, "/muster-");
    return at && at > temp ? m_keep(t, temp, (size_t)(at - temp)) : "/tmp";
}

/* A socket's path is short, and the longest is containerd's for a container. */
static int has_room(const char *path)
{
    struct sockaddr_un a;
    return strlen(path) + strlen("/exec/containerd/containerd-debug.sock") < sizeof a.sun_path;
}

static const char *make_folder(struct muster_ctx *t, const char *base)
{
    const char *const bases[] = {*base ? base : run_base(t), "/tmp"};
    uint64_t random;
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        ERROR("no random bytes: %s", strerror(errno));
    for (size_t i = 0; i < (*base ? 1 : sizeof bases / sizeof *bases); i++) {
        const char *path = m_fmt(t, "%s/" NAME_BEGINS "%016" PRIx64, bases[i], random);
        if (!has_room(path))
            continue;
        DEFER(CLEANUP_NAME, path);
        if (mkdir(path, 0700) < 0)
            ERROR("%s: %s", path, strerror(errno));
        return path;
    }
    ERROR("there is no folder for the Docker daemon's files: the path of %s is too long for a socket in it", bases[0]);
}

static void put_file(struct muster_ctx *t, const char *path, const char *text)
{
    FILE *out = fopen(path, "we");
    if (!out || fputs(text, out) < 0 || fclose(out) != 0)
        ERROR("%s: %s", path, strerror(errno));
}

/* Before the bridge has its addresses: they are how those of its networks are found. */
static void note_block(struct muster_ctx *t, struct block b)
{
    put_file(t, block_file(t, folder), m_fmt(t, "%u\n", b.first));
}

/* Ports are forwarded by a process of its own for each, and not by rules in iptables. */
static void configure(struct muster_ctx *t, const char *file, const char *socket, struct block b)
{
    put_file(t, file,
             m_json_pack(t, "{s:s, s:s, s:s, s:[s], s:s, s:s, s:[s], s:b, s:b, s:b, s:b, s:b, s:[{s:s, s:i}], s:i}",
                         "data-root", m_fmt(t, "%s/data", folder), "exec-root", m_fmt(t, "%s/exec", folder), "pidfile",
                         m_fmt(t, "%s/pid", folder), "hosts", socket, "bridge", bridge_of(t, folder), "cgroup-parent",
                         cgroup_of(t, folder), "exec-opts", "native.cgroupdriver=cgroupfs", "iptables", 0, "ip6tables",
                         0, "ip-forward", 0, "ip-masq", 0, "userland-proxy", 1, "default-address-pools", "base",
                         m_fmt(t, "%s/23", address_text(t, b.first + 512)), "size", 27, "shutdown-timeout", 2));
}

/* In a mount namespace: what it mounts is nobody else's, and gone with it. */
static void start(struct muster_ctx *t, const char *program, const char *file)
{
    const struct m_process_options options = {
        .argv = ARGV("unshare", "--mount", "--propagation", "private", program, "--config-file", file),
        .env = ENV(m_fmt(t, "PATH=%s:" SBIN, getenv("PATH") ? getenv("PATH") : "")),
        .dir = "/",
        .name = "dockerd",
        .ready_line = "API listen on",
        .ready_ms = READY_MS,
        .grace_ms = GRACE_MS,
    };
    const char *why;
    if (!m_process_try_start(t, &options, &why))
        ERROR("%s (it wants root's capabilities, so in a container one that is privileged; --set docker=URL says that "
              "there "
              "is another daemon)",
              why);
}

const char *start_daemon(struct muster_ctx *t, const char *base)
{
    const char *program = require_daemon(t);
    folder = make_folder(t, base);
    const char *socket = m_fmt(t, "unix://%s/docker.sock", folder), *file = m_fmt(t, "%s/daemon.json", folder);
    struct block b = make_bridge(t, bridge_of(t, folder), note_block);
    configure(t, file, socket, b);
    start(t, program, file);
    return socket;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A host: loads one plugin, describes it, forks monitors. */
#include "host/host.h"

#include "base/cleanup.h"
#include "host/call.h"
#include "host/catalogue_export.h"
#include "host/load_plugin.h"
#include "host/monitor.h"
#include "ipc/packet.h"
#include "ipc/sock.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <unistd.h>

static void note_stage(void *data, enum load_stage stage)
{
    volatile uint8_t *note = data; /* the zygote reads it when we are gone */
    *note = (uint8_t)stage;
}

static int load_and_describe(int sock, const char *path, const struct message_list *providers, uint8_t *stage,
                             struct plugin *ret_plugin)
{
    autoerr struct err err = {0};
    const char *reason = "cannot-load";
    int r = host_load(path, providers, note_stage, stage, ret_plugin, &reason, &err);
    if (__fpending(stdout) > 0 || __fpending(stderr) > 0)
        fflush(NULL); /* what its constructors printed: the supervisor looks for it, and no attempt inherits it */
    if (r < 0)
        sock_send_message(sock, &(struct message){.type = MSG_REFUSED, .refused = {reason, err_text(&err)}}, NULL, 0);
    else
        r = describe_plugin(sock, ret_plugin);
    return r;
}

static void serve(const struct host_spec *spec, const struct plugin *plugin)
{
    struct packet packet;
    for (;;) {
        struct received got = {0};
        if (packet_receive(spec->sock, &packet, &got) <= 0)
            return;
        struct arena arena = {0};
        struct message m;
        const char *p = packet.data;
        if (message_decode(&p, packet.data + packet.len, &arena, &m) == 0 && m.type == MSG_MONITOR_SPAWN) {
            struct monitor_spec monitor = {.sock = received_take(&got, 0),
                                           .host_sock = spec->sock,
                                           .slot = m.monitor_spawn.slot,
                                           .rung = m.monitor_spawn.rung,
                                           .holder = m.monitor_spawn.holder,
                                           .temp_dir = m.monitor_spawn.temp_dir,
                                           .artifacts_dir = m.monitor_spawn.artifacts_dir,
                                           .path = spec->path,
                                           .providers = &spec->providers,
                                           .file = m.monitor_spawn.file,
                                           .plugin = plugin,
                                           .run = spec->run};
            for (size_t i = 0; i < ENDS_FDS; i++)
                monitor.ends[i] = received_take(&got, 1 + i);
            autoclose int document = m.monitor_spawn.document ? received_take(&got, got.n_fds - 1) : -1;
            autoclose int group = received_take(&got, 1 + ENDS_FDS);
            monitor.document = document;
            monitor.document_size = m.monitor_spawn.document;
            monitor_fork(&monitor, group);
            close_fd(monitor.sock);
            for (size_t i = 0; i < ENDS_FDS; i++)
                close_fd(monitor.ends[i]);
        }
        received_close(&got);
        arena_free(&arena);
    }
}

_Noreturn void host_main(const struct host_spec *spec)
{
    dup2(spec->output, STDOUT_FILENO);
    dup2(spec->output, STDERR_FILENO);
    close_fd(spec->output);
    struct plugin plugin = {0};
    setvbuf(stdout, NULL, _IOLBF, 0); /* what a scenario prints before it crashes is not lost with a buffer */
    if (!spec->fresh && load_and_describe(spec->sock, spec->path, &spec->providers, spec->stage, &plugin) < 0)
        _exit(1);
    if (!spec->serve)
        _exit(0);
    if (!spec->fresh) {
        plugin_shrink(&plugin);
        call_prepare(&plugin);
    }
    int null = open("/dev/null", O_RDWR | O_CLOEXEC); /* nobody reads `output` any more */
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    close_fd(null);
    /* Monitors are not waited for: their sockets tell when they end. */
    signal(SIGCHLD, SIG_IGN);
    serve(spec, spec->fresh ? NULL : &plugin);
    _exit(0);
}

_Noreturn void reader_main(const struct host_spec *spec)
{
    struct packet packet;
    for (;;) {
        struct received got = {0};
        struct arena arena = {0};
        struct message m;
        ssize_t n = packet_receive(spec->sock, &packet, &got);
        if (n <= 0)
            _exit(n < 0); /* 1: a plugin has closed our descriptors */
        const char *p = packet.data;
        if (message_decode(&p, packet.data + packet.len, &arena, &m) < 0 || m.type != MSG_HOST_SPAWN || got.n_fds != 2)
            _exit(1);
        *spec->stage = STAGE_CHECKING;
        dup2(got.fds[1], STDOUT_FILENO);
        dup2(got.fds[1], STDERR_FILENO);
        struct plugin plugin = {0};
        if (load_and_describe(got.fds[0], m.host_spawn.path, &m.host_spawn.providers, spec->stage, &plugin) == 0)
            arena_free(&plugin.arena);
        for (size_t i = 0; i < got.n_fds; i++)
            close(got.fds[i]); /* by close(): its constructors may have closed them before */
        arena_free(&arena);
    }
}

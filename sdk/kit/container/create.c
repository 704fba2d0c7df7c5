/* SPDX-License-Identifier: Apache-2.0 */
/* Containers from their options to the engine's words. */
#include "create.h"

#include "engine.h"

#include <muster/kit/data.h>

#include <stdlib.h>

enum { HEALTH_INTERVAL_MS = 200, HEALTH_TIMEOUT_MS = 5000, HEALTH_RETRIES = 3 };

static json_t *list_of(const char *const *texts)
{
    json_t *list = json_array();
    for (; texts && *texts; texts++)
        json_array_append_new(list, json_string(*texts));
    return list;
}

static void put_list(json_t *to, const char *key, const char *const *texts)
{
    if (texts && *texts)
        json_object_set_new(to, key, list_of(texts));
}

static void put_text(json_t *to, const char *key, const char *text)
{
    if (text)
        json_object_set_new(to, key, json_string(text));
}

static void put_labels(struct muster_ctx *t, json_t *labels, const char *const *given)
{
    for (; given && *given; given++) {
        const char *is = strchr(*given, '=');
        if (!is || is == *given)
            ERROR("the label \"%s\" is no NAME=VALUE", *given);
        json_object_set_new(labels, m_keep(t, *given, (size_t)(is - *given)), json_string(is + 1));
    }
}

static json_int_t in_ns(uint32_t ms, uint32_t otherwise)
{
    return (json_int_t)(ms ? ms : otherwise) * 1000000;
}

static void put_health(json_t *to, const struct m_container_options *o)
{
    if (!o->health || !o->health[0])
        return;
    json_t *test = list_of(o->health);
    json_array_insert_new(test, 0, json_string("CMD"));
    json_object_set_new(to, "Healthcheck",
                        json_pack("{s:o, s:I, s:I, s:I, s:i}", "Test", test, "Interval",
                                  in_ns(o->health_interval_ms, HEALTH_INTERVAL_MS), "Timeout",
                                  in_ns(o->health_timeout_ms, HEALTH_TIMEOUT_MS), "StartPeriod",
                                  in_ns(o->health_start_ms, 0), "Retries",
                                  (int)(o->health_retries ? o->health_retries : HEALTH_RETRIES)));
}

/* Each at a port of 127.0.0.1 that the engine finds. */
static void put_ports(struct muster_ctx *t, json_t *to, json_t *host, const int32_t *ports)
{
    if (!ports || !*ports)
        return;
    json_t *exposed = json_object(), *bindings = json_object();
    for (; *ports; ports++) {
        const char *port = m_fmt(t, "%d/tcp", *ports);
        json_object_set_new(exposed, port, json_object());
        json_object_set_new(bindings, port, json_pack("[{s:s, s:s}]", "HostIp", "127.0.0.1", "HostPort", ""));
    }
    json_object_set_new(to, "ExposedPorts", exposed);
    json_object_set_new(host, "PortBindings", bindings);
}

/* "on-failure:3" */
static void put_restart(struct muster_ctx *t, json_t *host, const char *restart)
{
    if (!restart)
        return;
    size_t n = strcspn(restart, ":");
    json_object_set_new(host, "RestartPolicy",
                        json_pack("{s:s, s:i}", "Name", m_keep(t, restart, n), "MaximumRetryCount",
                                  restart[n] ? atoi(restart + n + 1) : 0));
}

static void put_limits(json_t *host, const struct m_container_options *o)
{
    if (o->memory) {
        json_object_set_new(host, "Memory", json_integer((json_int_t)o->memory));
        json_object_set_new(host, "MemorySwap", json_integer((json_int_t)o->memory));
    }
    if (o->cpus > 0)
        json_object_set_new(host, "NanoCpus", json_integer((json_int_t)(o->cpus * 1e9)));
    if (o->pids)
        json_object_set_new(host, "PidsLimit", json_integer(o->pids));
}

static json_t *host_of(struct muster_ctx *t, const struct m_container_options *o)
{
    json_t *host =
        json_pack("{s:b, s:b, s:b}", "Privileged", o->privileged, "ReadonlyRootfs", o->read_only, "Init", o->init);
    put_list(host, "Binds", o->mounts);
    put_text(host, "NetworkMode", o->network);
    put_restart(t, host, o->restart);
    put_limits(host, o);
    return host;
}

/* In a network of its own it is known by its name; the engine's default one knows no names. */
static void put_alias(json_t *to, const struct m_container_options *o, const char *label)
{
    static const char *const nameless[] = {"default", "bridge", "host", "none"};
    for (size_t i = 0; i < sizeof nameless / sizeof *nameless; i++)
        if (!o->network || strcmp(o->network, nameless[i]) == 0)
            return;
    json_object_set_new(to, "NetworkingConfig",
                        json_pack("{s:{s:{s:[s]}}}", "EndpointsConfig", o->network, "Aliases", label));
}

json_t *container_body(struct m_engine *e, const struct m_container_options *o, const char *label)
{
    struct muster_ctx *t = e->t;
    json_t *labels = container_labels(e, label), *host = host_of(t, o);
    put_labels(t, labels, o->labels);
    json_t *body = json_pack("{s:s, s:o}", "Image", o->image, "Labels", labels);
    if (!o->network || strcmp(o->network, "host") != 0)
        put_text(body, "Hostname", label);
    put_list(body, "Cmd", o->argv);
    if (o->argv && *o->argv) /* all of it is given: what the image runs is replaced, and not added to */
        json_object_set_new(body, "Entrypoint", json_array());
    put_list(body, "Env", o->env);
    put_text(body, "User", o->user);
    put_text(body, "WorkingDir", o->dir);
    put_health(body, o);
    put_ports(t, body, host, o->ports);
    put_alias(body, o, label);
    json_object_set_new(body, "HostConfig", host);
    if (!json_object_get(body, "HostConfig"))
        ERROR("out of memory for a container");
    return body;
}

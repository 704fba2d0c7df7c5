/* SPDX-License-Identifier: Apache-2.0 */
/* Containers from their start to their end, however that comes. */
#include "create.h"
#include "engine.h"
#include "evidence.h"
#include "output.h"

#include <muster/kit/data.h>

#include <pthread.h>
#include <stdlib.h>

#define CLEANUP_NAME "muster.container.remove"

enum { LAST_LINES = 1000, LAST_BYTES = 64 << 10 };

/* Of this process. A cleanup in another one knows what its payload says. */
static struct m_container *all;
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;

static const char *about(const struct m_container *c, const char *what)
{
    return m_fmt(c->engine->t, "container %s: %s", c->label, what);
}

/* POST /containers/ID/ACTION */
static void act(struct m_container *c, const char *what, const char *action, uint64_t timeout_ms)
{
    container_ask(c->engine, about(c, what), CONTAINER_ALREADY,
                  &(struct container_request){.method = "POST",
                                              .path = m_fmt(c->engine->t, "/containers/%s/%s", c->id, action),
                                              .timeout_ms = timeout_ms});
}

/* ---- its end ----------------------------------------------------------------------------------------------------- */

static void keep(struct m_container *c, int dead, const char *ending, const char *text)
{
    struct muster_ctx *t = c->engine->t;
    const char *name = m_fmt(t, "container-%s.%s", c->label, ending);
    char *clean = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&clean, &n);
    if (!out)
        return;
    evidence_text(out, "", text, strlen(text), LAST_BYTES);
    if (fclose(out) == 0) {
        if (dead) /* the janitor's own verdict is good, and would drop what is for a bad one */
            m_attach(t, name, "text/plain", clean, n);
        else
            evidence_put(t, name, clean, n);
    }
    free(clean);
}

/* How it was, and what it has written last. One that is gone leaves nothing. */
static void keep_last(struct m_container *c, int dead)
{
    struct muster_ctx *t = c->engine->t;
    struct container_answer a =
        container_try(c->engine, &(struct container_request){.path = m_fmt(t, "/containers/%s/json", c->id)});
    if (a.words)
        return;
    keep(c, dead, "json", a.reply.body);
    const char *tail = container_tail(c, LAST_LINES);
    if (*tail)
        keep(c, dead, "log", tail);
}

static void end(struct m_container *c, int dead)
{
    struct muster_ctx *t = c->engine->t;
    if (c->removed)
        return;
    keep_last(c, dead);
    container_ask(
        c->engine, about(c, "removing it"), CONTAINER_GONE,
        &(struct container_request){.method = "DELETE", .path = m_fmt(t, "/containers/%s?force=1&v=1", c->id)});
    c->removed = 1;
}

void m_container_remove(struct m_container *c)
{
    end(c, 0);
}

static struct m_container *find(const char *name)
{
    pthread_mutex_lock(&all_lock);
    struct m_container *c = all;
    while (c && (c->found || strcmp(c->name, name) != 0))
        c = c->next;
    pthread_mutex_unlock(&all_lock);
    return c;
}

CLEANUP(remove_container, CLEANUP_NAME, .timeout_ms = 60000)
{
    struct m_json *said = m_json_parse(t, payload);
    const char *name = m_json_str(said, "/name"), *url = m_json_str(said, "/url"), *label = m_json_str(said, "/label");
    if (!name || !url || !label)
        ERROR("the payload is none of the kit's");
    struct m_container *c = find(name);
    struct m_container gone = {.id = name, .name = name, .label = label};
    if (!c && (gone.engine = container_engine_again(t, url, m_json_bool(said, "/own") == 1)))
        end(&gone, 1);
    if (c)
        end(c, 0);
    m_json_free(said);
}

/* ---- its start --------------------------------------------------------------------------------------------------- */

static struct m_container *enlist(struct m_engine *e, const char *name, const char *label, int found)
{
    struct muster_ctx *t = e->t;
    struct m_container *c = calloc(1, sizeof *c);
    if (!c)
        ERROR("out of memory for a container");
    *c = (struct m_container){.engine = e, .name = name, .id = name, .label = label, .found = found};
    pthread_mutex_lock(&all_lock);
    c->next = all;
    all = c;
    pthread_mutex_unlock(&all_lock);
    return c;
}

static void require_options(struct muster_ctx *t, const struct m_container_options *o)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    if (!o->image)
        ERROR("a container wants an .image: m_image_program(), m_image_import(), or one that the engine has");
    if (o->name &&
        (!*o->name || *o->name == '-' || strspn(o->name, letters) != strlen(o->name) || strlen(o->name) > 48))
        ERROR("a container can't be named \"%s\", which is its host name: up to 48 of a-z, 0-9 and -", o->name);
}

static void take_id(struct m_container *c, const struct m_json *doc)
{
    struct muster_ctx *t = c->engine->t;
    const char *id = m_json_str(doc, "/Id");
    if (!id)
        ERROR("%s", about(c, "the engine's answer names no Id"));
    c->id = m_keep(t, id, strlen(id));
}

struct m_container *m_container_create(struct m_engine *e, const struct m_container_options *o)
{
    struct muster_ctx *t = e->t;
    require_options(t, o);
    const char *label = o->name ? m_keep(t, o->name, strlen(o->name)) : "container";
    const char *name = m_unique(t, m_fmt(t, "muster-%s", label));
    json_t *body = container_body(e, o, label);
    DEFER(CLEANUP_NAME,
          m_json_pack(t, "{s:s, s:s, s:s, s:b}", "url", e->url, "name", name, "label", label, "own", e->own));
    struct m_container *c = enlist(e, name, label, 0);
    struct m_json *made =
        container_ask_json(e, m_fmt(t, "container %s of image %s", label, o->image),
                           &(struct container_request){
                               .method = "POST", .path = m_fmt(t, "/containers/create?name=%s", name), .json = body});
    take_id(c, made);
    m_json_free(made);
    return c;
}

struct m_container *m_container_run(struct m_engine *e, const struct m_container_options *o)
{
    struct m_container *c = m_container_create(e, o);
    m_container_start(c);
    return c;
}

struct m_container *m_container_find(struct m_engine *e, const char *name)
{
    struct muster_ctx *t = e->t;
    const char *own = m_keep(t, name, strlen(name));
    struct m_container *c = enlist(e, own, own, 1);
    c->id = container_escape(t, own);
    struct m_json *doc = m_container_inspect(c);
    take_id(c, doc);
    m_json_free(doc);
    return c;
}

/* ---- what is done to it ------------------------------------------------------------------------------------------ */

void m_container_start(struct m_container *c)
{
    act(c, "starting it", "start", 0);
}

static const char *seconds(struct m_container *c, const char *action, uint64_t grace_ms)
{
    return m_fmt(c->engine->t, "%s?t=%" PRIu64, action, (grace_ms + 999) / 1000);
}

void m_container_stop(struct m_container *c, uint64_t grace_ms)
{
    act(c, "stopping it", seconds(c, "stop", grace_ms), grace_ms + 30000);
}

void m_container_restart(struct m_container *c, uint64_t grace_ms)
{
    act(c, "starting it again", seconds(c, "restart", grace_ms), grace_ms + 30000);
}

void m_container_kill(struct m_container *c, const char *signal)
{
    act(c, m_fmt(c->engine->t, "sending it %s", signal),
        m_fmt(c->engine->t, "kill?signal=%s", container_escape(c->engine->t, signal)), 0);
}

void m_container_pause(struct m_container *c)
{
    act(c, "pausing it", "pause", 0);
}

void m_container_unpause(struct m_container *c)
{
    act(c, "letting it go on", "unpause", 0);
}

const char *m_container_id(const struct m_container *c)
{
    return c->id;
}

const char *m_container_name(const struct m_container *c)
{
    return c->name;
}

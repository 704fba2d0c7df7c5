/* SPDX-License-Identifier: Apache-2.0 */
/* What muster/ext/fixtures.h declares. */
#include "host/fixture_ext.h"

#include "base/cleanup.h"
#include "base/suggest.h"
#include "base/text.h"
#include "host/attempt_state.h"
#include "host/fixture_local.h"
#include "host/fixture_watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_MOST = 16 * 1024, KEY_MOST = 255 };

static _Noreturn void misuse(const char *text)
{
    attempt_end_by_error(text);
}

/* ---- asking ----------------------------------------------------------------------------------------------------- */

/* Names that the running function's fixture uses have its number before them. */
static bool is_named(const char *name, const char *alias)
{
    if (attempt.user > 0) {
        char *colon;
        if (strtoul(name, &colon, 10) != attempt.user - 1 || *colon != ':')
            return false;
        name = colon + 1;
    }
    return strcmp(name, alias) == 0;
}

/* The name without the number before it; NULL where another uses it. */
static const char *own_alias(const char *name)
{
    char *colon;
    if (attempt.user == 0)
        return strchr(name, ':') ? NULL : name;
    return strtoul(name, &colon, 10) == attempt.user - 1 && *colon == ':' ? colon + 1 : NULL;
}

/* A name that nothing of .uses has is a slip, and not something that was not published. */
static _Noreturn void refuse_name(const char *fixture)
{
    const struct message_list *list = &attempt.spec->order->fixtures;
    autobuf struct buf text = {0};
    struct suggestion s = suggest_start(fixture);
    const char *before = "";
    buf_addf(&text, "\"%s\" is no fixture of its .uses, which", fixture);
    for (uint32_t i = 0; i + 2 < list->n; i += 3) {
        const char *alias = own_alias(list->items[i]);
        if (!alias || strcmp(alias, before) == 0) /* keys of one stand together */
            continue;
        buf_addf(&text, "%s %s", *before ? "," : " has", alias);
        suggest_offer(&s, alias);
        before = alias;
    }
    if (!*before)
        buf_adds(&text, " is empty");
    if (s.best)
        buf_addf(&text, "; did you mean \"%s\"?", s.best);
    misuse(attempt_cut(buf_str(&text)));
}

/* A janitor may not have been told what its entries' scenarios used. */
static void require_used(const char *fixture)
{
    const struct message_list *list = &attempt.spec->order->fixtures;
    bool known =
        list->n == 0 && attempt.spec->order->scenario == UINT32_MAX && attempt.spec->order->fixture == UINT32_MAX;
    for (uint32_t i = 0; !known && i + 2 < list->n; i += 3)
        known = is_named(list->items[i], fixture);
    if (!known)
        refuse_name(fixture);
}

static const struct local_fixture *find_local(const char *alias)
{
    const struct message_list *list = &attempt.spec->order->fixtures;
    for (uint32_t i = 0; i + 2 < list->n; i += 3) {
        if (*list->items[i + 1] || !is_named(list->items[i], alias))
            continue;
        unsigned long local = strtoul(list->items[i + 2], NULL, 10);
        return local < attempt.n_locals ? &attempt.locals[local] : NULL;
    }
    return NULL;
}

static const char *fixtures_value(struct muster_ctx *ctx, const char *fixture, const char *key)
{
    (void)ctx;
    const struct message_list *list = &attempt.spec->order->fixtures;
    if (!fixture || !key || !*key)
        return NULL;
    require_used(fixture);
    const struct local_fixture *local = find_local(fixture);
    for (const struct published *p = local ? local->published : NULL; p; p = p->next)
        if (strcmp(p->key, key) == 0)
            return p->value;
    for (uint32_t i = 0; i + 2 < list->n; i += 3)
        if (strcmp(list->items[i + 1], key) == 0 && is_named(list->items[i], fixture))
            return list->items[i + 2];
    attempt.lacked = true;
    return NULL;
}

static void *fixtures_pointer(struct muster_ctx *ctx, const char *fixture)
{
    (void)ctx;
    if (fixture)
        require_used(fixture);
    const struct local_fixture *local = fixture ? find_local(fixture) : NULL;
    return local ? local->pointer : NULL;
}

/* ---- telling ---------------------------------------------------------------------------------------------------- */

static void publish_here(struct local_fixture *local, const char *key, const char *value)
{
    for (struct published *p = local->published; p; p = p->next) {
        if (strcmp(p->key, key) != 0)
            continue;
        free(p->value);
        p->value = xstrdup(value);
        return;
    }
    struct published *p = xcalloc(1, sizeof *p);
    *p = (struct published){local->published, xstrdup(key), xstrdup(value)};
    local->published = p;
}

static void fixtures_publish(struct muster_ctx *ctx, const char *key, const char *value)
{
    (void)ctx;
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    if (attempt.phase != PHASE_SETUP || (attempt.user == 0 && !attempt.fixture))
        misuse("publish: only a fixture's set-up can");
    if (!key || !*key || key[strspn(key, allowed)] || strlen(key) > KEY_MOST)
        misuse("publish: a key is 1 to 255 of A-Z a-z 0-9 _ . -");
    if (!value || strlen(value) > VALUE_MOST || !utf8_valid(value, strlen(value)))
        misuse("publish: a value is UTF-8 of at most 16 KiB");
    if (attempt.user > 0)
        publish_here(&attempt.locals[attempt.user - 1], key, value);
    else
        attempt_send(&(struct message){.type = MSG_PUBLISH, .publish = {key, value}});
}

static void fixtures_hand_over(struct muster_ctx *ctx, void *pointer)
{
    (void)ctx;
    if (attempt.user == 0)
        misuse(attempt.fixture ? "hand_over: a fixture of plugin or run scope lives in another process than its users: "
                                 "publish texts instead"
                               : "hand_over: only a fixture's own functions can");
    attempt.locals[attempt.user - 1].pointer = pointer;
}

static void fixtures_watch(struct muster_ctx *ctx, int32_t pid, const char *what)
{
    (void)ctx;
    if (!attempt.fixture)
        misuse("watch: only functions of a fixture of plugin or run scope can");
    const char *why = watch_add(pid, what && *what ? attempt_cut(what) : "its process");
    if (why)
        misuse(why);
}

const struct muster_ext_fixtures ext_fixtures = {.size = sizeof ext_fixtures,
                                                 .value = fixtures_value,
                                                 .pointer = fixtures_pointer,
                                                 .publish = fixtures_publish,
                                                 .hand_over = fixtures_hand_over,
                                                 .watch = fixtures_watch};

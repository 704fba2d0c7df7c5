/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/ext/fixtures.h: what fixtures tell their users.
 *
 * Model
 *   A fixture publishes `key=value` texts while it is set up; who uses it reads them. Nothing else crosses: no
 *   pointer and no descriptor, so that it does not matter where the fixture lives. A fixture of the attempt's own scope
 *   lives in the attempt, and may hand over a pointer besides.
 */
#ifndef MUSTER_EXT_FIXTURES_H
#define MUSTER_EXT_FIXTURES_H

#include <muster/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MUSTER_EXT_FIXTURES "muster.fixtures/1"

/* Since 1.1. */
struct muster_ext_fixtures {
    uint32_t size;
    uint32_t reserved;
    /* What the fixture published under `key`, or NULL. `fixture` is the name under which the caller uses it: the
     * fixture's own, or that of `as=`. A name that is none of these ends the attempt as an error that says which there
     * are. */
    const char *(*value)(struct muster_ctx *ctx, const char *fixture, const char *key);
    /* What an attempt-scoped fixture handed over, or NULL. The name as above. */
    void *(*pointer)(struct muster_ctx *ctx, const char *fixture);
    /*
     * The rest is for a fixture's own functions; elsewhere it ends the attempt as an error.
     * Publishes a value, in set-up only. key: [A-Za-z0-9_.-]+; value: UTF-8, at most 16 KiB; a second one replaces the
     * first.
     */
    void (*publish)(struct muster_ctx *ctx, const char *key, const char *value);
    /* Hands a pointer to the users; attempt scope only. It stays the fixture's. */
    void (*hand_over)(struct muster_ctx *ctx, void *pointer);
    /* The fixture lives as long as this process, a child of the calling one: when it ends before tear-down, the fixture
     * has died, and its users fail at once. `what` names it in messages: "postgres". Not for attempt scope. Who tears
     * it down ends it and waits for it as usual. */
    void (*watch)(struct muster_ctx *ctx, int32_t pid, const char *what);
};

#ifdef __cplusplus
}
#endif

#endif

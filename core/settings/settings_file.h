/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster.yaml, taken apart: what it sets, for every run and in a profile, each with its place. Which options there are
 * and what they take is not known here: the command line's tables know it.
 *
 *     plugins: [build/plugins]
 *     run: {jobs: 4, set: {url: "http://127.0.0.1:8080"}}
 *     profiles:
 *       ci: {run: {retries: 2}}
 */
#ifndef MUSTER_SETTINGS_SETTINGS_FILE_H
#define MUSTER_SETTINGS_SETTINGS_FILE_H

#include "base/err.h"
#include "base/mem.h"

#include <stdint.h>

enum { SETTING_PARTS = 5 };

/* One value. A list is a setting for each of its items, and so is a mapping, as KEY=VALUE. */
struct setting {
    const char *profile; /* "": of every run */
    const char *section; /* "run", "plugins"; "profiles": the profile itself, which may have nothing in it */
    const char *key;     /* of run: an option; else "" */
    const char *value;
    const char *at; /* file:line:column */
};

struct settings {
    const struct setting *items;
    uint32_t n;
};

/* Reads a file. -EINVAL: the error has all of its mistakes, each in its line. */
int settings_read(const char *path, struct arena *arena, struct settings *ret_settings, struct err *err);
/* The same from bytes; `path` names them. */
int settings_parse(const char *path, const char *text, size_t len, struct arena *arena, struct settings *ret_settings,
                   struct err *err);

#endif

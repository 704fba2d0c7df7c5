/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the steps share. Each step is told by its parameter `at` where it stands in the file of scenarios: whatever it
 * finds is told there. Its value has a member "$about" (steps_value()): what was asked and how the answer begins, which
 * the runner shows with each expectation that does not hold.
 *
 * Nothing here is freed: an attempt is a process, and its texts are the kit's.
 */
#ifndef MUSTER_STEPS_H
#define MUSTER_STEPS_H

#include <muster/kit/data.h>
#include <muster/kit/evidence.h>
#include <muster/kit/json.h>
#include <muster/kit/wait.h>

#include <stdlib.h>

enum { ABOUT_MOST = 400 };

#define STEP_AT (str, at, "", "FILE:LINE, for reports")

/* "shop.yaml:12"; "": called by hand. */
struct m_site steps_site(struct muster_ctx *t, const char *at);
/* What the scenario gives is wrong: ends it as an error. */
void steps_wrong(struct muster_ctx *t, struct m_site site, const char *format, ...)
    __attribute__((format(printf, 3, 4), noreturn));
/* What the system under test did is wrong: a check that fails, and ends the scenario. */
void steps_fails(struct muster_ctx *t, struct m_site site, const char *expression, const char *actual,
                 const char *expected, const char *about) __attribute__((noreturn));
/* The same check, passed. */
void steps_holds(struct muster_ctx *t, struct m_site site, const char *expression);
/* One of both. */
void steps_check(struct muster_ctx *t, struct m_site site, int holds, const char *expression, const char *actual,
                 const char *expected, const char *about);

/* "500ms", "30s", "1.5s", "2m", "1h30m", a bare number of seconds, in milliseconds. */
uint64_t steps_ms(struct muster_ctx *t, struct m_site site, const char *what, const char *text);
/* The time that is meant, as messages have it: "1500ms", "2s". */
const char *steps_time(struct muster_ctx *t, uint64_t ms);

/* As a JSON text: what is no UTF-8 in it, and a NUL, becomes U+FFFD. */
const char *steps_quoted(struct muster_ctx *t, const void *bytes, size_t length);
/* The text as compact JSON; NULL: it is none that a step could return. */
const char *steps_document(struct muster_ctx *t, const char *text, size_t length);
/* What it begins with, on one line and without secrets. */
const char *steps_start(struct muster_ctx *t, const void *bytes, size_t length);
/* The members of an object (`members` is its JSON without the braces) and "$about". */
const char *steps_value(struct muster_ctx *t, const char *members, const char *about);

/* What an argument of the type `json` was given; NULL: it was not, or is null. */
struct m_json *steps_given(struct muster_ctx *t, const char *text);
/* A text, or a number, true or false as it is written; NULL: something else. */
const char *steps_scalar(struct muster_ctx *t, const struct m_json *value);
/* A list of texts, with NULL behind them; a mistake otherwise. */
const char **steps_texts(struct muster_ctx *t, struct m_site site, const char *what, const struct m_json *list);
/* That an object has no other keys than these; NULL ends them. */
void steps_keys(struct muster_ctx *t, struct m_site site, const char *what, const struct m_json *object,
                const char *const *keys);
/* Of two that are neither objects nor lists: 5 is 5.0. */
int steps_equal(struct muster_ctx *t, const struct m_json *a, const struct m_json *b);

/* A whole file, kept; NULL, with errno: it can't be read. */
const char *steps_read_file(struct muster_ctx *t, const char *path, size_t *ret_length);

#endif
